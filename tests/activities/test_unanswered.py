"""What a person wrote last is read for a crisis when their workflows are ended: nobody else will answer it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.common import RawValue
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from activities.account import workflow_histories
from activities.account.workflow_histories import TemporalHistories
from activities.temporal.unanswered_signals import unanswered_signals
from schema.deliveries import NoticeCode
from schema.onboarding.messages import SubmittedAnswer
from schema.onboarding.names import SESSION_ID
from schema.person import PersonRef
from schema.safety.messages import Overheard
from schema.safety.names import LISTENING_ID
from schema.vocabulary import CrisisKind

DANGER = "I want to kill myself."

SHORT = {
    "s": EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    "d": EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    "r": EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    "c": EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
    "f": EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
    "t": EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT,
    "x": EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED,
}


def history(told: str) -> list[HistoryEvent]:
    """A history in short: `s1` is a signal, `d1` a delivery, `r1` a reaction; `c1`, `f1`, ... what became of it."""
    events, scheduled = [], {}
    for event_id, word in enumerate(told.split(), start=1):
        kind, number = word[0], word[1:]
        event = HistoryEvent(event_id=event_id, event_type=SHORT[kind])
        match kind:
            case "s":
                payload = Payload(data=number.encode())
                event.workflow_execution_signaled_event_attributes.input.CopyFrom(Payloads(payloads=[payload]))
            case "d" | "r":
                name = "deliver" if kind == "d" else "instant_feedback"
                event.activity_task_scheduled_event_attributes.activity_type.name = name
                scheduled[number] = event_id
            case "c":
                event.activity_task_completed_event_attributes.scheduled_event_id = scheduled[number]
            case "f":
                event.activity_task_failed_event_attributes.scheduled_event_id = scheduled[number]
            case "x":
                event.activity_task_canceled_event_attributes.scheduled_event_id = scheduled[number]
            case "t":
                event.activity_task_timed_out_event_attributes.scheduled_event_id = scheduled[number]
        events.append(event)
    return events


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("", ""),
        ("s1", "1"),
        ("s1 d1", "1"),
        ("s1 d1 c1", ""),
        ("s1 d1 f1", ""),
        ("s1 d1 t1", ""),
        ("s1 d1 s2 c1", "2"),
        ("s1 d1 c1 s2 s3", "23"),
        # Side by side: of those that wait for a reply, none counts as answered by another one's.
        ("s1 d1 s2 d2 c2", "12"),
        ("s1 d1 s2 d2 c2 c1", ""),
        # What was given up for something more important replied to nothing; that does.
        ("s1 s2 d1 x1", "12"),
        ("s1 d1 s2 x1", "12"),
        ("s1 s2 d1 x1 d2", "12"),
        ("s1 s2 d1 x1 d2 c2", ""),
        # A reaction is no reply yet.
        ("s1 r1 c1", "1"),
    ],
)
def test_what_has_no_reply(told: str, left: str) -> None:
    signals = unanswered_signals(history(told))
    assert b"".join(payloads.payloads[0].data for payloads in signals) == left.encode()


@pytest.fixture
def ending(env: WorkflowEnvironment, monkeypatch: pytest.MonkeyPatch) -> TemporalHistories:
    # Nobody works on what is ended here, so it never comes to rest.
    monkeypatch.setattr(workflow_histories, "REST_WITHIN", 0.1)
    return TemporalHistories(env.client)


def by(erasure: str) -> ActivityEnvironment:
    """An erasure's activities; it is named by its run id."""
    activity = ActivityEnvironment()
    activity.info = replace(ActivityEnvironment.default_info(), workflow_run_id=erasure)
    return activity


async def test_an_erasure_that_tries_again_hears_the_same_and_a_later_one_nothing(
    env: WorkflowEnvironment, ending: TemporalHistories
) -> None:
    person = PersonRef(user_ref=uuid.uuid4().hex[:16])
    with env.with_time_skipping_disabled():
        session = await env.client.start_workflow(
            "OnboardingSession", id=SESSION_ID.of(person.user_ref), task_queue="nobody works here"
        )
    await session.signal("submit_answer", SubmittedAnswer(update_id="1", text=DANGER))
    for _ in range(2):
        assert (await by("first").run(ending.end_workflows, person)).crisis is CrisisKind.SELF_HARM
    assert (await by("second").run(ending.end_workflows, person)).crisis is None


async def test_signals_that_nobody_can_read_hide_no_other(env: WorkflowEnvironment, ending: TemporalHistories) -> None:
    person = PersonRef(user_ref=uuid.uuid4().hex[:16])
    with env.with_time_skipping_disabled():
        listening = await env.client.start_workflow(
            "Listening", id=LISTENING_ID.of(person.user_ref), task_queue="nobody works here"
        )
    await listening.signal("overhear")
    await listening.signal("overhear", args=["one", "two"])
    for encoding in (b"json/plain", b"binary/plain", b"binary/null", b"binary/encrypted", b"of another world"):
        await listening.signal("overhear", RawValue(Payload(metadata={"encoding": encoding}, data=b"\xff{")))
    await listening.signal(
        "overhear", Overheard(update_id="1", text=f"Hello? {DANGER}", otherwise=NoticeCode.NO_COACH_YET)
    )
    assert (await by("an erasure").run(ending.end_workflows, person)).crisis is CrisisKind.SELF_HARM


@pytest.mark.parametrize("by_others", [False, True])
async def test_whose_words_they_are_is_told(
    env: WorkflowEnvironment, ending: TemporalHistories, by_others: bool
) -> None:
    person = PersonRef(user_ref=uuid.uuid4().hex[:16])
    with env.with_time_skipping_disabled():
        listening = await env.client.start_workflow(
            "Listening", id=LISTENING_ID.of(person.user_ref), task_queue="nobody works here"
        )
    await listening.signal("overhear", Overheard(update_id="1", text=DANGER, by_others=by_others))
    last_words = await by("an erasure").run(ending.end_workflows, person)
    assert (last_words.crisis, last_words.by_others) == (CrisisKind.SELF_HARM, by_others)
