"""Erases again whom a restore has brought back: from a backup of the key store, of PostgreSQL or of Temporal."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from activities.account.tombstones import PostgresTombstones
from activities.encryption.key_store import REMEMBERED_FOR, KeyStore, Tombstone
from schema.account.activities import PersonStore, PersonToSweep
from schema.account.names import SWEEP_ID
from schema.onboarding.names import TASK_QUEUE
from schema.public import Public
from workflows.account.erase import SweepErased

COMPARED = REMEMBERED_FOR - timedelta(days=1)
"""The age of tombstones that are compared. Each side drops older ones by itself, and not at the same moment."""

log = logging.getLogger(__name__)


async def replay_erasures(
    client: Client, store: KeyStore, tombstones: PostgresTombstones, people: PersonStore, *, everybody: bool = False
) -> int:
    """Erases again, before anybody is served, whom one of key store and PostgreSQL remembers and the other does not.

    With `everybody`, all who are remembered: when Temporal alone was restored, nothing else tells. What a person has
    done since their erasure stays. Returns how many people it was.
    """
    # The store first. An erasure tells PostgreSQL first, so one that is under way never looks like a restore.
    in_store = await store.tombstones(COMPARED)
    in_database = await tombstones.all(COMPARED)
    restored_keys, restored_rows = _lacking(in_database, in_store), _lacking(in_store, in_database)
    for tombstone in restored_keys:
        await store.destroy(tombstone.key, tombstone.destroyed_at)
    # What PostgreSQL lacks is newer than what it has of the same person.
    swept = {each.key.owner: each for each in [*(in_database if everybody else []), *restored_rows]}
    for tombstone in swept.values():
        await sweep_again(client, people, tombstone)
        # Last: until then the next start does it again.
        await tombstones.keep(tombstone.key, tombstone.destroyed_at)
    if restored_keys or restored_rows:
        log.warning(
            "A restore had brought back %d keys and the rows of %d people who were erased; they are erased again",
            len(restored_keys),
            len(restored_rows),
        )
    return len(swept.keys() | {each.key.owner for each in restored_keys})


async def sweep_again(client: Client, people: PersonStore, tombstone: Tombstone) -> None:
    """Deletes the rows of somebody who was erased, and in a minute their workflows. What is newer stays. Idempotent."""
    person = PersonToSweep(user_ref=tombstone.key.owner, erased_at=tombstone.destroyed_at)
    await people.sweep_person(person)
    await client.start_workflow(
        SweepErased.run,
        person,
        id=SWEEP_ID.of(person.user_ref, "restored"),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=Public("What a restore brought back of a person who was erased"),
    )


def _lacking(told: Iterable[Tombstone], by: Iterable[Tombstone]) -> list[Tombstone]:
    """Returns the tombstones of which the other side knows nothing."""
    known = {each.key.owner: each.key.version for each in by}
    return [each for each in told if each.key.version > known.get(each.key.owner, 0)]
