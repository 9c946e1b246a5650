"""ErasePerson and SweepErased: the person asks for all that is kept about them to be removed."""

from __future__ import annotations

from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.activities import PersonKnown, PersonRef, PersonToSweep, SessionStore, WorkflowHistories
from schema.deliveries import Notice, NoticeCode
from schema.session import EraseRequest
from workflows import policies
from workflows.profile.reply import Asker, delivery_key


@workflow.defn(failure_exception_types=[ValidationError])
class ErasePerson:
    """Removes all that is kept about a person, and says so (id `erase-{user_ref}`).

    The farewell is the border: what the person begins before it is erased with the rest, what they begin after it is
    theirs. Of the person this workflow's own history holds the channel's address and nothing else; `SweepErased`
    deletes it too. Until then, or when that fails, it is kept for the namespace's retention.
    """

    @workflow.run
    async def run(self, request: EraseRequest) -> None:
        """Erases, tells the person, and leaves the rest to `SweepErased`."""
        person = PersonRef(user_ref=request.user_ref)
        announcement, farewell = (delivery_key(request.update_id, part) for part in (1, 2))
        asker = await Asker.recalled(request)
        if self._came_late(request, asker.known):
            # The tap was brought again, and its person has begun anew: what is new is theirs.
            await asker.hears(
                delivery_key(request.update_id, 3), Notice(code=NoticeCode.BUTTON_IS_OLD), summary="Nothing is erased"
            )
            return
        with suppress(ActivityError):
            await asker.hears(
                announcement,
                Notice(code=NoticeCode.ERASING),
                summary="Say that it has begun",
                policy=policies.ONE_MOMENT,
                named=False,
            )
        # The database first: a session that begins between the two would else lose its rows and live on without them.
        await policies.DATABASE.run(SessionStore.erase_person, person, summary="Erase the person")
        erased_at = workflow.now()
        await policies.FORGETTING.run(
            WorkflowHistories.forget_workflows, person, summary="End and delete the person's workflows"
        )
        with suppress(ActivityError):
            await asker.hears(
                farewell,
                Notice(code=NoticeCode.ERASED),
                summary="Say that it is done",
                policy=policies.FAREWELL,
                replaces=announcement,
                named=False,
            )
        # A workflow of its own, so that this one is over: who asks again is heard, and this one can be deleted.
        await workflow.start_child_workflow(
            SweepErased.run,
            PersonToSweep(user_ref=request.user_ref, erased_at=erased_at),
            id=f"sweep-{workflow.info().run_id}",
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            static_summary="What was in flight when a person was erased",
        )

    @staticmethod
    def _came_late(request: EraseRequest, known: PersonKnown) -> bool:
        asked_at, known_since = request.asked_at, known.known_since
        return asked_at is not None and known_since is not None and known_since > asked_at


@workflow.defn(failure_exception_types=[ValidationError])
class SweepErased:
    """Removes what was in flight when a person was erased, and the erasure itself (id `sweep-{the erasure's run id}`).

    A person who has started anew since keeps what is new. Its own history holds the `user_ref` and nothing else.
    """

    @workflow.run
    async def run(self, swept: PersonToSweep) -> None:
        """Waits until nothing is in flight any more, and sweeps."""
        await workflow.sleep(policies.IN_FLIGHT, summary="Until nothing is in flight any more")
        await policies.FORGETTING.run(
            WorkflowHistories.sweep_workflows, swept, summary="Delete what was in flight, and the erasure"
        )
        await policies.DATABASE.run(SessionStore.sweep_person, swept, summary="Erase what was in flight")
