"""Background tasks of a session: they watch for the person's silence, and for a crisis that waits in the inbox."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

from temporalio import workflow

from schema.public import Public
from schema.vocabulary import Status
from workflows.onboarding.events import EditHeard, SilenceFell, TextHeard, in_own_words
from workflows.onboarding.records import screen
from workflows.onboarding.state import SessionState


async def watch_for_silence(state: SessionState) -> None:
    """Puts `SilenceFell` into the inbox. Uses one timer for a whole silence, not one for each answer."""
    while not state.status.final:
        alarm, due = _next_alarm(state)
        if alarm > workflow.now():
            await _sleep_until(state, alarm, due)
            continue
        state.nudged = state.nudged or due == "nudge"
        state.inbox.append(SilenceFell(due=due, quiet_since=state.quiet_since))
        if due != "nudge":
            await _sound(state)


async def watch_for_crisis(state: SessionState) -> None:
    """Screens texts that wait behind a delivery, so that a cry for help does not wait for a slow channel."""
    while state.hears_edges:
        await workflow.wait_condition(lambda: state.delivering > 0 and bool(_unscreened(state)))
        waiting = _unscreened(state)[0]
        reading = await screen(state, [waiting], summary="Screen a text that waits for a delivery")
        screened = waiting.model_copy(update={"alarming": reading.crisis is not None})
        # The event may have been taken or edited meanwhile.
        state.inbox = [screened if event == waiting else event for event in state.inbox]


def _unscreened(state: SessionState) -> list[TextHeard | EditHeard]:
    texts = [event for event in state.inbox if isinstance(event, TextHeard | EditHeard)]
    return [text for text in texts if text.alarming is None and in_own_words([text])]


async def _sound(state: SessionState) -> None:
    """Waits until the person does something again."""
    quiet_since = state.quiet_since
    await workflow.wait_condition(lambda: state.quiet_since != quiet_since)


async def _sleep_until(state: SessionState, alarm: datetime, due: str) -> None:
    # After the timeout, the caller checks whether the silence has lasted.
    with suppress(TimeoutError):
        await workflow.wait_condition(
            lambda: _next_alarm(state)[0] < alarm,
            timeout=alarm - workflow.now(),
            timeout_summary=Public(f"Silence: {due} in {_in_words(alarm - workflow.now())}"),
        )


def _next_alarm(state: SessionState) -> tuple[datetime, Literal["nudge", "time_out", "abandon"]]:
    settings, since = state.settings, state.quiet_since
    if state.status is Status.PAUSED:
        return since + settings.abandon_after, "abandon"
    if not state.nudged:
        return since + settings.nudge_after, "nudge"
    return since + settings.nudge_after + settings.close_after_nudge, "time_out"


def _in_words(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} d"
