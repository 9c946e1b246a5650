"""`make record-histories`: plays scenarios and records their histories and fingerprints, on purpose.

`ARGS="coach_talks declined"` names those that are recorded; without it, all are.

Run it after a change of a workflow that is meant to change its commands, and read the diff of the fingerprints.
Sessions that are open have histories of the old code: patch the change (`workflow.patched`), and keep their recording
under another name in `histories/`, where it goes on being replayed, until no such session is open any more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest import mock

import asyncpg
from temporalio.client import WorkflowHistory
from temporalio.worker import WorkerDeploymentConfig

from activities.onboarding.question_store import store_bank
from activities.safety import text_reader
from schema.onboarding.bank import load_bank
from tests import servers
from tests.analyst import RehearsedAnalyst
from tests.keys import encryption
from tests.people.person import People, at_rest
from tests.replay.fingerprint import fingerprint
from tests.replay.scenarios import SCENARIOS
from workers.bootstrap import Parts
from workers.deployment_settings import WITHOUT_VERSION
from workers.encoder import second_net
from workers.run import workers_of
from workers.settings import Engine

HISTORIES = Path(__file__).parent / "histories"
FINGERPRINTS = Path(__file__).parent / "fingerprints.json"


async def play(name: str, cast: People, analyst: RehearsedAnalyst) -> WorkflowHistory:
    """The history of one scenario, played now; a session that it leaves open is ended."""
    try:
        handle = await SCENARIOS[name](cast, analyst)
        await at_rest(handle)
        history = await handle.fetch_history()
        if (await handle.describe()).close_time is None:
            await handle.terminate("recorded")
        return history
    finally:
        analyst.forget()
        cast.screens.refused, cast.screens.refused_for_good = None, False


def _portable(history: WorkflowHistory) -> str:
    """A history as JSON, without stack traces: they name the machine's paths, and replay does not read them."""
    return re.sub(r'("stackTrace": )"(?:[^"\\]|\\.)*"', r'\1""', history.to_json())


@asynccontextmanager
async def theatre(
    versions: Sequence[WorkerDeploymentConfig] = (WITHOUT_VERSION,),
) -> AsyncIterator[tuple[People, RehearsedAnalyst]]:
    """Servers, people, and workers of each version. A channel has none."""
    analyst = RehearsedAnalyst()
    # As in tests: no history tells of a machine that was busy.
    mock.patch.object(text_reader, "WEIGHED_WITHIN", timedelta(minutes=1)).start()
    # In clear, because everybody who has the code replays them, and the release before, too.
    clear = replace(encryption(), writes=False)
    async with (
        servers.temporal(encrypted=clear) as env,
        servers.database() as address,
        asyncpg.create_pool(address, min_size=1) as pool,
    ):
        await store_bank(pool, bank := load_bank())
        parts = Parts.on(pool, clear, bank, [analyst.model], net=await second_net(pool, clear.columns))
        async with AsyncExitStack() as exits:
            for version in versions:
                await exits.enter_async_context(workers_of(env.client, parts, Engine(), sandbox=True, version=version))
            yield await exits.enter_async_context(People(env, pool)), analyst


async def record(names: Sequence[str]) -> None:
    """Records these scenarios."""
    prints: dict[str, list[str]] = json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
    async with theatre() as (cast, analyst):
        for name in names:
            history = await play(name, cast, analyst)
            (HISTORIES / f"{name}.json").write_text(_portable(history) + "\n", encoding="utf-8")
            prints[name] = fingerprint(history)
            print(f"{name}: {len(history.events)} events, {len(prints[name])} commands")  # noqa: T201
    prints = {name: prints[name] for name in SCENARIOS}
    FINGERPRINTS.write_text(json.dumps(prints, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(record(sys.argv[1:] or list(SCENARIOS)))
