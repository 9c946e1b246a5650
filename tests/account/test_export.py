"""A person asks for all that is kept about them: the channel brings it, and history holds none of it."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import WorkflowFailureError

from schema.deliveries import DataExport, Notice, NoticeCode
from tests.keys import decrypted
from tests.people.person import PATIENCE, People


async def test_the_channel_is_told_to_bring_all_that_is_kept(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I like the river behind our house.")
    export = await person.asks_for_export()
    assert (await person.sees(Notice)).code is NoticeCode.COLLECTING_EXPORT
    assert (await person.sees(DataExport)).user_ref == person.user_ref
    await asyncio.wait_for(export.result(), PATIENCE)
    history = await export.fetch_history()
    kept = [(await decrypted(event)).SerializeToString() for event in history.events]
    assert any(person.user_ref.encode() in event for event in kept)
    assert not any(b"river" in event for event in kept)


async def test_asking_twice_at_once_brings_it_once(people: People) -> None:
    person = people.person()
    people.screens.refused = DataExport
    first = await person.asks_for_export()
    await person.sees(Notice)
    second = await person.asks_for_export()
    people.screens.refused = None
    await person.sees(DataExport)
    assert await person.sees_nothing_more()
    assert (await first.describe()).run_id == (await second.describe()).run_id


async def test_a_person_is_told_when_it_does_not_work(people: People) -> None:
    person = people.person()
    people.screens.refused, people.screens.refused_for_good = DataExport, True
    export = await person.asks_for_export()
    await person.sees(Notice)
    assert (await person.sees(Notice)).code is NoticeCode.EXPORT_FAILED
    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(export.result(), PATIENCE)
    announced, failed = (d for d in people.screens.delivered.values() if d.address == person.name)
    assert failed.replaces == announced.key
