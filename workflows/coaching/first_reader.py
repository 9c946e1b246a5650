"""Has something in the background read by the first model that can, else offline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.analysis.routing import ModelRef, Tier
from schema.base_model import Model
from workflows import policies
from workflows.activity_policy import Out, Port, RemotePolicy

Asked = TypeVar("Asked", bound=Model)


async def by_first_reader(
    readers: Sequence[ModelRef],
    activity: Callable[[Port, Asked], Awaitable[Out]],
    argument: Asked,
    policy: RemotePolicy,
    *,
    summary: str,
) -> Out:
    """Runs an activity for one model after the other, each with its `tier`, until one is done; offline, locally."""
    for reader in readers:
        try:
            return await policy.run(
                activity,
                argument.model_copy(update={"tier": reader.tier}),
                task_queue=reader.task_queue,
                summary=f"{summary}: {reader.analyst}",
            )
        except ActivityError as error:
            # History holds the reason.
            if is_cancelled_exception(error):
                raise
    offline = argument.model_copy(update={"tier": Tier.OFFLINE})
    return await policies.DATABASE.run(activity, offline, summary=f"{summary}: offline")
