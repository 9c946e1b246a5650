"""Collects messages that form one answer: those to the same asking, and the parts of a long message that was cut."""

from __future__ import annotations

from temporalio import workflow

from schema.person import MORE_WITHIN
from schema.public import Public
from workflows.onboarding.events import TextHeard
from workflows.onboarding.state import SessionState


async def whole_letter(state: SessionState, first: TextHeard) -> list[TextHeard]:
    """A text with the messages that belong to it, oldest first. Waits `MORE_WITHIN` for an announced next part."""
    letter = [first, *_take_more(state, first)]
    while letter[-1].more_expected:
        try:
            await workflow.wait_condition(
                lambda: bool(state.inbox), timeout=MORE_WITHIN, timeout_summary=Public("The next part of a letter")
            )
        except TimeoutError:
            break
        more = _take_more(state, letter[-1])
        if not more:
            break
        letter += more
    return sorted(letter, key=lambda heard: heard.heard_at)


def _take_more(state: SessionState, last: TextHeard) -> list[TextHeard]:
    """Takes the messages to the same asking that wait in the inbox."""
    more: list[TextHeard] = []
    # A choice after a text comes too late: the text has answered the question.
    while state.inbox and isinstance(event := state.inbox[0], TextHeard) and not event.chosen:
        # Only the first part of a long message may name its question.
        continues = last.more_expected and event.nonce is None
        if not continues and state.asking_of(event) != state.asking_of(last):
            break
        state.inbox.pop(0)
        # A repeated text adds nothing.
        if not continues and event.text in (last.text, *(heard.text for heard in more)):
            continue
        last = event.model_copy(update={"nonce": last.nonce}) if continues else event
        more.append(last)
    return more
