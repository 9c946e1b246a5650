"""What can't be read is refused alone: operators read a line about it, and the person's session goes on."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.workflow import _Definition as Definition

from schema.deliveries import Question
from schema.onboarding.messages import Gesture, OperatorNote
from schema.onboarding.names import TASK_QUEUE
from tests.people.person import People, Person, at_rest
from workers.registry import WORKFLOWS
from workflows.onboarding.session import OnboardingSession

SECRET = "my neighbour Gwendolyn"
NO_JSON = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=f"\xff\x00 {SECRET}".encode("latin-1")))
NO_ENCODING = RawValue(Payload(data=SECRET.encode()))
ANOTHER_TYPE = {"text": [SECRET], "update_id": {"a": 1}}
SIGNALS = [
    "arrive",
    "answer_consent",
    "submit_answer",
    "edit_answer",
    "skip",
    "go_on",
    "choose_language",
    "answer_safety",
]
"""All that need an argument."""
MALFORMED: dict[str, list[Any]] = {
    "no argument": [],
    "two arguments": [Gesture(), Gesture()],
    "no JSON": [NO_JSON],
    "no encoding": [NO_ENCODING],
    "another type": [ANOTHER_TYPE],
    "a list": [[1, 2]],
}


async def is_signalled(people: People, person: Person, signal: str, arguments: Sequence[Any]) -> None:
    """Sends a signal without the client's own checks."""
    payloads = await people.env.client.data_converter.encode(arguments)
    await people.env.client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=people.env.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=person.session.id),
            signal_name=signal,
            input=Payloads(payloads=payloads),
        )
    )


@pytest.mark.parametrize("kind", list(MALFORMED))
async def test_a_malformed_signal_is_left_out(people: People, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    person = people.person()
    await person.begins()
    with caplog.at_level(logging.ERROR):
        for signal in [*SIGNALS, "no_such_signal"]:
            await is_signalled(people, person, signal, MALFORMED[kind])
        await at_rest(person.session)
    lines = [record for record in caplog.records if record.name == "workers.malformed_input"]
    assert {record.args[0] for record in lines if isinstance(record.args, tuple)} == {*SIGNALS, "no_such_signal"}
    assert all(person.session.id in line.getMessage() and "\n" not in line.getMessage() for line in lines)
    assert "Gwendolyn" not in caplog.text
    await person.answers("I like the sea.")


async def test_what_was_left_out_is_left_out_at_replay(people: People) -> None:
    from workers.replay import first_difference  # noqa: PLC0415

    person = people.person()
    await person.begins()
    await is_signalled(people, person, "submit_answer", [])
    await person.answers("I like the sea.")
    await at_rest(person.session)
    assert await first_difference(await person.session.fetch_history(), people.env.client.data_converter) is None


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.__name__)
async def test_a_malformed_start_fails_and_leaves_the_id_free(people: People, workflow: type) -> None:
    for kind in ("no argument", "two arguments", "no JSON", "no encoding", "another type", "a list"):
        started = await people.env.client.start_workflow(
            str(Definition.must_from_class(workflow).name),
            args=MALFORMED[kind],
            id=f"malformed-{uuid.uuid4().hex}",
            task_queue=TASK_QUEUE,
            task_timeout=timedelta(seconds=2),
        )
        with pytest.raises(WorkflowFailureError) as failed:
            await started.result()
        cause = failed.value.cause
        assert isinstance(cause, ApplicationError), kind
        assert cause.type == "MalformedInput", kind
        assert "Gwendolyn" not in str(cause), kind


@pytest.mark.parametrize("kind", list(MALFORMED))
async def test_a_malformed_update_is_rejected(people: People, kind: str) -> None:
    person = people.person()
    await person.begins()
    with pytest.raises(WorkflowUpdateFailedError):
        await person.session.execute_update("pause_by_operator", args=MALFORMED[kind])
    await person.session.execute_update(OnboardingSession.pause_by_operator, OperatorNote(reason="seen in a test"))
    await person.resumes()
    await person.sees(Question)
