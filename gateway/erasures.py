"""Silence for people who are being erased: nothing is said to them but help in a crisis and the erasure's own words.

An erasure is under way as long as its workflow runs, which is from the moment on in which Temporal took the person's
yes. So no process has to be told, and none can forget.
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
"""Seconds that Temporal may take to say whether somebody is being erased."""
TRY_AGAIN = timedelta(seconds=2)
"""When a delivery that was held back is tried again. Few are: the erasure ends their workflows."""


class HeldBack(ApplicationError):
    """The person is being erased, so nothing is said now.

    Not for good: an erasure that came twice ends and leaves what the person has begun since.
    """

    def __init__(self) -> None:
        super().__init__("the person is being erased", type="HeldBack", next_retry_delay=TRY_AGAIN)


@dataclass(frozen=True)
class Erasure:
    """An erasure of a person."""

    run_id: str
    under_way: bool


class Erasures:
    """Who is being erased."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def latest(self, user_ref: str) -> Erasure | None:
        """The newest erasure of a person, as long as Temporal knows of it.

        Raises `RPCError`, or `TimeoutError`, when Temporal does not say.
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

    async def hold_back(self) -> None:
        """Asks for the delivery that the current activity is bringing.

        Raises:
            HeldBack: its person is being erased.
            ApplicationError: Temporal does not say; to be tried again.
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

    async def sayable(self, delivery: Delivery) -> Delivery:
        """What of the delivery that the current activity is bringing may be said.

        Raises:
            HeldBack: nothing, now.
            ApplicationError: as `hold_back` does.
        """
        try:
            await self.hold_back()
        except HeldBack:
            help_alone = [message for message in delivery.messages if isinstance(message, CrisisSupport)]
            if not help_alone:
                raise
            return delivery.model_copy(update={"messages": help_alone})
        return delivery
