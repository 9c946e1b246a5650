"""Finds the messages of a person that a workflow had not answered when it was terminated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.converter import DataConverter

from schema.base_model import Model
from schema.errors import Undecipherable

DELIVER = "deliver"
"""The activity by which a workflow sends messages to a person."""

_CLOSING = (
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
)
_GIVEN_UP = EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED


class Unanswered(Model):
    """A person's signal. A signal without words has an empty text."""

    text: str = ""
    by_others: bool = False
    """Whether somebody else wrote the words."""


@dataclass
class _Reply:
    heard: int
    """How many signals preceded the reply."""
    over: bool = False


async def unanswered(run: WorkflowHandle[object, object], reason: str, converter: DataConverter) -> list[Unanswered]:
    """The messages that a run terminated for `reason` had not answered; none if the run closed otherwise."""
    events = [event async for event in run.fetch_history_events()]
    if events[-1].workflow_execution_terminated_event_attributes.reason != reason:
        return []
    return [words for signal in unanswered_signals(events) if (words := await _read(signal, converter))]


def unanswered_signals(events: Iterable[HistoryEvent]) -> list[Payloads]:
    """The inputs of all signals after the last answered one.

    A signal is answered when a delivery scheduled after it has closed and all deliveries before that have closed too.
    A cancelled delivery, for example one that gave way to a crisis, does not count.
    """
    signals: list[Payloads] = []
    replies: dict[int, _Reply] = {}
    for event in events:
        if event.HasField("workflow_execution_signaled_event_attributes"):
            signals.append(event.workflow_execution_signaled_event_attributes.input)
        elif event.activity_task_scheduled_event_attributes.activity_type.name == DELIVER:
            replies[event.event_id] = _Reply(heard=len(signals))
        elif event.event_type == _GIVEN_UP:
            replies.pop(event.activity_task_canceled_event_attributes.scheduled_event_id, None)
        elif (reply := replies.get(_closes(event))) is not None:
            reply.over = True
    answered = max((reply.heard for reply in takewhile(lambda reply: reply.over, replies.values())), default=0)
    return signals[answered:]


def _closes(event: HistoryEvent) -> int:
    """The id of the scheduling event of the activity that this event closes; 0 if it closes none."""
    closing = getattr(event, event.WhichOneof("attributes") or "", None)
    if event.event_type in _CLOSING:
        return int(getattr(closing, "scheduled_event_id", 0))
    return 0


async def _read(signal: Payloads, converter: DataConverter) -> Unanswered | None:
    if not signal.payloads:
        return None
    try:
        (decoded,) = await converter.decode(signal.payloads[:1], [Unanswered])
    except (RuntimeError, ValueError, KeyError, Undecipherable):
        # No workflow could have read it either.
        return None
    return decoded if isinstance(decoded, Unanswered) else None
