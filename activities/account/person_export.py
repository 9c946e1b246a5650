"""Exports everything that PostgreSQL keeps about one person, from all schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from activities.encryption.column import TextColumns
from activities.postgres.catalogue import tables_with
from schema.account.export import PersonExport, PersonExports
from schema.encrypted_columns import ENCRYPTED_COLUMNS
from schema.profile_vocabulary import Layer
from schema.vocabulary import Locale, Trait

Row = dict[str, Any]

# The ways from a table's rows to a person, the most direct first.
_WAYS = {
    "user_ref": "user_ref = $1",
    "answer_id": "answer_id IN (SELECT answer_id FROM onboarding_system.answers WHERE user_ref = $1"
    " UNION SELECT answer_id FROM analysis_system.analyses WHERE user_ref = $1)",
    "session_id": "session_id IN (SELECT session_id FROM onboarding_system.sessions WHERE user_ref = $1)",
    "look_id": "look_id IN (SELECT look_id FROM audit_system.people_looked_at WHERE user_ref = $1)",
}

# The tables of the further layers, each with its layer and the column that names its values.
_FURTHER = {
    "big_five_facets": (Layer.FACETS, "facet"),
    "core_dynamics": (Layer.CORE_DYNAMICS, "dynamic"),
    "adaptive_traits": (Layer.ADAPTIVE_TRAITS, "aspect"),
    "domain_affinities": (Layer.DOMAIN_AFFINITIES, "domain"),
    "unique_signatures": (Layer.SIGNATURE, "aspect"),
}

# The tables that the export shapes for readers, each with its key column. Other tables are exported as they are.
_PLACED_BY = {
    "onboarding_system.people": "user_ref",
    "onboarding_system.sessions": "user_ref",
    "onboarding_system.asked_questions": "session_id",
    "onboarding_system.answers": "session_id",
    "onboarding_system.answer_messages": "answer_id",
    "analysis_system.analyses": "answer_id",
    "analysis_system.trait_evidence": "answer_id",
    "analysis_system.layer_evidence": "answer_id",
    "analysis_system.denials": "user_ref",
    "analysis_system.objections": "answer_id",
    "coach_system.conversations": "user_ref",
    "coach_system.messages": "conversation_id",
    "coach_system.recalled": "reply_id",
    "coach_system.memories": "user_ref",
    "coach_system.blocks": "user_ref",
    "coach_system.summaries": "conversation_id",
    "coach_system.reply_marks": "marked_id",
    "coach_system.style_wishes": "message_id",
    "coach_system.insights": "user_ref",
    "coach_system.insight_looks": "user_ref",
    "coach_system.agreements": "user_ref",
    "coach_system.contact_preferences": "user_ref",
    "profiles_store.big_five_traits": "user_ref",
    "profiles_store.value_history": "user_ref",
    **{f"profiles_store.{table}": "user_ref" for table in _FURTHER},
    "profiles_store.indexed_answers": "answer_id",
    "profiles_store.indexed_profiles": "user_ref",
    "audit_system.people_looked_at": "user_ref",
    "audit_system.looks": "look_id",
}


class PostgresPersonExports(PersonExports):
    """Collects what is kept about people. Expects a pool of connections to a migrated database."""

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def of(self, user_ref: str) -> PersonExport:
        """Everything kept about the person, from one snapshot; empty if nothing is kept."""
        async with (
            self._pool.acquire() as connection,
            # One snapshot, so that an answer and its analysis are there both or neither.
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute("SET LOCAL TimeZone = 'UTC'")
            # Looked up, so that a new table is exported from its first day.
            tables = await tables_with(connection, list(_WAYS))
            rows = _Rows({table["name"]: await self._rows(connection, table, user_ref) for table in tables})
            bank = await _bank(connection, user_ref)
            # The database's clock, which dated most of the rows.
            exported_at = await connection.fetchval("SELECT now()")
        person = rows.take("onboarding_system.people", user_ref)
        sessions = rows.take("onboarding_system.sessions", user_ref)
        talks = rows.take("coach_system.conversations", user_ref)
        looks = rows.take("audit_system.people_looked_at", user_ref)
        traits = {trait["trait"]: trait for trait in rows.take("profiles_store.big_five_traits", user_ref)}
        return PersonExport.model_validate(
            {
                "user_ref": user_ref,
                "exported_at": exported_at,
                "person": person[0] if person else None,
                "sessions": [_session(rows, bank, session) for session in _sorted(sessions, "opened_at")],
                "talks": [_talk(rows, talk) for talk in _sorted(talks, "began_at")],
                "memories": _sorted(rows.take("coach_system.memories", user_ref), "learnt_at"),
                "in_mind": rows.take("coach_system.blocks", user_ref),
                "insights": _sorted(rows.take("coach_system.insights", user_ref), "made_at"),
                "insight_look": next(iter(rows.take("coach_system.insight_looks", user_ref)), None),
                "agreements": _sorted(rows.take("coach_system.agreements", user_ref), "proposed_at"),
                "contact": next(iter(rows.take("coach_system.contact_preferences", user_ref)), None),
                "profile": [traits[trait] for trait in Trait if trait in traits],
                "layers": list(_further(rows, user_ref)),
                "changes": _sorted(rows.take("profiles_store.value_history", user_ref), "history_position"),
                "denials": _sorted(rows.take("analysis_system.denials", user_ref), "denied_at"),
                "vector": next(iter(rows.take("profiles_store.indexed_profiles", user_ref)), None),
                "looks": _sorted(
                    [look for of in looks for look in rows.take("audit_system.looks", of["look_id"])], "looked_at"
                ),
                "records": rows.left(),
            }
        )

    async def _rows(self, connection: PoolConnectionProxy, table: asyncpg.Record, user_ref: str) -> list[Row]:
        way = next(way for column, way in _WAYS.items() if column in table["columns"])
        found = await connection.fetch(
            f"SELECT to_jsonb(kept) AS row FROM {table['name']} AS kept WHERE {way}", user_ref
        )
        return [await self._readable(table["name"], json.loads(record["row"])) for record in found]

    async def _readable(self, table: str, row: Row) -> Row:
        """The row with its ciphertexts decrypted. One that nobody can read any more is left out alone."""
        for column in ENCRYPTED_COLUMNS:
            if column.table != table or not (kept := row[column.name]):
                continue
            if isinstance(kept, list):
                read = [await self._columns.open(text, column, row) for text in kept]
                row[column.name] = [text for text in read if text is not None]
            else:
                row[column.name] = await self._columns.open(kept, column, row)
        return row


class _Rows:
    """Rows by table and key, each returned once. `left` returns the rows that `take` did not."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self._places: dict[str, dict[str | None, list[Row]]] = {}
        for table, rows in tables.items():
            places = self._places.setdefault(table, {})
            for row in rows:
                places.setdefault(row.get(_PLACED_BY.get(table, "")), []).append(row)

    def take(self, table: str, place: str) -> list[Row]:
        return self._places[table].pop(place, [])

    def left(self) -> dict[str, list[Row]]:
        return {
            table: [row for rows in places.values() for row in rows] for table, places in self._places.items() if places
        }


def _session(rows: _Rows, bank: dict[str, Row], session: Row) -> Row:
    session_id = session["session_id"]
    answers: dict[str, list[Row]] = {}
    for answer in _sorted(rows.take("onboarding_system.answers", session_id), "answered_at"):
        answers.setdefault(answer["question_id"], []).append(_answer(rows, answer))
    asked = _sorted(rows.take("onboarding_system.asked_questions", session_id), "position")
    questions = [{**question, "answers": answers.pop(question["question_id"], [])} for question in asked]
    questions += [{"question_id": question_id, "answers": given} for question_id, given in answers.items()]
    return {**session, "questions": [{**bank.get(question["question_id"], {}), **question} for question in questions]}


def _answer(rows: _Rows, answer: Row) -> Row:
    answer_id = answer["answer_id"]
    messages = rows.take("onboarding_system.answer_messages", answer_id)
    analyses = rows.take("analysis_system.analyses", answer_id)
    objections = rows.take("analysis_system.objections", answer_id)
    evidence = _sorted(rows.take("analysis_system.trait_evidence", answer_id), "position")
    further = _sorted(rows.take("analysis_system.layer_evidence", answer_id), "position")
    return {
        **answer,
        "messages": _sorted(messages, "position"),
        "vector": next(iter(rows.take("profiles_store.indexed_answers", answer_id)), None),
        "objected_at": objections[0]["objected_at"] if objections else None,
        "analysis": {**analyses[0], "evidence": evidence, "layer_evidence": further} if analyses else None,
    }


def _talk(rows: _Rows, talk: Row) -> Row:
    said = _sorted(rows.take("coach_system.messages", talk["conversation_id"]), "said_at")
    # A reply has the id that its messages wait for. One that was never written may rest on something all the same.
    for message in reversed(said):
        message["rests_on"] = rows.take("coach_system.recalled", message["reply_id"] or message["message_id"])
        message["wishes"] = _sorted(rows.take("coach_system.style_wishes", message["message_id"]), "wish")
        message["marks"] = _sorted(rows.take("coach_system.reply_marks", message["message_id"]), "marked_at")
    summary = next(iter(rows.take("coach_system.summaries", talk["conversation_id"])), None)
    return {**talk, "messages": said, "summary": summary}


def _further(rows: _Rows, user_ref: str) -> Iterator[Row]:
    """The values of the further layers, with what only some of them have left empty."""
    for table, (layer, column) in _FURTHER.items():
        for value in rows.take(f"profiles_store.{table}", user_ref):
            yield {
                **{"way": None, "leads": None, "skips": None, "evolution": None},
                **value,
                "layer": layer,
                "name": value[column],
                "score": value.get("score", value.get("share")),
            }


def _sorted(rows: list[Row], column: str) -> list[Row]:
    return sorted(rows, key=lambda row: row[column])


async def _bank(connection: PoolConnectionProxy, user_ref: str) -> dict[str, Row]:
    """The questions that the person was asked, in both languages."""
    found = await connection.fetch(
        "SELECT question_id, domain, depth, energy, text_ru, text_en FROM onboarding_system.questions"
        " WHERE question_id IN (SELECT question_id FROM onboarding_system.asked_questions WHERE user_ref = $1"
        " UNION SELECT question_id FROM onboarding_system.answers WHERE user_ref = $1)",
        user_ref,
    )
    return {
        row["question_id"]: {**row, "text": {Locale.RU: row["text_ru"], Locale.EN: row["text_en"]}} for row in found
    }
