"""What operators do in the Web UI: cancel, terminate and reset. Nobody's words are lost or filed wrongly by it.

Cancelling in every state is in `every_state.yaml`.
"""

from __future__ import annotations

import asyncio

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError

from schema.deliveries import ConsentRequest, Goodbye, Question
from schema.encrypted_columns import MESSAGE
from schema.vocabulary import Status
from tests.keys import readable
from tests.people.person import People, Person, at_rest


async def rows(people: People, person: Person) -> list[str]:
    """The person's sessions as the database tells them, the oldest first."""
    found = await people.pool.fetch(
        "SELECT status FROM onboarding_system.sessions WHERE user_ref = $1 ORDER BY opened_at", person.user_ref
    )
    return [row["status"] for row in found]


async def filed(people: People, person: Person) -> list[tuple[int, str]]:
    """The person's texts, each with the number of the question that it is an answer to."""
    found = await people.pool.fetch(
        "SELECT q.position AS place, m.* FROM onboarding_system.answers a JOIN onboarding_system.answer_messages m"
        " USING (answer_id, session_id) JOIN onboarding_system.asked_questions q USING (session_id, question_id)"
        " WHERE q.user_ref = $1 ORDER BY q.position, m.position",
        person.user_ref,
    )
    return [(row["place"], row["text"]) for row in await readable(found, MESSAGE)]


async def is_reset(people: People, person: Person, *, to_answer: int) -> None:
    """An operator resets the session to where it took one of the answers."""
    events = [event async for event in person.session.fetch_history_events()]
    taken = [e for e in events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
    answers = [e for e in taken if e.workflow_execution_signaled_event_attributes.signal_name == "submit_answer"]
    point = next(
        event.event_id
        for event in events
        if event.event_id > answers[to_answer - 1].event_id
        and event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    )
    await people.env.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=people.env.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=person.session.id),
            reason="seen in a test",
            workflow_task_finish_event_id=point,
            request_id="reset",
        )
    )


async def test_a_cancelled_session_ends_properly_and_is_cancelled(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I like the sea.")
    await person.session.cancel()
    assert (await person.sees(Goodbye)).reason == "abandoned"
    with pytest.raises(WorkflowFailureError) as failed:
        await person.outcome()
    assert isinstance(failed.value.cause, CancelledError)
    assert await rows(people, person) == ["ABANDONED"]
    assert await person.analyses() == 1
    await person.starts()
    await person.sees(Question)


async def test_who_comes_back_after_a_cancel_begins_anew(people: People) -> None:
    person = people.person()
    await person.begins()
    people.screens.silent[person.name] = asyncio.Event()
    await person.session.cancel()
    await at_rest(person.session, people.screens)
    await person.starts()
    people.screens.release(person.name)
    await person.sees(Goodbye)
    await person.sees(Question)


async def test_the_row_of_a_terminated_session_is_closed_when_its_person_returns(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.session.terminate("seen in a test")
    assert await rows(people, person) == ["ACTIVE"]
    await person.starts()
    await person.sees(Question)
    assert await rows(people, person) == ["ABANDONED", "ACTIVE"]


async def test_a_terminated_session_before_consent_leaves_nothing(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.session.terminate("seen in a test")
    assert await rows(people, person) == []
    await person.starts()
    await person.sees(ConsentRequest)


@pytest.mark.parametrize("to_answer", [1, 2])
async def test_after_a_reset_every_answer_has_its_text_and_counts_once(people: People, to_answer: int) -> None:
    person = people.person()
    await person.begins()
    texts = ["I like the sea.", "My sister sings.", "I work at night."]
    for text in texts:
        await person.answers(text)
    await person.is_analysed(3)
    await at_rest(person.session)
    await is_reset(people, person, to_answer=to_answer)
    await person.sees(Question)
    await at_rest(person.session)
    described = await person.session.describe()
    assert described.status is WorkflowExecutionStatus.RUNNING
    # Signals that came after are taken once more, to the same questions as before.
    assert await filed(people, person) == list(enumerate(texts))
    empty = await people.pool.fetchval(
        "SELECT count(*) FROM onboarding_system.answers a WHERE user_ref = $1 AND NOT EXISTS"
        " (SELECT FROM onboarding_system.answer_messages m WHERE m.answer_id = a.answer_id)",
        person.user_ref,
    )
    assert (empty, await person.analyses()) == (0, 3)
    assert (await person.progress()).status is Status.ACTIVE
    await person.answers("And I go on.")
    assert await filed(people, person) == list(enumerate([*texts, "And I go on."]))
