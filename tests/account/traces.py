"""How a person is erased in tests, and what is found of them afterwards."""

from __future__ import annotations

import asyncio

import asyncpg
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from schema.account.names import SWEEP_ID
from schema.deliveries import Notice, NoticeCode
from schema.workflow_ids import person_of
from tests.keys import decrypted
from tests.people.person import PATIENCE, People, Person
from workflows import policies
from workflows.account.erase import ErasePerson


async def is_erased(person: Person) -> None:
    """Waits for the last word, which takes the place of the first."""
    assert (await person.sees(Notice)).code is NoticeCode.ERASING
    assert (await person.sees(Notice)).code is NoticeCode.ERASED


async def swept(cast: People, erasure: WorkflowHandle[ErasePerson, None]) -> str:
    """Lets the minute after an erasure pass; returns the id of the sweep."""
    run_id = (await erasure.describe()).run_id
    await asyncio.wait_for(erasure.result(), PATIENCE)
    sweep = cast.env.client.get_workflow_handle(SWEEP_ID.of(person_of(erasure.id) or "", run_id))
    await cast.env.fast_forward(sweep, policies.IN_FLIGHT)
    await asyncio.wait_for(sweep.result(), PATIENCE)
    return sweep.id


async def rows_about(pool: asyncpg.Pool, *words: str) -> list[str]:
    """The tables with a row that holds one of the words."""
    tables = await pool.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        # That a key was destroyed is remembered, by the name of its owner.
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'account_system')"
    )
    return [
        table["name"]
        for table in tables
        for word in words
        if await pool.fetchval(f"SELECT count(*) FROM {table['name']} t WHERE position($1 in t::text) > 0", word)
    ]


async def workflows_about(cast: People, *words: str) -> set[str]:
    """The workflows that the server keeps anything about that holds one of the words: their ids."""
    found = set()
    async for listed in cast.env.client.list_workflows():
        handle = cast.env.client.get_workflow_handle(listed.id, run_id=listed.run_id)
        try:
            events = [await decrypted(event) async for event in handle.fetch_history_events()]
        except RPCError as error:
            # Deleted since it was listed.
            if error.status is RPCStatusCode.NOT_FOUND:
                continue
            raise
        if any(word.encode() in event.SerializeToString() for word in words for event in events):
            found.add(listed.id)
    return found
