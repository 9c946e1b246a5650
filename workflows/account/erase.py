"""ErasePerson and SweepErased: the person asks for all that is kept about them to be removed."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.account.activities import LastWords, PersonKnown, PersonStore, PersonToSweep, WorkflowHistories
from schema.account.messages import EraseRequest
from schema.account.names import SWEEP_ID
from schema.deliveries import CrisisSupport, Notice, NoticeCode
from schema.person import PersonRef
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(failure_exception_types=[ValidationError])
class ErasePerson:
    """Removes all that is kept about a person, and says so (id `erase-{user_ref}`).

    As long as it runs, channels say nothing to the person but what this workflow says, and help in a crisis. What they
    begin before the farewell is due is erased with the rest; what they begin later is theirs, and waits until the
    farewell has come. Of the person this workflow's own history holds the channel's address and nothing else;
    `SweepErased` deletes it too. Until then, or when that fails, it is kept for the namespace's retention.
    """

    @workflow.run
    async def run(self, request: EraseRequest) -> None:
        """Erases, tells the person, and leaves the rest to `SweepErased`."""
        person = PersonRef(user_ref=request.user_ref)
        asker = await Asker.recalled(request)
        if self._came_late(request, asker.known):
            # The tap was brought again, and its person has begun anew: what is new is theirs.
            await asker.hears(
                delivery_key(request.update_id, 3), Notice(code=NoticeCode.BUTTON_IS_OLD), summary="Nothing is erased"
            )
            return
        # Erasures of before there was this step ended the person's workflows by deleting them.
        heard_out = workflow.patched("hear-out-who-is-erased")
        last_words = await self._hear_out(person) if heard_out else LastWords(crisis=None)
        announced = asyncio.create_task(self._announce(asker))
        if not heard_out:
            await announced
        # The database first: a session that begins between the two would else lose its rows and live on without them.
        await policies.DATABASE.run(PersonStore.erase_person, person, summary="Erase the person")
        erased_at = workflow.now()
        await policies.ERASURE.run(
            WorkflowHistories.forget_workflows, person, summary="End and delete the person's workflows"
        )
        await announced
        if last_words.crisis:
            support = CrisisSupport(crisis=last_words.crisis, by_others=last_words.by_others)
            await self._support(asker, support)
        await self._say_farewell(asker)
        run_id = workflow.info().run_id
        # A workflow of its own, so that this one is over: who asks again is heard, and this one can be deleted.
        await workflow.start_child_workflow(
            SweepErased.run,
            PersonToSweep(user_ref=request.user_ref, erased_at=erased_at),
            id=SWEEP_ID.of(request.user_ref, run_id) if heard_out else f"sweep-{run_id}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary="What was in flight when a person was erased",
        )

    @staticmethod
    async def _hear_out(person: PersonRef) -> LastWords:
        return await policies.ERASURE.run(WorkflowHistories.end_workflows, person, summary="End the person's workflows")

    @staticmethod
    async def _announce(asker: Asker) -> None:
        with suppress(ActivityError):
            await asker.hears(
                delivery_key(asker.request.update_id, 1),
                Notice(code=NoticeCode.ERASING),
                summary="Say that it has begun",
                policy=policies.ACKNOWLEDGEMENT,
                named=False,
            )

    @staticmethod
    async def _support(asker: Asker, support: CrisisSupport) -> None:
        with suppress(ActivityError):
            await asker.hears(
                delivery_key(asker.request.update_id, 4),
                support,
                summary="Crisis support",
                policy=policies.FAREWELL,
                named=False,
            )

    @staticmethod
    async def _say_farewell(asker: Asker) -> None:
        with suppress(ActivityError):
            await asker.hears(
                delivery_key(asker.request.update_id, 2),
                Notice(code=NoticeCode.ERASED),
                summary="Say that it is done",
                policy=policies.FAREWELL,
                replaces=delivery_key(asker.request.update_id, 1),
                named=False,
            )

    @staticmethod
    def _came_late(request: EraseRequest, known: PersonKnown) -> bool:
        asked_at, known_since = request.asked_at, known.known_since
        return asked_at is not None and known_since is not None and known_since > asked_at


@workflow.defn(failure_exception_types=[ValidationError])
class SweepErased:
    """Removes what was in flight when a person was erased, and the erasure itself.

    Its id is `sweep-{user_ref}-{the erasure's run id}`, so a later erasure of the same person finds and removes it.
    A person who has started anew since keeps what is new. Its own history holds the `user_ref` and nothing else.
    """

    @workflow.run
    async def run(self, swept: PersonToSweep) -> None:
        """Waits until nothing is in flight any more, and sweeps."""
        await workflow.sleep(policies.IN_FLIGHT, summary="Until nothing is in flight any more")
        await policies.ERASURE.run(
            WorkflowHistories.sweep_workflows, swept, summary="Delete what was in flight, and the erasure"
        )
        await policies.DATABASE.run(PersonStore.sweep_person, swept, summary="Erase what was in flight")
