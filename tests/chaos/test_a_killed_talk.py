"""`kill -9` of every process behind a talk with the coach while a reply is thought, streamed, remembered, in follow-up.

Each message gets one reply, and a step is asked about once. What a person waits for comes again only where nobody knows
whether it came: its sender or the database was killed, which is counted.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from tests.analysis.test_provider_outages import Providers, providers
from tests.chaos.coached import Backstage, CoachedPerson, coach_findings
from tests.chaos.forty_people import points_at
from tests.chaos.test_a_killed_bot import PATIENCE, RunningBot, Survivor, api, kill, supervisor_of
from tests.keys import encryption_of
from tests.stack.conftest import servers_of, until
from tests.telegram.bot_api import BotApi
from workers.client import connect
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

__all__ = ["api", "providers"]

Kill = Callable[[], Awaitable[None]]


async def test_every_message_is_answered_once_and_a_step_asked_about_once(
    home: Home, api: BotApi, providers: Providers, monkeypatch: pytest.MonkeyPatch
) -> None:
    points_at(providers, monkeypatch.setenv)
    bot = RunningBot(api)

    async def the_bot() -> None:
        bot.is_killed()

    async def workers() -> None:
        kill(supervisor_of(home))

    async def temporal() -> None:
        kill(next(process for name, process in servers_of(home).items() if "temporal" in name))

    async def postgres() -> None:
        kill(servers_of(home)["postgres"])

    async def the_provider() -> None:
        await providers.goes_down("openai")
        await providers.comes_back("openai")

    kills: list[Kill] = [the_bot, workers, temporal, postgres, the_provider]
    anna = CoachedPerson(1, api.person(1001, language_code="en"), random.Random(1))
    try:
        async with (
            joined_stack(Settings()) as stack,
            asyncpg.create_pool(stack.database_url, min_size=1) as pool,
        ):
            backstage = Backstage(
                pool, await connect(stack.temporal_address, encryption_of(home), channel=True), stack.pepper
            )
            session = Survivor(anna.phone)
            await session.answers_to(await session.begins())
            await session.is_asked(2)
            await anna.ends_session()
            for broken in kills:
                for moment in ("thought", "streamed", "remembered"):
                    shown, drafts = len(anna.replies), len(anna.phone.drafts)
                    await anna.writes(f"My brother Pavel lives in Kazan. ({moment}, {broken.__name__})")
                    if moment == "streamed":
                        await anna.sees_more_drafts_than(drafts)
                    elif moment == "remembered":
                        await anna.sees_more_than(shown)
                    await broken()
                    await anna.sees_more_than(shown)
            await anna.agrees(backstage)
            await workers()
            await until(lambda: anna.times_asked() > 0)
            await the_bot()
            await anna.tells_that_it_worked()
            told = Counter[str]()
            async with asyncio.timeout(PATIENCE):
                while await coach_findings(backstage, encryption_of(home), [anna], told):
                    await asyncio.sleep(0.5)
                    told.clear()
            assert told["replies"] == len(anna.texts)
    finally:
        bot.ends()
