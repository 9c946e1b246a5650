"""PostgreSQL alone went back in time: the sessions that know more are told, and a reset brings their rows level."""

from __future__ import annotations

import asyncio

import asyncpg

from tests.people.person import PATIENCE, People, Person, at_rest
from workers.stack.backup.reconciling import Behind, behind, bring_level


async def test_a_session_whose_rows_are_older_than_its_history_is_told_and_a_reset_brings_them_level(
    people: People, pool: asyncpg.Pool
) -> None:
    anna, boris = people.person(), people.person()
    for each in (anna, boris):
        await each.begins()
        await each.answers("I like long walks by the river with my sister.")
        await each.answers("We talk about our mother there.")
        await at_rest(each.session)
    before = await kept(pool, anna)
    await pool.execute("DELETE FROM onboarding_system.people WHERE user_ref = $1", anna.user_ref)
    assert len(before) == 2
    assert await kept(pool, anna) == []

    async with asyncio.timeout(PATIENCE):
        # What is listed follows a moment later.
        while not (found := await told(people, pool, anna, boris)) or found[0].history < 2:
            await asyncio.sleep(0.1)
    assert found == [Behind(anna.session.id, 2, 0)]

    await bring_level(people.env.client, found[0])
    async with asyncio.timeout(PATIENCE):
        while await kept(pool, anna) != before:
            await asyncio.sleep(0.1)
    assert not await told(people, pool, anna, boris)


async def told(people: People, pool: asyncpg.Pool, *of: Person) -> list[Behind]:
    ids = {each.session.id for each in of}
    return [each async for each in behind(people.env.client, pool) if each.workflow_id in ids]


async def kept(pool: asyncpg.Pool, person: Person) -> list[str]:
    rows = await pool.fetch(
        "SELECT answer_id FROM onboarding_system.answers WHERE user_ref = $1 ORDER BY answered_at", person.user_ref
    )
    return [str(row["answer_id"]) for row in rows]
