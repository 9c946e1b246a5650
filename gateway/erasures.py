"""Holds back messages to people whose data is being erased.

Two kinds still go out: help in a crisis, and the messages of the erasure itself. An erasure is under way while its
workflow runs. Every process asks Temporal for that, so no process has to keep or share the state.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from schema.account.names import ERASE_ID
from schema.deliveries import CrisisSupport, Delivery
from schema.workflow_ids import person_of

ASK_WITHIN = 1.0
"""Timeout in seconds for asking Temporal about an erasure."""
TRY_AGAIN = timedelta(seconds=2)
"""The retry delay of a delivery that was held back. Few are retried, because the erasure ends their workflows."""


class HeldBack(ApplicationError):
    """The delivery must wait, because the person's data is being erased. Retryable.

    A repeated erasure request ends without touching what the person has begun since, so the delivery may then go out.
    """

    def __init__(self) -> None:
        super().__init__("the person is being erased", type="HeldBack", next_retry_delay=TRY_AGAIN)


@dataclass(frozen=True)
class Erasure:
    """An erasure of a person."""

    run_id: str
    under_way: bool


class Erasures:
    """Looks up erasures on Temporal."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def latest(self, user_ref: str) -> Erasure | None:
        """Returns the newest erasure of a person, or None when Temporal knows none.

        Raises `RPCError` or `TimeoutError` when Temporal does not answer.
        """
        erasure = self._client.get_workflow_handle(ERASE_ID.of(user_ref))
        try:
            async with asyncio.timeout(ASK_WITHIN):
                now = await erasure.describe()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return Erasure(now.run_id, now.status is WorkflowExecutionStatus.RUNNING)

    async def raise_if_erasing(self) -> None:
        """Checks the person of the current delivery activity. Messages of the erasure itself always pass.

        Raises:
            HeldBack: The person's data is being erased.
            ApplicationError: Temporal does not answer. Retryable.
        """
        workflow_id = activity.info().workflow_id
        person = workflow_id and person_of(workflow_id)
        if not person or workflow_id == ERASE_ID.of(person):
            return
        try:
            latest = await self.latest(person)
        except (RPCError, TimeoutError):
            raise ApplicationError("Temporal does not say whether the person is being erased") from None
        if latest and latest.under_way:
            raise HeldBack

    async def deliverable(self, delivery: Delivery) -> Delivery:
        """Returns the part of a delivery that may go out now: all of it, or during an erasure only crisis support.

        Raises:
            HeldBack: Nothing may go out now.
            ApplicationError: Temporal does not answer. Retryable.
        """
        try:
            await self.raise_if_erasing()
        except HeldBack:
            help_alone = [message for message in delivery.messages if isinstance(message, CrisisSupport)]
            if not help_alone:
                raise
            return delivery.model_copy(update={"messages": help_alone})
        return delivery
