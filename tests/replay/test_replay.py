"""Recorded histories replay against today's code, and an edit that changes what a workflow does can't land unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from tests.analyst import RehearsedAnalyst
from tests.people.person import People
from tests.replay.fingerprint import fingerprint
from tests.replay.record import FINGERPRINTS, HISTORIES, play
from tests.replay.scenarios import SCENARIOS
from workers.replay import WORKFLOW_OF_TYPE, first_difference, load_history

RECORDED = sorted(HISTORIES.glob("*.json"))


def test_every_scenario_is_recorded() -> None:
    assert {file.stem for file in RECORDED} >= set(SCENARIOS)


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
async def test_recorded_histories_replay(file: Path) -> None:
    history = load_history(file)
    # The sandbox imports each workflow anew: all of them would take longer than the replay.
    assert history.events[0].workflow_execution_started_event_attributes.workflow_type.name in WORKFLOW_OF_TYPE
    assert await first_difference(history) is None


@pytest.mark.parametrize("name", list(SCENARIOS))
async def test_what_a_session_does_is_what_it_did_when_it_was_recorded(
    sandboxed: People, analyst: RehearsedAnalyst, name: str
) -> None:
    committed = json.loads(FINGERPRINTS.read_text(encoding="utf-8"))
    assert fingerprint(await play(name, sandboxed, analyst)) == committed[name]


async def test_the_first_event_that_differs_is_named() -> None:
    history = load_history(HISTORIES / "completed.json")
    # A history of other code: there, the first reaction was asked for from an activity of another name.
    changed = [_renamed(event, "instant_feedback", "quick_feedback") for event in history.events]
    first = next(
        event
        for event in changed
        if event.activity_task_scheduled_event_attributes.activity_type.name == "quick_feedback"
    )
    difference = await first_difference(WorkflowHistory("completed", changed))
    assert difference is not None
    assert difference.event_id == first.event_id
    assert "quick_feedback" in difference.event


def _activity(event: HistoryEvent) -> str:
    return event.activity_task_scheduled_event_attributes.activity_type.name


def _renamed(event: HistoryEvent, old: str, new: str) -> HistoryEvent:
    copy = HistoryEvent()
    copy.CopyFrom(event)
    if _activity(copy) == old:
        copy.activity_task_scheduled_event_attributes.activity_type.name = new
    return copy
