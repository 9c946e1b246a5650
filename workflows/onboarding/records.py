"""What a session has kept and read at once: answers, screened texts, the person's language."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from temporalio import workflow

from schema.account.activities import LocaleChosen, PersonStore
from schema.analysis.readings import AnswerReading
from schema.danger import Danger
from schema.onboarding.activities import AnswerToRecord, AskedQuestion, HeardText, SessionStore
from schema.safety.activities import TextScreen, TextToScreen
from schema.vocabulary import Locale
from workflows import policies
from workflows.onboarding.events import EditHeard, TextHeard, in_own_words
from workflows.onboarding.state import PendingAnalysis, SessionState
from workflows.safety.second_net import danger_in_answer, danger_in_text, heard_at_once


@dataclass(frozen=True)
class KeptAnswer:
    """An answer in the database, and its reading."""

    answer_id: str
    asked: AskedQuestion
    heard: list[TextHeard]
    reading: AnswerReading

    @property
    def pending(self) -> PendingAnalysis:
        """The answer, as its deep analysis takes it."""
        return PendingAnalysis(
            answer_id=self.answer_id, route=self.reading.route, overdue=self.reading.overdue, nonce=self.asked.nonce
        )


async def remember_locale(state: SessionState, locale: Locale) -> None:
    """Stores the language that the person chose, if they have consented."""
    if state.recorded:
        await policies.DATABASE.run(
            PersonStore.remember_locale,
            LocaleChosen(user_ref=state.user_ref, locale=locale),
            summary=f"Remember language {locale}",
        )


async def record(state: SessionState, asked: AskedQuestion, heard: list[TextHeard]) -> KeptAnswer:
    """Records an answer and has it read."""
    answer_id = _answer_id(state, heard[0])
    reading = await policies.DATABASE.run(
        SessionStore.record_answer,
        AnswerToRecord(
            answer_id=answer_id,
            session_id=state.session_id,
            user_ref=state.user_ref,
            question_id=asked.question_id,
            locale=state.locale,
            addendum=not state.has_open(asked.nonce),
            depth=asked.depth,
            energy=asked.energy,
            troubled=any(a.crisis for a in state.asked),
            chosen=not in_own_words(heard),
            messages=[HeardText(update_id=h.update_id, text=h.text, heard_at=h.heard_at) for h in heard],
        ),
        summary=f"Record the answer to {asked.question_id}",
    )
    return KeptAnswer(answer_id, asked, heard, reading)


async def danger_in_kept(state: SessionState, kept: KeptAnswer) -> Danger | None:
    """The danger in an answer: by the rules, and by the second net in what the person wrote."""
    if state.levels and in_own_words(kept.heard):
        return await danger_in_answer(kept.reading, kept.answer_id, kept.asked.question_id)
    return heard_at_once(kept.reading)


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
    """Has a text read without recording it."""
    return await policies.DATABASE.run(TextScreen.screen_text, _together(state, heard), summary=summary)


async def danger_in(
    state: SessionState, heard: Sequence[TextHeard | EditHeard], reading: AnswerReading
) -> Danger | None:
    """The danger in a text that is not kept."""
    return await danger_in_text(reading, _together(state, heard)) if state.levels else heard_at_once(reading)


def _together(state: SessionState, heard: Sequence[TextHeard | EditHeard]) -> TextToScreen:
    return TextToScreen(text="\n".join(h.text for h in heard), locale=state.locale)
