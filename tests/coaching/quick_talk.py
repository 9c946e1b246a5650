"""Talks with the coach without workflows: hear, recall, reply and remember on the database, one after the other."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from temporalio.testing import ActivityEnvironment

from activities.ai.coach import ReplyWriter
from activities.coaching.coach import CoachActivities
from activities.coaching.drafts import Drafts
from activities.coaching.memory.store import Kept, Memories
from schema.analysis.routing import Tier
from schema.base_model import Model
from schema.coaching.activities import (
    Heard,
    MessagesToHear,
    MessageToKeep,
    ReplyToPrepare,
    ReplyToWrite,
    ReplyWritten,
    WordsToRemember,
)
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.people.person import People
from workers.bootstrap import Parts


class Answer(Model):
    """What came of a message."""

    heard: Heard
    written: ReplyWritten | None
    """None where danger was heard: then it gets support alone."""


class QuickTalk:
    """One person's talk, as `workflows.coaching.answering` has it."""

    def __init__(self, people: People, parts: Parts, locale: Locale, writer: ReplyWriter | None = None) -> None:
        """`writer` replies in place of the offline coach."""
        self.talker = Talker(people, locale)
        self._parts, self._locale = parts, locale
        columns = people.keys.columns
        drafts = Drafts(people.pool, columns)
        self._memories = Memories(people.pool, columns, None)
        recall = parts.conversations._recall
        self._coach = (
            CoachActivities(people.pool, columns, recall, {Tier.OFFLINE: writer}, drafts) if writer else parts.coach
        )

    async def agrees(self) -> None:
        """Has agreed, without a session."""
        await self.talker.agrees()

    async def says(self, text: str) -> Answer:
        """Says something, and reads the reply."""
        user_ref, reply_id = self.talker.user_ref, str(uuid.uuid4())
        said = MessageToKeep(update_id=uuid.uuid4().hex, text=text, said_at=datetime.now(UTC))
        heard = await self._parts.conversations.hear(
            MessagesToHear(user_ref=user_ref, reply_id=reply_id, messages=[said], locale=self._locale)
        )
        if heard.reading.crisis:
            return Answer(heard=heard, written=None)
        assert heard.conversation_id is not None
        await self._parts.conversations.recall(
            ReplyToPrepare(
                user_ref=user_ref, conversation_id=heard.conversation_id, reply_id=reply_id, locale=self._locale
            )
        )
        to_write = ReplyToWrite(user_ref=user_ref, reply_id=reply_id, locale=self._locale)
        written = await ActivityEnvironment().run(self._coach.reply, to_write)
        words = WordsToRemember(user_ref=user_ref, reply_id=reply_id, locale=self._locale)
        await self._parts.memory.remember(words)
        return Answer(heard=heard, written=written)

    async def remembered(self) -> list[Kept]:
        """What is kept of it."""
        return await self._memories.of(self.talker.user_ref, closed=True)
