"""What the person has said before that answers a question about it: their own words, from talks and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from activities.ai.insight import OwnText
from activities.ai.offline.memory_questions import (
    Answering,
    Question,
    Wants,
    answer_in,
    names_in,
    overtakes,
    question_in,
)
from activities.coaching.own_texts import OwnTexts
from activities.coaching.recall.memories import said_now
from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.context import Memory
from workflows.coaching.rules.tokens import about_tokens

_MOST_BOUNDARIES = 3
_WITHOUT_TOPIC = frozenset({Wants.BOUNDARY, Wants.PROBLEM, Wants.GOAL})


class _Found(NamedTuple):
    source_id: str
    answering: Answering
    said_at: datetime


class AnswersToldBefore:
    """Words of earlier messages and answers that answer what the person asks, whether or not they became a memory."""

    name = "told"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns
        self._texts = OwnTexts(pool, columns)

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The likeliest, or some of what was asked of the coach; nothing where nothing is asked. Only then it reads."""
        question = question_in((await said_now(self._pool, self._columns, reply.reply_id)).text, reply.locale)
        if question is None or not (question.about or question.slots or question.wants in _WITHOUT_TOPIC):
            return Chosen([])
        # What spoke of danger is not brought back.
        said = await self._texts.before(reply.user_ref, reply.reply_id)
        found = _likeliest(question, _answering(question, said))
        return Chosen([each.source_id for each in found], sum(about_tokens(each.answering.text) for each in found))

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The words, with the day."""
        question = question_in((await said_now(self._pool, self._columns, reply.reply_id)).text, reply.locale)
        if question is None or not ids:
            return {"told": []}
        said = await self._texts.before(reply.user_ref, reply.reply_id)
        found = {each.source_id: each for each in _answering(question, said)}
        kind = "boundary" if question.wants is Wants.BOUNDARY else "fact"
        return {
            "told": [
                Memory(kind=kind, text=found[each].answering.text, told_on=found[each].said_at.date())
                for each in ids
                if each in found
            ]
        }


def _answering(question: Question, said: Sequence[OwnText]) -> list[_Found]:
    """The answers in what was said, the latest first; what later words end is answered by those."""
    names = frozenset(name for each in said for name in names_in(question, each.text, each.language))
    found: dict[str, _Found] = {}
    for at, each in enumerate(said):
        answer = answer_in(question, each.text, each.language, names)
        if answer is None:
            continue
        later = ((after, overtakes(question, after.text, after.language, answer.text)) for after in said[:at])
        ended = next(((after, words) for after, words in later if words), None)
        source, words = ended or (each, answer)
        known = found.get(source.source_id)
        if known is None or known.answering.fits < words.fits:
            found[source.source_id] = _Found(source.source_id, words, source.said_at)
    return sorted(found.values(), key=lambda each: each.said_at, reverse=True)


def _likeliest(question: Question, found: Sequence[_Found]) -> list[_Found]:
    """The best of what was found: of several, the latest, and of what is asked for its day the first."""
    if question.wants is Wants.BOUNDARY:
        best = max((each.answering.fits for each in found), default=0)
        return [each for each in found if each.answering.fits == best][:_MOST_BOUNDARIES]
    if question.first or question.wants in (Wants.TOLD, Wants.PROBLEM):
        found = list(reversed(found))
    elif question.slots:
        return list(found[:1])
    return sorted(found, key=lambda each: each.answering.fits, reverse=True)[:1]
