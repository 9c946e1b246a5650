"""Conversations with the coach in `coach_system`: what was said, and what each reply rests on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from temporalio import activity

from activities.analysis.reply_readers import ReplyReaders
from activities.coaching.agreed import agreed_locale
from activities.coaching.insights.store import Insights
from activities.coaching.recall.forgetting import AskedToForget
from activities.coaching.recall.recall import Recall
from activities.coaching.reply_marks import ReplyMarks
from activities.coaching.step_words import StepWords
from activities.coaching.style_wishes import StyleWishes
from activities.encryption.column import TextColumns
from activities.postgres.locks import lock_person
from activities.safety.text_reader import TextReader
from schema.coaching.activities import (
    Acquaintance,
    CoachStore,
    Heard,
    HeardBefore,
    MarkKept,
    MarkToKeep,
    MessagesToHear,
    Recalled,
    ReplyToPrepare,
    TopicBegun,
    TopicStarted,
)
from schema.coaching.care import CARE_LASTS, SHORT_CARE_LASTS
from schema.encrypted_columns import CRISIS_SAID, SAID
from schema.person import PersonRef

_CONVERSATIONS = uuid.UUID("0d0e3cf5-1c0b-4b52-8e05-5d7f2a1f6a0e")
_MESSAGES = uuid.UUID("8b1f9d1e-6a55-4d0e-9f3f-7f1c5a7f1d2b")

_KEEP = """
    INSERT INTO coach_system.messages
        (message_id, conversation_id, user_ref, speaker, text, language, said_at, update_id, reply_id, crisis,
        care_until)
    SELECT m.message_id, $1, $2, 'person', m.text, $3, m.said_at, m.update_id, $4, m.crisis,
        CASE WHEN m.crisis IS NOT NULL THEN m.said_at + $10::interval END
    FROM unnest($5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::text[])
        AS m (message_id, text, said_at, update_id, crisis)
    ON CONFLICT DO NOTHING
"""


class PostgresCoachStore(CoachStore):
    """Keeps conversations in a migrated database."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        columns: TextColumns,
        reader: TextReader,
        recall: Recall,
        readers: ReplyReaders,
        *,
        forgets: AskedToForget,
        marks: ReplyMarks,
        wishes: StyleWishes,
        insights: Insights,
        replies_a_day: int,
    ) -> None:
        """Where no reader is left, the offline coach replies.

        For a person in the middle of a talk is not to be left alone for the sake of a bill. Beyond `replies_a_day`
        nobody does: so many replies are no talk any more.
        """
        self._pool = pool
        self._columns = columns
        self._reader = reader
        self._recall = recall
        self._readers = readers
        self._forgets = forgets
        self._marks = marks
        self._wishes = wishes
        self._insights = insights
        self._replies_a_day = replies_a_day
        self._step_words = StepWords(pool, columns)

    @activity.defn(name="coaching.hear")
    async def hear(self, said: MessagesToHear) -> Heard:
        locale = await agreed_locale(self._pool, said.user_ref)
        reading = await self._reader.read("\n".join(m.text for m in said.messages), locale or said.locale)
        if locale is None:
            return Heard(known=False, locale=said.locale, reading=reading)
        ids = [uuid.uuid5(_MESSAGES, f"{said.user_ref}/{message.update_id}") for message in said.messages]
        # Before the lock: the key store may take its time, and nobody is to wait for that.
        texts = [
            await self._columns.seal(said.user_ref, message.text, SAID, {"message_id": message_id})
            for message_id, message in zip(ids, said.messages, strict=True)
        ]
        crises = [
            reading.crisis
            and await self._columns.seal(said.user_ref, reading.crisis, CRISIS_SAID, {"message_id": message_id})
            for message_id in ids
        ]
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, said.user_ref)
            conversation = await self._conversation(connection, said)
            if conversation is None:
                return Heard(known=False, locale=said.locale, reading=reading)
            if before := await _heard_before(connection, said, ids):
                return Heard(known=True, locale=locale, reading=reading, before=before)
            await connection.execute(
                _KEEP,
                conversation,
                said.user_ref,
                reading.language,
                said.reply_id,
                ids,
                texts,
                [message.said_at for message in said.messages],
                [message.update_id for message in said.messages],
                crises,
                SHORT_CARE_LASTS if reading.net_alone else CARE_LASTS,
            )
            counted = await connection.fetchrow(
                """
                SELECT count(*) FILTER (WHERE speaker = 'coach' AND conversation_id = $2) AS said,
                    count(*) FILTER (WHERE speaker = 'coach' AND said_at >= date_trunc('day', now(), 'UTC')) AS replies
                FROM coach_system.messages WHERE user_ref = $1
                """,
                said.user_ref,
                conversation,
            )
            assert counted is not None, "an aggregate has a row"
        wished = None
        if reading.crisis:
            # Danger gets contacts and no reply, so nothing is recalled. What is to be forgotten is so all the same.
            named = {"user_ref": said.user_ref, "reply_id": said.reply_id}
            await self._forgets.choose(ReplyToPrepare(**named, conversation_id=str(conversation), locale=locale))
        else:
            for message_id, message in zip(ids, said.messages, strict=True):
                found = await self._wishes.hear(said.user_ref, message_id, message.text, message.said_at, locale)
                wished = found or wished
        spent = counted["replies"] >= self._replies_a_day
        tells = not (spent or reading.crisis) and await self._insights.is_to_be_told(
            said.user_ref, said.reply_id, said.messages[-1].said_at
        )
        step = None if reading.crisis else await self._step_words.heard(said, conversation, locale)
        return Heard(
            known=True,
            locale=locale,
            reading=reading,
            conversation_id=str(conversation),
            first=counted["said"] == 0,
            readers=await self._readers.of(said.user_ref),
            wish=wished,
            step=step,
            spent=spent,
            insight_waits=tells,
        )

    @activity.defn(name="coaching.keep_mark")
    async def keep_mark(self, mark: MarkToKeep) -> MarkKept:
        kept = await self._marks.keep(mark)
        return kept.model_copy(update={"readers": await self._readers.of(mark.user_ref)}) if kept.fresh else kept

    @activity.defn(name="coaching.recognise")
    async def recognise(self, ref: PersonRef) -> Acquaintance:
        finished = await self._pool.fetchval(
            "SELECT EXISTS (SELECT FROM onboarding_system.sessions WHERE user_ref = $1 AND status = 'COMPLETED')",
            ref.user_ref,
        )
        return Acquaintance(locale=await agreed_locale(self._pool, ref.user_ref), finished=finished)

    @activity.defn(name="coaching.begin_topic")
    async def begin_topic(self, topic: TopicBegun) -> TopicStarted:
        locale = await agreed_locale(self._pool, topic.user_ref)
        if locale is None:
            return TopicStarted(known=False)
        async with self._pool.acquire() as connection, connection.transaction():
            await lock_person(connection, topic.user_ref)
            known = await _begin(connection, topic.conversation_id, topic.user_ref, topic.began_at)
        return TopicStarted(known=known, locale=locale)

    @activity.defn(name="coaching.recall")
    async def recall(self, reply: ReplyToPrepare) -> Recalled:
        return await self._recall.prepare(reply)

    async def _conversation(self, connection: PoolConnectionProxy, said: MessagesToHear) -> Any:
        """The conversation that messages belong to: the one they name, the latest, or a first one.

        None for who has been erased meanwhile.
        """
        found = await connection.fetchval(
            "SELECT conversation_id FROM coach_system.conversations WHERE user_ref = $1"
            " ORDER BY conversation_id = $2::uuid DESC NULLS LAST, began_at DESC LIMIT 1",
            said.user_ref,
            said.conversation_id,
        )
        if found:
            return found
        first = uuid.uuid5(_CONVERSATIONS, said.reply_id)
        began = await _begin(connection, first, said.user_ref, said.messages[0].said_at)
        return first if began else None


async def _heard_before(
    connection: PoolConnectionProxy, said: MessagesToHear, ids: Sequence[uuid.UUID]
) -> HeardBefore | None:
    """The first of the messages, if they are kept already as those that get another reply."""
    kept = {
        row["message_id"]: str(row["reply_id"])
        for row in await connection.fetch(
            "SELECT message_id, reply_id FROM coach_system.messages WHERE message_id = ANY ($1)", ids
        )
    }
    reply_id = kept.get(ids[0], said.reply_id)
    if reply_id == said.reply_id:
        return None
    return HeardBefore(messages=len(list(takewhile(lambda each: kept.get(each) == reply_id, ids))), reply_id=reply_id)


async def _begin(connection: PoolConnectionProxy, conversation: Any, user_ref: str, began_at: Any) -> bool:
    """Begins a conversation, unless it has begun. False for who has not agreed that anything is kept."""
    await connection.execute(
        "INSERT INTO coach_system.conversations (conversation_id, user_ref, began_at)"
        " SELECT $1, user_ref, $3 FROM onboarding_system.people WHERE user_ref = $2 ON CONFLICT DO NOTHING",
        conversation,
        user_ref,
        began_at,
    )
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM coach_system.conversations WHERE conversation_id = $1)", conversation
        )
    )
