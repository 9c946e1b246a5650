"""What a session has PostgreSQL keep and local rules read: answers, screened texts, the person's language."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from temporalio import workflow

from schema.account.activities import LocaleChosen, PersonStore
from schema.analysis.readings import AnswerReading
from schema.danger import Danger
from schema.onboarding.activities import AnswerToRecord, AskedQuestion, HeardText, SessionStore
from schema.safety.activities import TextScreen, TextToScreen
from schema.vocabulary import Locale
from workflows import policies
from workflows.onboarding.events import EditHeard, TextHeard
from workflows.onboarding.state import SessionState
from workflows.safety.second_net import danger_in_text, heard_at_once


async def remember_locale(state: SessionState, locale: Locale) -> None:
    """Stores the language that the person chose, if they have consented."""
    if state.recorded:
        await policies.DATABASE.run(
            PersonStore.remember_locale,
            LocaleChosen(user_ref=state.user_ref, locale=locale),
            summary=f"Remember language {locale}",
        )


async def record(state: SessionState, asked: AskedQuestion, heard: list[TextHeard]) -> tuple[str, AnswerReading]:
    """Records an answer; returns its id and its reading by the local rules."""
    answer_id = _answer_id(state, heard[0])
    reading = await policies.DATABASE.run(
        SessionStore.record_answer,
        AnswerToRecord(
            answer_id=answer_id,
            session_id=state.session_id,
            user_ref=state.user_ref,
            question_id=asked.question_id,
            locale=state.locale,
            addendum=asked.outcome != "open",
            depth=asked.depth,
            energy=asked.energy,
            troubled=any(a.crisis for a in state.asked),
            chosen=all(h.chosen for h in heard),
            messages=[HeardText(update_id=h.update_id, text=h.text, heard_at=h.heard_at) for h in heard],
        ),
        summary=f"Record the answer to {asked.question_id}",
    )
    return answer_id, reading


def _answer_id(state: SessionState, first: TextHeard) -> str:
    """The id of an answer: the same when the session takes it again after an operator's reset."""
    if not state.hears_edges:
        return str(workflow.uuid4())
    return str(uuid.uuid5(uuid.UUID(state.session_id), first.update_id))


async def screen(
    state: SessionState,
    heard: Sequence[TextHeard | EditHeard],
    *,
    summary: str = "Screen a text that is not kept",
) -> AnswerReading:
    """Reads a text by the local rules without recording it."""
    return await policies.DATABASE.run(TextScreen.screen_text, _together(state, heard), summary=summary)


async def danger_in(
    state: SessionState, heard: Sequence[TextHeard | EditHeard], reading: AnswerReading
) -> Danger | None:
    """The danger in a text that is not kept."""
    return await danger_in_text(reading, _together(state, heard)) if state.levels else heard_at_once(reading)


def _together(state: SessionState, heard: Sequence[TextHeard | EditHeard]) -> TextToScreen:
    return TextToScreen(text="\n".join(h.text for h in heard), locale=state.locale)
