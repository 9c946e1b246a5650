"""Two versions of the workers take turns under every kind of workflow, and no step is another than with one."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from rich.console import Console
from temporalio.client import Client

from schema.operator_error import OperatorError
from tests.replay.fingerprint import fingerprint
from tests.replay.record import FINGERPRINTS, play, theatre
from tests.replay.scenarios import SCENARIOS
from workers.deploy import versions
from workers.deployment_settings import DeploymentSettings

NAME = "selfology"
BUILDS = ("1", "2")


async def _changes(client: Client, told: list[str]) -> None:
    """Ramps, rolls back and promotes, as chance has it."""
    chance = random.Random(1)
    while True:
        build = chance.choice(BUILDS)
        if chance.random() < 0.5:
            await versions.make_current(client, NAME, build)
            told.append("current")
        elif build != (await versions.deployment(client, NAME)).current:
            await versions.ramp(client, NAME, build, 50)
            told.append("ramp")
        await asyncio.sleep(chance.uniform(0.1, 0.6))


@asynccontextmanager
async def _changing(client: Client) -> AsyncIterator[list[str]]:
    """Workers change all the time until the context is left. Yields what was done."""
    async with asyncio.timeout(30):
        while True:
            with suppress(OperatorError):
                if len((await versions.deployment(client, NAME)).versions) == len(BUILDS):
                    break
            await asyncio.sleep(0.1)
    await versions.make_current(client, NAME, BUILDS[0])
    told: list[str] = []
    changing = asyncio.create_task(_changes(client, told))
    try:
        yield told
        assert not changing.done(), changing
    finally:
        changing.cancel()


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_whichever_version_takes_the_next_task_every_workflow_does_what_it_does() -> None:
    recorded = json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
    workers = [DeploymentSettings(deployment=NAME, build_id=build).worker for build in BUILDS]
    other, lasted = dict[str, list[str]](), 0.0
    async with theatre(workers) as (cast, analyst), _changing(cast.env.client) as told:
        for name in SCENARIOS:
            history = await play(name, cast, analyst)
            first, last = (history.events[each].event_time.ToDatetime() for each in (0, -1))
            lasted += (last - first).total_seconds()
            if fingerprint(history) != recorded[name]:
                other[name] = fingerprint(history)
    Console().print(
        f"{len(SCENARIOS)} stories of {lasted / 3600:.0f} hours, {len(told)} changes; other than alone: {other}"
    )
    assert not other
    assert lasted > 3600
