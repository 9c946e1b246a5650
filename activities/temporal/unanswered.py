"""What a person wrote to a workflow and got no reply to before it was ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle
from temporalio.converter import DataConverter

from schema.model import Model

DELIVER = "deliver"
"""The activity by which a workflow says anything."""

_CLOSING = (
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
)
_GIVEN_UP = EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED


class Unanswered(Model):
    """A signal of a person's; those that hold no words have an empty text."""

    text: str = ""
    by_others: bool = False
    """Whether the words are somebody else's."""


@dataclass
class _Reply:
    heard: int
    """How many signals had come before it."""
    over: bool = False


async def unanswered(run: WorkflowHandle[object, object], reason: str, converter: DataConverter) -> list[Unanswered]:
    """The words that a run had not answered when it was terminated for this reason; none when it ended otherwise."""
    events = [event async for event in run.fetch_history_events()]
    if events[-1].workflow_execution_terminated_event_attributes.reason != reason:
        return []
    return [words for signal in unanswered_signals(events) if (words := await _read(signal, converter))]


def unanswered_signals(events: Iterable[HistoryEvent]) -> list[Payloads]:
    """The inputs of the signals that came after those that have a reply.

    A signal has one when a delivery that was scheduled after it is over, and so are all deliveries before that. One
    that was cancelled, as for a cry for help that came meanwhile, is no reply.
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
    """The event by which the activity that this event closes was scheduled; 0 when it closes none."""
    closing = getattr(event, event.WhichOneof("attributes") or "", None)
    if event.event_type in _CLOSING:
        return int(getattr(closing, "scheduled_event_id", 0))
    return 0


async def _read(signal: Payloads, converter: DataConverter) -> Unanswered | None:
    if not signal.payloads:
        return None
    try:
        (decoded,) = await converter.decode(signal.payloads[:1], [Unanswered])
    except (RuntimeError, ValueError, KeyError):
        # Nobody could have read it.
        return None
    return decoded if isinstance(decoded, Unanswered) else None
