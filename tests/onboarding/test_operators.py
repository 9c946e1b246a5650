"""What operators do and see: updates with validators, search attributes, a story without personal text."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowUpdateFailedError

from schema.deliveries import Goodbye, Notice, NoticeCode, Paused, Question
from schema.onboarding.messages import FlagQuestion, OperatorNote
from schema.vocabulary import Status
from tests.keys import decrypted
from tests.people.person import People, Person, at_rest
from workflows.onboarding import search_attributes
from workflows.onboarding.session import OnboardingSession

NOTE = OperatorNote(reason="planned maintenance")
SECRET = "My neighbour Gwendolyn knows about the lighthouse."


async def story_of(person: Person) -> str:
    """The current details in the Web UI."""
    return str(await person.session.query("__temporal_workflow_metadata"))


async def test_an_operator_pauses_and_the_person_goes_on(people: People) -> None:
    person = people.person()
    await person.begins()
    progress = await person.session.execute_update(OnboardingSession.pause_by_operator, NOTE)
    assert progress.status is Status.PAUSED
    assert (await person.sees(Paused)).reason == "operator"
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await person.session.execute_update(OnboardingSession.pause_by_operator, NOTE)
    assert "Only an ACTIVE session" in str(refused.value.cause)
    await person.resumes()
    await person.sees(Question)


async def test_an_operator_ends_a_session(people: People) -> None:
    person = people.person()
    await person.begins()
    progress = await person.session.execute_update(OnboardingSession.abandon_by_operator, NOTE)
    assert progress.status is Status.ABANDONED
    assert (await person.sees(Goodbye)).reason == "abandoned"
    await person.outcome()


async def test_a_flagged_question_is_withdrawn_for_everyone(people: People) -> None:
    person, other = people.person(), people.person()
    question = await person.begins()
    flagged = await person.session.execute_update(
        OnboardingSession.flag_question, FlagQuestion(question_id=question.question_id, reason="misread by many")
    )
    assert flagged.was_open
    assert (await person.sees(Notice)).code is NoticeCode.QUESTION_WITHDRAWN
    assert (await person.sees(Question)).question_id != question.question_id
    try:
        asked = [(await other.begins()).question_id]
        for _ in range(5):
            asked.append((await other.answers("I like it here.")).question_id)
        assert question.question_id not in asked
    finally:
        await people.pool.execute("DELETE FROM onboarding_system.question_flags")


async def test_an_unknown_question_cannot_be_flagged(people: People) -> None:
    person = people.person()
    await person.begins()
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await person.session.execute_update(
            OnboardingSession.flag_question, FlagQuestion(question_id="no-such-99", reason="a typing error")
        )
    assert "no-such-99" in str(refused.value.cause)
    assert (await person.answers("I am still here.")).number == 2


async def test_search_attributes_and_the_story_tell_operators_where_a_session_stands(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers(SECRET)
    await at_rest(person.session)
    description = await person.session.describe()
    found = description.typed_search_attributes
    assert found[search_attributes.STATUS] == "ACTIVE"
    assert found[search_attributes.STAGE] == "QUESTIONS"
    assert found[search_attributes.ANSWERS] == 1
    assert found[search_attributes.LOCALE] == "en"
    story = await story_of(person)
    assert "1 of about 12 answered" in story
    assert "Gwendolyn" not in story


async def test_no_personal_text_outside_payloads(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers(SECRET)
    await person.stops()
    await person.outcome()
    history = await person.session.fetch_history()
    events = [await decrypted(event) for event in history.events]
    for event in events:
        bare = type(event)()
        bare.CopyFrom(event)
        for summary in (bare.user_metadata.summary.data, bare.user_metadata.details.data):
            assert b"Gwendolyn" not in summary
            assert person.name.encode() not in summary
    signalled = [e for e in events if b"Gwendolyn" in e.SerializeToString()]
    assert signalled
    # The signal that carried it and the reaction that quotes it; activities and markers keep ids only.
    kinds = {e.WhichOneof("attributes") for e in signalled}
    assert kinds <= {
        "workflow_execution_signaled_event_attributes",
        "activity_task_scheduled_event_attributes",
        "activity_task_completed_event_attributes",
    }
    assert person.name not in history.workflow_id


async def test_every_activity_and_timer_has_a_summary(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I like the sea.")
    history = await person.session.fetch_history()
    told = [
        event
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
        or event.HasField("timer_started_event_attributes")
        or event.marker_recorded_event_attributes.marker_name == "core_local_activity"
    ]
    assert len(told) >= 8
    assert all(event.user_metadata.summary.data for event in told)
