"""TakeObjection: a person says that the reflection on an answer missed."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.deliveries import Notice, NoticeCode
from schema.profile.activities import AnswerObjectedTo, ProfileStore
from schema.profile.messages import Objection
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(name="profile.take_objection", failure_exception_types=[ValidationError])
class TakeObjection:
    """Stores the objection to an answer, then thanks for it (id `objection-{user_ref}-{answer_id}`).

    A second tap finds it done. It needs no open session.
    """

    @workflow.run
    async def run(self, objection: Objection) -> None:
        """Stores and thanks. Fails if the person can't be reached; the objection is kept all the same."""
        answer_id = str(objection.answer_id)
        stored = await policies.DATABASE.run(
            ProfileStore.object_to_answer,
            AnswerObjectedTo(answer_id=answer_id, user_ref=objection.user_ref, objected_at=workflow.now()),
            summary="Store the objection",
        )
        asker = await Asker.recalled(objection)
        # Of an answer that is erased there is nothing left to weigh.
        reply = NoticeCode.OBJECTION_HEARD if stored else NoticeCode.BUTTON_IS_OLD
        # Named by the answer, so that each is thanked for once.
        await asker.send(delivery_key(answer_id, 1), Notice(code=reply), summary="Thank for the objection")
