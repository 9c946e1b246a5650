"""The processes behind a talk, each by its name, and how a test ends one: by `kill -9`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import psutil

from tests.analysis.test_provider_outages import Providers
from tests.chaos.test_a_killed_bot import RunningBot, kill
from tests.stack.conftest import servers_of
from workers.stack.home import Home
from workers.stack.record import running_stack
from workers.stack.vector_owner import MODULE

VICTIMS = ("bot", "workers", "temporal", "postgres", "vectors", "provider")
PROVIDER = "anthropic"
"""The provider of the language models. Without OpenAI's key, vectors come from the encoder here."""
MODELS = {"SMALL": "reader", "STANDARD": "agrees-slowly", "PREMIUM": "reader"}
"""The coach's first choice proposes a step with each reply, and takes three seconds to write it."""


def owners(home: Home) -> list[psutil.Process]:
    """The processes that own the vectors of a home, or want to."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cmdline()[-2:] == [MODULE, str(home.vectors)]:
                found.append(process)
    return found


def points_at(providers: Providers, setenv: Callable[[str, str], object]) -> None:
    """Has the processes that start from now on use a provider of the test, and all that a machine of one's own has."""
    setenv("ANTHROPIC_API_KEY", "sk-loopback-0000")
    setenv("ANTHROPIC_BASE_URL", providers.url(PROVIDER))
    for tier, model in MODELS.items():
        setenv(f"SELFOLOGY_AI_{tier}__MODEL", f"{PROVIDER}/{model}")
        for side in ("INPUT", "OUTPUT"):
            setenv(f"SELFOLOGY_AI_{tier}__{side}_PRICE", "0")
    setenv("SELFOLOGY_ENCODER", "true")
    setenv("SELFOLOGY_VECTORS", "true")
    setenv("SELFOLOGY_INDEXING_GIVES_WAY_MINUTES", "0")


class Victims:
    """The processes of one home, its bot, and the provider of its models. Each comes back by itself."""

    def __init__(self, home: Home, bot: RunningBot, providers: Providers, told: Counter[str]) -> None:
        self._home = home
        self._bot = bot
        self._providers = providers
        self._told = told
        """Counts the kills."""

    async def kill(self, victim: str) -> None:
        """Ends one of `VICTIMS`, as soon as it is there: what was killed a moment ago may not be back."""
        match victim:
            case "bot":
                self._bot.is_killed()
            case "provider":
                await self._providers.goes_down(PROVIDER)
                await self._providers.comes_back(PROVIDER)
            case _:
                while not (found := self._processes(victim)):
                    await asyncio.sleep(0.2)
                for process in found:
                    kill(process)
        self._told[f"killed: {victim}"] += 1

    def _processes(self, victim: str) -> list[int | psutil.Process]:
        if victim == "workers":
            running = running_stack(self._home)
            return [running.supervisor] if running else []
        if victim == "vectors":
            return [*owners(self._home)]
        return [process for name, process in servers_of(self._home).items() if victim in name]
