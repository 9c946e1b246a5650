"""What the person has said before that answers a question about it: their own words, from talks and answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from activities.ai.insight import OwnText
from activities.ai.offline.memory_questions import Answering, Question, Wants, answer_in, names_in, question_in
from activities.coaching.own_texts import OwnTexts
from activities.coaching.recall.memories import said_now
from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.context import Memory
from workflows.coaching.rules.tokens import about_tokens

_MOST_BOUNDARIES = 3


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
        if question is None or not (question.about or question.wants is Wants.BOUNDARY):
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
    """The answers in what was said, the latest first."""
    names = frozenset(name for each in said for name in names_in(question, each.text, each.language))
    answers = ((each, answer_in(question, each.text, each.language, names)) for each in said)
    return [_Found(each.source_id, answer, each.said_at) for each, answer in answers if answer]


def _likeliest(question: Question, found: Sequence[_Found]) -> list[_Found]:
    """The best of what was found: of several, the latest, and of what is asked for its day the first."""
    if question.wants is Wants.BOUNDARY:
        best = max((each.answering.fits for each in found), default=0)
        return [each for each in found if each.answering.fits == best][:_MOST_BOUNDARIES]
    if question.newest or question.slots:
        return list(found[:1])
    if question.wants is Wants.TOLD:
        found = list(reversed(found))
    return sorted(found, key=lambda each: each.answering.fits, reverse=True)[:1]
