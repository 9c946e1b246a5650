"""No column of text is forgotten: each is encrypted, or stands on the list of those that are plain, with the reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from activities.ai.insight import Connection, Quoted
from activities.coaching.agreement_store import keep_proposal
from activities.coaching.insights.store import Insights
from activities.coaching.memory.mind import Mind
from activities.coaching.memory.store import Memories
from activities.encryption.column import MARK
from activities.postgres.catalogue import tables_with
from schema.analysis.readings import AspectEvidence
from schema.coaching.activities import MessagesToHear, MessageToKeep
from schema.coaching.context import Step
from schema.coaching.memory import Change
from schema.encrypted_columns import (
    BLOCK,
    CRISIS_HEARD,
    CRISIS_READ,
    CRISIS_SAID,
    ENCRYPTED_COLUMNS,
    INSIGHT,
    INSIGHT_FOUND,
    INSIGHT_GIST,
    INSIGHT_QUOTE,
    LAYER_QUOTE,
    MEMORY,
    MEMORY_QUOTE,
    MEMORY_VECTOR,
    MESSAGE,
    PATTERN,
    PLAIN_COLUMNS,
    QUOTE,
    SAID,
    STEP_NOTICE,
    STEP_WHAT,
    STEP_WHEN,
    STEP_WHY,
    SUMMARY,
    WISHED,
)
from schema.vocabulary import CrisisKind, Locale
from tests.activities.test_database import NOW, Someone
from tests.keys import encryption, readable
from workers.bootstrap import Parts

TEXTS = """
    SELECT nspname || '.' || relname AS "table", attname AS name FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped AND nspname || '.' || relname = ANY ($1)
        AND format_type(atttypid, NULL) ~ '^(text|character|varchar|json|bytea|xml|citext|name)'
"""


async def test_every_column_of_text_about_a_person_is_encrypted_or_plain_for_a_reason(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        tables = [
            row["name"] for row in await tables_with(connection, ["user_ref", "answer_id", "session_id", "look_id"])
        ]
    # What models cost names an answer, and holds no word of it.
    tables.remove("analysis_system.model_calls")
    found = {(row["table"], row["name"]) for row in await pool.fetch(TEXTS, tables)}
    encrypted = {(column.table, column.name) for column in ENCRYPTED_COLUMNS}
    assert encrypted <= found
    assert {(table, name) for table, name in found - encrypted if name not in PLAIN_COLUMNS} == set()
    # And the list names nothing that is gone.
    assert PLAIN_COLUMNS.keys() - {name for _, name in found} == set()
    assert {name for _, name in encrypted} & PLAIN_COLUMNS.keys() == set()


class AlwaysTheSame:
    """An encoder for which all texts mean the same."""

    async def vectors_of(self, texts: Sequence[str]) -> list[Sequence[float]]:
        return [[1.0] for _ in texts]


async def test_what_is_encrypted_is_ciphertext_in_its_row_and_read_as_it_was(parts: Parts, pool: asyncpg.Pool) -> None:
    someone = Someone(parts)
    await someone.opens()
    await parts.sessions.record_answer(someone.answer("I want to kill myself tonight.", "I keep lists of it."))
    folded = someone.analysis(crisis=CrisisKind.SELF_HARM)
    evidence = folded.analysis.traits[0].model_copy(update={"quote": "I keep lists"})
    shown = AspectEvidence(aspect="stress_response", way="freeze", confidence=0.2, quote="of it")
    analysis = folded.analysis.model_copy(update={"traits": [evidence], "aspects": [shown]})
    await parts.profiles.fold_analysis(folded.model_copy(update={"analysis": analysis}))
    said = MessageToKeep(update_id="u", text="I want to kill myself.", said_at=NOW)
    heard = MessagesToHear(user_ref=someone.user_ref, reply_id=str(uuid.uuid4()), messages=[said], locale=Locale.EN)
    assert (await parts.conversations.hear(heard)).known
    wished = MessageToKeep(update_id="v", text="Shorter, please.", said_at=NOW + timedelta(minutes=1))
    heard = heard.model_copy(update={"reply_id": str(uuid.uuid4()), "messages": [wished]})
    assert (await parts.conversations.hear(heard)).wish
    calm = MessageToKeep(update_id="w", text="I feel lonely at work.", said_at=NOW + timedelta(minutes=2))
    await parts.conversations.hear(heard.model_copy(update={"messages": [calm]}))
    first = await pool.fetchrow(
        "SELECT message_id, conversation_id FROM coach_system.messages WHERE user_ref = $1 ORDER BY said_at",
        someone.user_ref,
    )
    assert first
    message_id, conversation_id = first
    memories = Memories(pool, encryption().columns, AlwaysTheSame())
    told = Change(action="add", text="I live in Leeds", quote="live in Leeds")
    assert await memories.apply(someone.user_ref, message_id, [told], "offline") == 1
    mind = Mind(pool, encryption().columns, memories, recent_tokens=0, summary_tokens=100)
    await mind.rebuild(someone.user_ref)
    await mind.sum_up(someone.user_ref, conversation_id)
    step = Step(what="call my brother", why="I miss him", when="on Sunday", notice="we laugh")
    await keep_proposal(pool, encryption().columns, someone.user_ref, str(message_id), step)
    row = await pool.fetchrow(
        "SELECT message_id FROM coach_system.messages WHERE user_ref = $1 AND crisis IS NULL", someone.user_ref
    )
    assert row
    insights = Insights(pool, encryption().columns, None)
    found = Connection(text="Is it lonely there?", gist="lonely at work", quotes=[])
    quotes = [Quoted(source_id=str(row["message_id"]), words="feel lonely")]
    look = str(uuid.uuid4())
    assert await insights.keep(someone.user_ref, look, found, quotes, [], writer="offline", now=NOW)
    read = {}
    for column in ENCRYPTED_COLUMNS:
        order = {MESSAGE.table: "ORDER BY position", SAID.table: "ORDER BY said_at"}.get(column.table, "")
        key = "user_ref" if column.table.startswith("coach_system.") else "answer_id"
        rows = await pool.fetch(
            f"SELECT * FROM {column.table} WHERE {key} = $1 AND {column.name} IS NOT NULL {order}",
            getattr(someone, key),
        )
        assert rows
        for row in rows:
            kept = row[column.name]
            assert all(text.startswith(MARK) for text in (kept if isinstance(kept, list) else [kept])), column
        read[column] = [row[column.name] for row in await readable(rows, column)]
    assert read == {
        MESSAGE: ["I want to kill myself tonight.", "I keep lists of it."],
        CRISIS_HEARD: ["SELF_HARM"],
        CRISIS_READ: ["SELF_HARM"],
        PATTERN: [["curiosity"]],
        INSIGHT: ["You like the new."],
        QUOTE: ["I keep lists"],
        LAYER_QUOTE: ["of it"],
        SAID: ["I want to kill myself.", "Shorter, please.", "I feel lonely at work."],
        CRISIS_SAID: ["SELF_HARM"],
        MEMORY: ["I live in Leeds"],
        MEMORY_QUOTE: ["live in Leeds"],
        MEMORY_VECTOR: ["AACAPw=="],
        BLOCK: ["I live in Leeds", "I live in Leeds"],
        SUMMARY: ["2026-01-01: I feel lonely at work"],
        WISHED: ["Shorter, please."],
        STEP_WHAT: ["call my brother"],
        STEP_WHY: ["I miss him"],
        STEP_WHEN: ["on Sunday"],
        STEP_NOTICE: ["we laugh"],
        INSIGHT_FOUND: ["Is it lonely there?"],
        INSIGHT_GIST: ["lonely at work"],
        INSIGHT_QUOTE: [["feel lonely"]],
    }
