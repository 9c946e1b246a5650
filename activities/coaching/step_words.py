"""What a person says in words of a step counts like a button: a yes or a no to it, and how it went."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from activities.ai.offline.outcomes import OpenStep, outcome_in
from activities.encryption.column import TextColumns
from schema.coaching.activities import MessagesToHear
from schema.coaching.agreements import AgreementStatus, StepAct, StepAnswer
from schema.encrypted_columns import STEP_WHAT
from schema.vocabulary import Locale

# Firmer than what answers a question: "maybe" agrees on nothing. People also answer in the other language.
_YES = (
    r"yes|yeah|yep|sure|ok(?:ay)?|agreed|deal|of course|definitely|absolutely|i agree|i will|i'll do (?:it|that)"
    r"|let's(?: do (?:it|that))?|да|ага|угу|давай(?:те)?|конечно|ок(?:ей)?|ладно|хорошо|договорились|по рукам"
    r"|соглас(?:ен|на)|обещаю|попробую"
)
_NO = (
    r"no|nope|rather not|not (?:this|that|now|yet)|i don't want (?:it|to|that)"
    r"|нет|лучше (?:нет|не надо)|не (?:надо|хочу|сейчас|это|буду)|пока нет"
)
_POLITE = r"please|thanks?(?: you)?|спасибо|пожалуйста"
_ACTS = {
    act: re.compile(rf"(?:{words})(?:[\s,]+(?:{words}|{_POLITE}))*[\s.!)]*", re.IGNORECASE)
    for act, words in ((StepAct.AGREE, _YES), (StepAct.DECLINE, _NO))
}

# Only of the very last reply: a yes to something else is none to the step.
_PROPOSED = """
    SELECT agreement_id FROM coach_system.agreements
    WHERE status = $2 AND reply_id = (
        SELECT message_id FROM coach_system.messages WHERE conversation_id = $1 AND speaker = 'coach'
        ORDER BY said_at DESC LIMIT 1
    )
"""

_OPEN = """
    SELECT agreement_id, what, asked_at FROM coach_system.agreements
    WHERE user_ref = $1 AND status = 'agreed' AND agreed_at < $2 ORDER BY asked_at DESC NULLS LAST, due_at LIMIT 20
"""
_ASKED = "UPDATE coach_system.agreements SET asked_at = $2 WHERE agreement_id = $1"
_ASKED_FOR = timedelta(days=14)
"""How long an answer may name nothing: as long as `FollowUp` waits for it."""


class StepWords:
    """Hears what people say of their steps."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def heard(self, said: MessagesToHear, conversation_id: UUID, locale: Locale) -> StepAnswer | None:
        """What messages say of a step; None where they say nothing of one, or more than can be taken."""
        # Together with more it is no mere yes.
        act = act_in(said.messages[0].text) if len(said.messages) == 1 else None
        if act and (proposed := await self._pool.fetchval(_PROPOSED, conversation_id, AgreementStatus.PROPOSED)):
            return StepAnswer(agreement_id=str(proposed), act=act)
        whole = "\n".join(message.text for message in said.messages)
        return await self._told(said.user_ref, whole, said.messages[-1].said_at, locale)

    async def _told(self, user_ref: str, text: str, said_at: datetime, locale: Locale) -> StepAnswer | None:
        """How an open step went.

        Where that is left open, the person is asked, which is noted with the step: their answer may then be a word.
        """
        rows = await self._pool.fetch(_OPEN, user_ref, said_at)
        read = [(row, await self._columns.open(row["what"], STEP_WHAT, row)) for row in rows]
        kept = [(row, OpenStep(what, _is_asked(row, said_at))) for row, what in read if what]
        told = outcome_in(text, [step for _, step in kept], locale)
        if told is None:
            return None
        row, step = kept[told.step]
        if told.act is None:
            await self._pool.execute(_ASKED, row["agreement_id"], said_at)
        return StepAnswer(agreement_id=str(row["agreement_id"]), act=told.act, what=step.what)


def _is_asked(row: asyncpg.Record, now: datetime) -> bool:
    return row["asked_at"] is not None and row["asked_at"] > now - _ASKED_FOR


def act_in(text: str) -> StepAct | None:
    """A plain yes or no; None for whatever says more or less."""
    said = text.strip().replace("’", "'")
    return next((act for act, words in _ACTS.items() if words.fullmatch(said)), None)
