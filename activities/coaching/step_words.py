"""A yes or a no to the step that the last reply proposed: said in a word, it counts like the button."""

from __future__ import annotations

import re
from uuid import UUID

import asyncpg

from schema.coaching.agreements import AgreementStatus, StepAct, StepAnswer

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


async def said_of_step(pool: asyncpg.Pool, conversation_id: UUID, text: str) -> StepAnswer | None:
    """What a text says of a step that was just proposed; None where it says more, or none was."""
    act = act_in(text)
    if act is None:
        return None
    agreement_id = await pool.fetchval(_PROPOSED, conversation_id, AgreementStatus.PROPOSED)
    return StepAnswer(agreement_id=str(agreement_id), act=act) if agreement_id else None


def act_in(text: str) -> StepAct | None:
    """A plain yes or no; None for whatever says more or less."""
    said = text.strip().replace("’", "'")
    return next((act for act, words in _ACTS.items() if words.fullmatch(said)), None)
