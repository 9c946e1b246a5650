"""ErasePerson and SweepErased: they erase everything that is kept about a person, at the person's request."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema import metrics
from schema.account.activities import LastWords, PersonKnown, PersonStore, PersonToSweep, WorkflowHistories
from schema.account.messages import EraseRequest
from schema.account.names import SWEEP_ID
from schema.deliveries import CrisisSupport, Message, Notice, NoticeCode
from schema.person import PersonRef
from schema.profile.names import VECTORS_QUEUE
from schema.profile.vectors import Vectors
from schema.public import Public
from workflows import policies
from workflows.activity_policy import RemotePolicy
from workflows.replies import Asker, delivery_key

# The parts of its reply. Ledgers know them, so they stay as they are.
_BEGUN, _DONE, _NOTHING, _SUPPORT = 1, 2, 3, 4


@workflow.defn(failure_exception_types=[ValidationError])
class ErasePerson:
    """Erases everything that is kept about a person, and confirms it (id `erase-{user_ref}`).

    While it runs, channels send the person only this workflow's messages and crisis support. A session that the person
    begins before the farewell is due is erased too; a later one is kept and waits until the farewell has arrived. This
    workflow's own history holds only the channel's address. `SweepErased` deletes that history; if it fails, the server
    keeps the history for the namespace's retention.
    """

    @workflow.run
    async def run(self, request: EraseRequest) -> None:
        """Erases, confirms it to the person, and starts `SweepErased`."""
        person = PersonRef(user_ref=request.user_ref)
        asker = await Asker.recalled(request)
        if self._came_late(request, asker.known):
            # The channel redelivered an old request, and the person has begun anew since: the new data stays.
            await asker.send(
                delivery_key(request.update_id, _NOTHING),
                Notice(code=NoticeCode.BUTTON_IS_OLD),
                summary="Nothing is erased",
            )
            return
        # Earlier versions had no such step: they ended the person's workflows by deleting them.
        ends_first = workflow.patched("hear-out-who-is-erased")
        last_words = await self._end_workflows(person) if ends_first else LastWords(crisis=None)
        begun = Notice(code=NoticeCode.ERASING)
        announced = asyncio.create_task(
            self._say(asker, _BEGUN, begun, summary="Say that it has begun", policy=policies.ACKNOWLEDGEMENT)
        )
        if not ends_first:
            await announced
        # The database first: otherwise a session that begins between the two steps would lose its rows and go on.
        await policies.DATABASE.run(PersonStore.erase_person, person, summary="Erase the person")
        erased_at = workflow.now()
        if workflow.patched("forget-vectors"):
            # At once, where they are at hand. Nobody waits for it: the sweep does it again, and until it succeeds.
            self._at_once = asyncio.create_task(self._forget_vectors_at_once(person))
        await policies.ERASURE.run(
            WorkflowHistories.forget_workflows, person, summary="End and delete the person's workflows"
        )
        await announced
        if last_words.crisis:
            metrics.CRISES_HEARD.add()
            support = CrisisSupport(crisis=last_words.crisis, by_others=last_words.by_others)
            await self._say(asker, _SUPPORT, support, summary="Crisis support", policy=policies.FAREWELL)
        done = Notice(code=NoticeCode.ERASED)
        await self._say(asker, _DONE, done, summary="Say that it is done", policy=policies.FAREWELL, replaces=_BEGUN)
        run_id = workflow.info().run_id
        # A separate workflow, so that this one closes: then it can be deleted, and the person can ask again.
        await workflow.start_child_workflow(
            SweepErased.run,
            PersonToSweep(user_ref=request.user_ref, erased_at=erased_at),
            id=SWEEP_ID.of(request.user_ref, run_id) if ends_first else f"sweep-{run_id}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary=Public("What was in flight when a person was erased"),
        )

    @staticmethod
    async def _end_workflows(person: PersonRef) -> LastWords:
        return await policies.ERASURE.run(WorkflowHistories.end_workflows, person, summary="End the person's workflows")

    @staticmethod
    async def _forget_vectors_at_once(person: PersonRef) -> None:
        with suppress(ActivityError):
            await policies.VECTORS.run(
                Vectors.forget_person, person, task_queue=VECTORS_QUEUE, summary="Forget the person's vectors"
            )

    @staticmethod
    async def _say(
        asker: Asker,
        part: int,
        message: Message,
        *,
        summary: str,
        policy: RemotePolicy,
        replaces: int | None = None,
    ) -> None:
        """Says a part of the reply. A person who can't be reached is erased all the same."""
        update_id = asker.request.update_id
        with suppress(ActivityError):
            await asker.send(
                delivery_key(update_id, part),
                message,
                summary=summary,
                policy=policy,
                replaces=None if replaces is None else delivery_key(update_id, replaces),
                named=False,
            )

    @staticmethod
    def _came_late(request: EraseRequest, known: PersonKnown) -> bool:
        asked_at, known_since = request.asked_at, known.known_since
        return asked_at is not None and known_since is not None and known_since > asked_at


@workflow.defn(failure_exception_types=[ValidationError])
class SweepErased:
    """Deletes what operations in flight wrote after an erasure, and the history of the erasure.

    Its id is `sweep-{user_ref}-{the erasure's run id}`, so a later erasure of the same person finds and deletes it.
    Data of a person who has started anew since stays. Its own history holds only the `user_ref`. While the store of
    vectors is away, it waits, and ends when they are forgotten.
    """

    @workflow.run
    async def run(self, swept: PersonToSweep) -> None:
        """Waits until nothing is in flight any more, then deletes."""
        forgets = workflow.patched("forget-vectors")
        forgetting = asyncio.create_task(self._forget_vectors(swept)) if forgets else None
        await workflow.sleep(policies.IN_FLIGHT, summary=Public("Until nothing is in flight any more"))
        await policies.ERASURE.run(
            WorkflowHistories.sweep_workflows, swept, summary="Delete what was in flight, and the erasure"
        )
        await policies.DATABASE.run(PersonStore.sweep_person, swept, summary="Erase what was in flight")
        if forgetting is not None:
            await forgetting

    @staticmethod
    async def _forget_vectors(swept: PersonToSweep) -> None:
        await policies.FORGETTING.run(
            Vectors.forget_person,
            PersonRef(user_ref=swept.user_ref),
            task_queue=VECTORS_QUEUE,
            summary="Forget the person's vectors",
        )
