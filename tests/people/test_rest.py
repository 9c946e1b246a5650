"""When a test may take a session to be at rest."""

from __future__ import annotations

import asyncio

import asyncpg
from temporalio.testing import WorkflowEnvironment

from schema.deliveries import ConsentRequest
from tests.people.person import People, Person, at_rest
from tests.people.screens import Delay


async def under_way(person: Person) -> list[str]:
    now = (await person.session.describe()).raw_description
    return [pending.activity_type.name for pending in now.pending_activities]


async def test_a_delivery_rests_only_while_the_channel_holds_it(
    workers: None, env: WorkflowEnvironment, pool: asyncpg.Pool
) -> None:
    cast = People(env, pool)
    person = cast.person()
    delay = cast.screens.delays[person.name] = Delay(ConsentRequest)
    await person.starts()
    while await under_way(person) != ["deliver"]:
        await asyncio.sleep(0.05)
    rest = asyncio.create_task(at_rest(person.session, cast.screens))
    # The channel is away: nobody holds it yet.
    assert not (await asyncio.wait({rest}, timeout=0.3))[0]
    async with cast:
        await rest
        assert person.glances()
        assert await under_way(person) == ["deliver"]
        delay.released.set()
        await at_rest(person.session, cast.screens)
        assert await under_way(person) == []
