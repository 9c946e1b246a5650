"""Questions, sessions and answers of the old system."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from activities.encryption.column import TextColumns
from activities.legacy.arriving import Arrival, Arriving, Sealed, id_of, seconds
from schema.encrypted_columns import CRISIS_HEARD, MESSAGE
from schema.legacy.messages import Fault, Source
from schema.legacy.rows import Misfit, OldAnswer, OldQuestion, OldRow, OldSession
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import Depth, Energy, Locale, Status, Trust
from workflows.analysis.rules.text_features import normalised, read

_FINISHED = ("completed", "complete", "finished", "done")
_NO_LETTERS = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    """A question without what a retelling changes: case, signs, spaces."""
    return _NO_LETTERS.sub(" ", normalised(text)).strip()


class Questions(Arriving):
    """Questions. One of our bank, word for word, is that one; another stands beside the bank, and is never asked."""

    source = Source.QUESTIONS
    stands_for_one = False

    def __init__(self, columns: TextColumns, locale: Locale, bank: Sequence[BankQuestion]) -> None:
        super().__init__(columns, locale)
        self._bank = {_plain(text): question.id for question in bank for text in (question.ru, question.en)}

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldQuestion)
        if ours := self._bank.get(_plain(row.text)):
            return Arrival(row.key, None, ours, {})
        fields = {"domain": row.domain, "depth": row.depth, "energy": row.energy, "text": row.text}
        return Arrival(row.key, None, f"legacy-{row.id}", fields)

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        new = [(a.kept_as, a.fields) for a, _ in rows if a.fields]
        await connection.executemany(
            "INSERT INTO onboarding_system.questions"
            " (question_id, domain, depth, energy, trust, listens_for, text_ru, text_en)"
            " VALUES ($1, $2, $3, $4, $5, '{}', $6, $6) ON CONFLICT DO NOTHING",
            [(key, f["domain"], f["depth"], f["energy"], _trust(f), f["text"]) for key, f in new],
        )
        return [a for a, _ in rows]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT question_id, domain, depth, energy, text_ru AS text FROM onboarding_system.questions"
            " WHERE question_id = ANY ($1)",
            list(kept_as),
        )
        return {row["question_id"]: dict(row) for row in rows}

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        return {"characters": float(len(fields["text"]))} if "text" in fields else {}


def _trust(fields: Mapping[str, Any]) -> int:
    """The trust that the question would take, were it asked."""
    depth: Depth = fields["depth"]
    return max(depth.step + 1, int(Trust.CONFIDANT) if fields["energy"] is Energy.HEAVY else 1)


class Sessions(Arriving):
    """Sessions. One that is open there is not carried on here: it comes in as ended."""

    source = Source.SESSIONS
    renews = True

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldSession)
        finished = row.completed_at is not None and row.status in (None, *_FINISHED)
        fields = {
            "status": Status.COMPLETED if finished else Status.ABANDONED,
            "opened_at": row.started_at,
            "closed_at": max(row.started_at, row.completed_at or row.started_at),
        }
        return Arrival(str(row.id), user_ref, str(id_of("session", row.id)), fields)

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        await connection.executemany(
            "INSERT INTO onboarding_system.sessions AS kept (session_id, user_ref, status, opened_at, closed_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (session_id) DO UPDATE"
            " SET status = excluded.status, closed_at = excluded.closed_at"
            " WHERE (kept.status, kept.closed_at) IS DISTINCT FROM (excluded.status, excluded.closed_at)",
            [(a.kept_as, a.user_ref, *a.fields.values()) for a, _ in rows],
        )
        return [a for a, _ in rows]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT session_id, status, opened_at, closed_at FROM onboarding_system.sessions"
            " WHERE session_id = ANY ($1::uuid[])",
            list(kept_as),
        )
        return {str(row["session_id"]): dict(row) for row in rows}

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        return {"seconds": seconds(fields["opened_at"])}


class Answers(Arriving):
    """Answers, each with its question. Both generations of the table hold the same: it comes in once."""

    encrypted = {"text": MESSAGE}
    danger = CRISIS_HEARD

    def __init__(self, columns: TextColumns, locale: Locale, source: Source) -> None:
        super().__init__(columns, locale)
        self.source = source
        self._sessions: dict[str, tuple[str, str]] = {}
        self._questions: dict[str, str] = {}

    async def prepare(self, connection: PoolConnectionProxy, rows: Sequence[OldRow]) -> None:
        answers = [row for row in rows if isinstance(row, OldAnswer)]
        known = await connection.fetch(
            "SELECT source, source_id, user_ref, kept_as FROM legacy_system.taken_rows"
            " WHERE (source = $1 AND source_id = ANY ($2)) OR (source = $3 AND source_id = ANY ($4))",
            Source.SESSIONS,
            list({str(row.session_id) for row in answers}),
            Source.QUESTIONS,
            list({row.question for row in answers}),
        )
        self._sessions = {
            r["source_id"]: (r["user_ref"], r["kept_as"]) for r in known if r["source"] == Source.SESSIONS
        }
        self._questions = {r["source_id"]: r["kept_as"] for r in known if r["source"] == Source.QUESTIONS}

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldAnswer)
        if (session := self._sessions.get(str(row.session_id))) is None:
            raise Misfit(Fault.UNKNOWN_SESSION, "session_id")
        if (question := self._questions.get(row.question)) is None:
            raise Misfit(Fault.UNKNOWN_QUESTION, "question")
        person, session_id = session
        if user_ref not in (None, person):
            raise Misfit(Fault.OTHER_PERSON, "user_id")
        reading = read(row.text, self._locale)
        fields = {
            "session_id": uuid.UUID(session_id),
            "question_id": question,
            "language": reading.language,
            "words": reading.words,
            "answered_at": row.answered_at,
            "text": row.text,
        }
        # The same in either generation of the table, whose primary keys may differ.
        answer = id_of("answer", row.session_id, row.question, row.answered_at.isoformat())
        return Arrival(str(row.id), person, str(answer), fields)

    def names(self, arrival: Arrival) -> dict[str, object]:
        return {"answer_id": arrival.kept_as, "update_id": _update_of(arrival.kept_as)}

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        await connection.executemany(
            "INSERT INTO onboarding_system.answers (answer_id, session_id, user_ref, question_id, addendum, language,"
            " words, crisis, answered_at) VALUES ($1, $2, $3, $4, false, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            [
                (
                    *(a.kept_as, a.fields["session_id"], a.user_ref, a.fields["question_id"], a.fields["language"]),
                    *(a.fields["words"], columns["crisis"], a.fields["answered_at"]),
                )
                for a, columns in rows
            ],
        )
        # One statement: the database notes after each what waits for a vector.
        await connection.execute(
            "INSERT INTO onboarding_system.answer_messages (session_id, update_id, answer_id, position, text, heard_at)"
            " SELECT session_id, update_id, answer_id, 1, text, heard_at"
            " FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::timestamptz[])"
            " AS m (session_id, update_id, answer_id, text, heard_at) ON CONFLICT DO NOTHING",
            [a.fields["session_id"] for a, _ in rows],
            [_update_of(a.kept_as) for a, _ in rows],
            [a.kept_as for a, _ in rows],
            [columns["text"] for _, columns in rows],
            [a.fields["answered_at"] for a, _ in rows],
        )
        # Of who has not agreed no vector is made; their consent lets it wait.
        await connection.execute(
            "UPDATE profiles_store.indexed_answers i SET waits_since = NULL FROM onboarding_system.people p"
            " WHERE i.answer_id = ANY ($1::uuid[]) AND p.user_ref = i.user_ref AND p.awaits_consent_since IS NOT NULL",
            [a.kept_as for a, _ in rows],
        )
        return [a for a, _ in rows]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT answer_id, a.session_id, question_id, language, words, answered_at, update_id, text"
            " FROM onboarding_system.answers a JOIN onboarding_system.answer_messages m USING (answer_id)"
            " WHERE answer_id = ANY ($1::uuid[]) AND position = 1",
            list(kept_as),
        )
        return {str(row["answer_id"]): dict(row) for row in rows}

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        return {"words": float(fields["words"]), "seconds": seconds(fields["answered_at"])}


def _update_of(answer_id: str) -> str:
    """What stands in the place of a channel's id of the message."""
    return f"legacy:{answer_id}"
