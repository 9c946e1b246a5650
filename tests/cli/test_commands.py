"""What operators and developers read on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from tests.chaos.test_a_killed_conversation import window
from tests.replay.record import HISTORIES
from tests.stack.conftest import CommandResult, Said, one_line
from workers.client import connect
from workers.stack.home import Home
from workers.stack.record import running_stack

Run = Callable[..., CommandResult]
InProcess = Callable[..., Said]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nonsense"], "nonsense"),
        (["chat", "--nonsense"], "--nonsense"),
        (["demo", "--questions", "99"], "--questions"),
        (["sessions", "list", "--status", "HAPPY"], "HAPPY"),
        (["sessions", "show"], "--telegram"),
        (["replay"], "--workflow-id"),
        (["replay", "no-such-file.json"], "no-such-file.json"),
        (["replay", __file__], "no workflow history"),
    ],
)
def test_a_wrong_command_gets_one_line_and_exit_code_2(in_process: InProcess, arguments: list[str], word: str) -> None:
    assert word in one_line(in_process(*arguments))


def test_replay_says_that_a_history_replays(in_process: InProcess) -> None:
    said = in_process("replay", str(HISTORIES / "completed.json"))
    assert said.code == 0
    assert "1 replayed, 0 differ." in said.output


def test_replay_names_the_event_of_a_history_that_differs(in_process: InProcess, tmp_path: Path) -> None:
    recorded = (HISTORIES / "suspended_in_questions.json").read_text(encoding="utf-8")
    changed = tmp_path / "changed.json"
    changed.write_text(recorded.replace('"instant_feedback"', '"quick_feedback"'), encoding="utf-8")
    said = in_process("replay", str(changed))
    assert said.code == 1
    assert "DIFFERS" in said.output
    assert "quick_feedback" in said.output


@pytest.mark.long
async def test_sessions_are_listed_shown_and_replayed_without_what_the_person_wrote(
    home: Home, selfology: Run, tmp_path: Path
) -> None:
    async with window() as shown:
        await shown.shows("Shall we begin")
        shown.types("1")
        await shown.shows("Question 1 of")
        shown.types("My neighbour Gwendolyn knows about the lighthouse.")
        await shown.shows("Question 2 of")
        listed = selfology("sessions", "list", "--status", "ACTIVE").stdout
        told = selfology("sessions", "show", "--terminal", "anna").stdout
        replayed = selfology("replay", "--query", "WorkflowType = 'OnboardingSession'").stdout
        stack = running_stack(home)
        assert stack is not None
        runs = {run.workflow_type: run async for run in (await connect(stack.temporal_address)).list_workflows()}
        session = runs["OnboardingSession"]
        # Who has a session first does not leave the coach waiting.
        assert runs["coaching.conversation"].status is WorkflowExecutionStatus.COMPLETED
        history = await (await connect(stack.temporal_address)).get_workflow_handle(session.id).fetch_history()
    assert "ACTIVE" in listed
    assert "QUESTIONS" in listed
    assert "1 of about 12 answered" in told
    assert "Choose question 2" in told
    assert "Gwendolyn" not in listed + told
    assert "anna" not in listed + told
    assert "1 replayed, 0 differ." in replayed
    file = tmp_path / "session.json"
    file.write_text(history.to_json(), encoding="utf-8")
    assert "Gwendolyn" not in history.to_json()
    # The home's keys read a file, too; where there are none nobody can tell.
    assert "1 replayed, 0 differ." in selfology("replay", str(file)).stdout
    elsewhere = selfology("replay", str(file), SELFOLOGY_HOME=str(tmp_path / "elsewhere"))
    assert elsewhere.returncode == 2
    assert "its key is destroyed or not here\n0 replayed, 0 differ, 1 are unread." in elsewhere.stdout
    assert not (tmp_path / "elsewhere").exists()
