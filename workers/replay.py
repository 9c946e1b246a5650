"""Replays workflow histories against the current code and finds the first event that differs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import Replayer
from temporalio.workflow import _Definition as Definition

from schema.keys.encrypted_payload import is_encrypted
from schema.operator_error import OperatorError
from workers.data_converter import DATA_CONVERTER
from workers.registry import WORKFLOWS
from workers.run import workflow_runner

WORKFLOW_OF_TYPE = {Definition.must_from_class(each).name: each for each in WORKFLOWS}
"""The workflows by the type that histories name, which is not always the name of the class."""


@dataclass(frozen=True)
class Difference:
    """The first event of a history that the current code does not produce."""

    event_id: int
    event: str
    """The event's description, such as `ActivityTaskScheduled deliver`."""
    reason: str
    """The SDK's error message."""

    def __str__(self) -> str:
        return f"event {self.event_id} ({self.event}): {self.reason}"


def load_history(file: Path) -> WorkflowHistory:
    """Loads a history from a JSON file of the Web UI, the Temporal CLI or `make record-histories`.

    Raises `OperatorError` when the file can't be read or holds no history.
    """
    try:
        return WorkflowHistory.from_json(file.stem, file.read_text(encoding="utf-8"))
    except OSError as error:
        raise OperatorError(f"{file} can't be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OperatorError(f"{file} is no workflow history in JSON.") from error


async def is_readable(history: WorkflowHistory, converter: DataConverter) -> bool:
    """Returns whether there is a key for what a history holds. All of it is under the key of what began it."""
    begun = list(history.events[0].workflow_execution_started_event_attributes.input.payloads)
    read = await converter.payload_codec.decode(begun) if converter.payload_codec else begun
    return not any(is_encrypted(payload.metadata) for payload in read)


async def first_difference(history: WorkflowHistory, converter: DataConverter = DATA_CONVERTER) -> Difference | None:
    """Returns the first event that differs, or None when the current code replays the whole history.

    Every prefix of the history that contains this event fails to replay, so a binary search finds it.
    """
    reason = await _failure(history, len(history.events), converter)
    if reason is None:
        return None
    good, bad = 1, len(history.events)
    while bad - good > 1:
        middle = (good + bad) // 2
        failure = await _failure(history, middle, converter)
        if failure is None:
            good = middle
        else:
            bad, reason = middle, failure
    event = history.events[bad - 1]
    return Difference(event_id=event.event_id, event=described(event), reason=reason)


def described(event: HistoryEvent) -> str:
    """Describes an event for operators: its type, and the name of its activity, workflow or signal."""
    kind = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").title().replace("_", "")
    attributes = getattr(event, event.WhichOneof("attributes") or "", None)
    for field in ("activity_type", "workflow_type"):
        if name := getattr(getattr(attributes, field, None), "name", ""):
            return f"{kind} {name}"
    if name := getattr(attributes, "signal_name", ""):
        return f"{kind} {name}"
    if local := local_activity(event):
        return f"{kind} {local}"
    return kind


def summary_of(event: HistoryEvent) -> str:
    """Returns the summary that the workflow set on an activity, timer or marker; empty for other events."""
    summary = event.user_metadata.summary
    return str(json.loads(summary.data)) if summary.metadata.get("encoding") == b"json/plain" else ""


def local_activity(event: HistoryEvent) -> str | None:
    """Returns the name of the local activity when the event is its marker."""
    if not event.HasField("marker_recorded_event_attributes"):
        return None
    for payload in event.marker_recorded_event_attributes.details["data"].payloads:
        name = json.loads(payload.data).get("activity_type")
        return str(name) if name else None
    return None


@cache
def _silent_runtime() -> Runtime:
    """A runtime whose core logs nothing: what differs is the result, once."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


async def _failure(history: WorkflowHistory, events: int, converter: DataConverter) -> str | None:
    prefix = WorkflowHistory(history.workflow_id, history.events[:events])
    kind = history.events[0].workflow_execution_started_event_attributes.workflow_type.name
    replayer = Replayer(
        # Only the one workflow, because the sandbox imports each anew. An unknown type fails with any of them.
        workflows=[WORKFLOW_OF_TYPE[kind]] if kind in WORKFLOW_OF_TYPE else WORKFLOWS,
        data_converter=converter,
        workflow_runner=workflow_runner(sandbox=True),
        runtime=_silent_runtime(),
    )
    result = await replayer.replay_workflow(prefix, raise_on_replay_failure=False)
    if result.replay_failure is None:
        return None
    words = str(result.replay_failure)
    # The SDK wraps its message into the debug output of a Rust struct.
    sentence = re.search(r'message: "((?:[^"\\]|\\.)*)"', words)
    return sentence[1].replace('\\"', '"') if sentence else words.splitlines()[0]
