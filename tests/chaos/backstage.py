"""What a test of the chaos sees and does that no person can: in the database, and at Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import asyncpg
from pydantic import SecretStr
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from schema.channel_queues import TELEGRAM_QUEUE
from schema.coaching.agreements import FollowUpSettings, StartFollowUp
from schema.coaching.names import FOLLOW_UP_ID
from schema.identity import user_ref
from schema.onboarding.names import TASK_QUEUE
from schema.person import Channel
from schema.vocabulary import Locale
from tests.telegram.bot_api import Person
from workers.replay import summary_of
from workflows.coaching.follow_up import FollowUp

T = TypeVar("T")

AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, RPCError)
_SOON = timedelta(seconds=3)
_LAST_EVENTS = 12


async def while_away(done: Callable[[], Awaitable[T]]) -> T:
    """Does something until it is done: what it needs may just have been killed."""
    while True:
        with suppress(*AWAY):
            return await done()
        await asyncio.sleep(0.2)


class Backstage:
    """The database and the server behind a talk."""

    def __init__(self, pool: asyncpg.Pool, client: Client, pepper: SecretStr) -> None:
        self.pool = pool
        self.client = client
        self._pepper = pepper

    def ref(self, phone: Person) -> str:
        """The name under which somebody is kept."""
        return user_ref(self._pepper, f"telegram:{phone.id}")

    async def count(self, phone: Person, query: str) -> int:
        """How many rows of a query of ours are about somebody. Waits for a database that is away."""
        counts = f"SELECT count(*) FROM {query} AND user_ref = $1"
        return int(await while_away(lambda: self.pool.fetchval(counts, self.ref(phone))))

    async def until(self, phone: Person, query: str, *, more_than: int = 0) -> None:
        """Waits for another row of a query of ours about somebody."""
        while await self.count(phone, query) <= more_than:
            await asyncio.sleep(0.02)

    async def hurries(self, phone: Person) -> None:
        """Has each step that was proposed to somebody asked about within seconds instead of days, at any hour.

        It starts what follows up before they agree.
        """
        await while_away(lambda: self._hurries(phone))

    async def _hurries(self, phone: Person) -> None:
        ref = self.ref(phone)
        await self.pool.execute(
            "INSERT INTO coach_system.contact_preferences (user_ref, time_zone, wakes_at, sleeps_at)"
            " VALUES ($1, 'Etc/UTC', 0, 24) ON CONFLICT DO NOTHING",
            ref,
        )
        rows = await self.pool.fetch(
            "SELECT agreement_id FROM coach_system.agreements WHERE user_ref = $1 AND status = 'proposed'", ref
        )
        for row in rows:
            await self.client.start_workflow(
                FollowUp.run,
                StartFollowUp(
                    user_ref=ref,
                    channel=Channel(task_queue=TELEGRAM_QUEUE, address=str(phone.id)),
                    locale=Locale.EN,
                    agreement_id=str(row["agreement_id"]),
                    settings=FollowUpSettings(asks_after=_SOON, tries_again_after=_SOON),
                ),
                id=FOLLOW_UP_ID.of(ref, str(row["agreement_id"])),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                task_timeout=timedelta(seconds=2),
            )

    async def stands(self, phone: Person) -> list[str]:
        """Where the workflows of somebody stand, as an operator would look: for whoever reads why a run went wrong."""
        told: list[str] = []
        ref = self.ref(phone)
        with suppress(*AWAY):
            theirs = " OR ".join(
                f"WorkflowId STARTS_WITH '{kind}-{ref}'" for kind in ("onboarding", "coach", "followup", "voice")
            )
            async for found in self.client.list_workflows(theirs):
                handle = self.client.get_workflow_handle(found.id, run_id=found.run_id)
                pending = (await handle.describe()).raw_description.pending_activities
                events = [event async for event in handle.fetch_history_events()][-_LAST_EVENTS:]
                told.append(
                    f"{found.id} {found.status and found.status.name}; pending "
                    f"{[(each.activity_type.name, each.attempt, each.last_failure.message) for each in pending]}; "
                    + ", ".join(
                        f"{event.event_time.ToJsonString()[11:19]} {EventType.Name(event.event_type)[11:]}"
                        f" {summary_of(event)}"
                        for event in events
                    )
                )
        return told
