"""What is kept about a person: an export shows all of it, an erasure leaves none of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from activities.account.person_export import PostgresPersonExports
from activities.encryption.column import MARK
from gateway.presentation.export.export_files import as_html, as_json
from gateway.presentation.texts.texts import Texts
from schema.account.export import PersonExport
from schema.coaching.agreements import AgreementStatus
from schema.person import PersonRef
from schema.vocabulary import CrisisKind, Evolution, Locale, Status, Strategy, Trait
from tests.keys import encryption
from workers.bootstrap import Parts

WHY = "Their summary never came"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
# What this test writes by hand; everything else that is found in the database gets a row by its columns' types.
ENUMS = {
    "locale": Locale.EN,
    "language": Locale.EN,
    "trait": Trait.OPENNESS,
    "evolution": Evolution.STABLE,
    "direction": "high",
    "layer": "big_five",
    "name": "openness",
    "trigger_kind": "answer",
    "speaker": "coach",
    "kind": "fact",
    "block": "who",
    "mark": "missed",
    "wish": "shorter",
    "wakes_at": 9,
    "sleeps_at": 21,
}


@dataclass
class Somebody:
    """A person of whom every table of the database keeps something."""

    pool: asyncpg.Pool
    user_ref: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    session_id: uuid.UUID = field(default_factory=uuid.uuid4)
    answer_id: uuid.UUID = field(default_factory=uuid.uuid4)
    look_id: uuid.UUID = field(default_factory=uuid.uuid4)
    conversation_id: uuid.UUID = field(default_factory=uuid.uuid4)
    message_id: uuid.UUID = field(default_factory=uuid.uuid4)
    memory_id: uuid.UUID = field(default_factory=uuid.uuid4)

    async def columns(self) -> dict[str, list[asyncpg.Record]]:
        """Every table that has something of a person in it, with its columns."""
        rows = await self.pool.fetch(
            "SELECT format('%I.%I', table_schema, table_name) AS name, column_name, data_type, is_identity"
            " FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        tables: dict[str, list[asyncpg.Record]] = {}
        for row in rows:
            tables.setdefault(row["name"], []).append(row)
        links = {"user_ref", "session_id", "answer_id"}
        return {name: found for name, found in tables.items() if links & {column["column_name"] for column in found}}

    async def lives(self) -> None:
        """Leaves a row in each of them."""
        tables = await self.columns()
        # Of a look the person is told all but who it was.
        await self.pool.execute(
            "INSERT INTO audit_system.looks VALUES ($1, 'olga', $2, 3, $3)", self.look_id, WHY, NOON
        )
        # Rows that others refer to come first.
        order = ["onboarding_system.people", "onboarding_system.sessions", "onboarding_system.answers"]
        order += ["analysis_system.analyses", "coach_system.conversations", "coach_system.messages"]
        for name in [*order, *sorted(tables.keys() - set(order))]:
            written = [column for column in tables[name] if column["is_identity"] == "NO"]
            values = [self.value(name, column) for column in written]
            if "user_ref" in {column["column_name"] for column in written}:
                # The database itself notes what waits to be indexed.
                await self.pool.execute(f"DELETE FROM {name} WHERE user_ref = $1", self.user_ref)
            await self.pool.execute(
                f"INSERT INTO {name} ({', '.join(column['column_name'] for column in written)})"
                f" VALUES ({', '.join(f'${n}' for n in range(1, len(values) + 1))})",
                *values,
            )

    def value(self, table: str, column: asyncpg.Record) -> Any:
        """Something for a column that is found in no other."""
        name = column["column_name"]
        known = {
            "user_ref": self.user_ref,
            "session_id": self.session_id,
            "answer_id": self.answer_id,
            "look_id": self.look_id,
            "conversation_id": self.conversation_id,
            "message_id": self.message_id if table.startswith("coach_system.") else None,
            "marked_id": self.message_id,
            "memory_id": self.memory_id,
            "replaced_by": self.memory_id,
            "question_id": "work-surface-01",
            "status": AgreementStatus.FAILED if table == "coach_system.agreements" else Status.COMPLETED,
            "strategy": Strategy.ENTRY,
            "crisis": CrisisKind.ABUSE,
            "state": "sent",
            **ENUMS,
        }
        if known.get(name) is not None:
            return known[name]
        mark = uuid.uuid5(uuid.NAMESPACE_OID, f"{table}.{name}.{self.user_ref}")
        number = mark.int % 8999 + 1000
        match column["data_type"]:
            case "text":
                return mark.hex
            case "ARRAY":
                return [mark.hex]
            case "date":
                return NOON.date() + timedelta(days=number)
            case "uuid":
                return mark
            case "boolean":
                return True
            case "real" | "double precision" | "numeric":
                return round(number / 10_000, 4)
            case "smallint" | "integer" | "bigint":
                return number
            case "date":
                return date(2000 + number % 90, 1 + number % 12, 1 + number % 28)
            case "timestamp with time zone":
                # The last digit is never 0, which the database would leave out.
                return NOON.replace(microsecond=number * 100 + 77)
        raise NotImplementedError(f"{table}.{name} is of type {column['data_type']}: teach this test to write it")

    async def kept(self) -> dict[str, list[dict[str, Any]]]:
        """What the database holds of this person's life, row by row as it is."""
        found = {}
        for name, columns in (await self.columns()).items():
            names = {column["column_name"] for column in columns}
            link = next(link for link in ("user_ref", "answer_id", "session_id") if link in names)
            rows = await self.pool.fetch(
                f"SELECT to_jsonb(kept) AS row FROM {name} AS kept WHERE {link}::text = $1", str(getattr(self, link))
            )
            found[name] = [json.loads(row["row"]) for row in rows]
        return found


@pytest.fixture
async def somebody(parts: Parts, pool: asyncpg.Pool) -> Somebody:
    """A person of whom every table keeps something. The bank of questions is there too."""
    person = Somebody(pool)
    await person.lives()
    return person


def leaves(value: Any) -> Iterator[str]:
    """Every single value, however deep; times as they are told everywhere."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield str(value).replace("+00:00", "Z")


async def test_every_value_of_every_table_is_in_the_export(somebody: Somebody, bot_pool: asyncpg.Pool) -> None:
    kept = await somebody.kept()
    assert len(kept) >= 9
    assert all(kept.values()), "this test must leave a row everywhere"
    exported = set(
        leaves(
            json.loads(as_json(await PostgresPersonExports(bot_pool, encryption().columns).of(somebody.user_ref)))[
                "kept"
            ]
        )
    )
    missing = {
        f"{table}.{column}"
        for table, rows in kept.items()
        for row in rows
        for column, value in row.items()
        if not set(leaves(value)) <= exported
    }
    assert missing == set()


async def test_erasing_empties_every_table_that_names_the_person(somebody: Somebody, parts: Parts) -> None:
    naming = [
        name
        for name, columns in (await somebody.columns()).items()
        if "user_ref" in {column["column_name"] for column in columns}
    ]
    await parts.people.erase_person(PersonRef(user_ref=somebody.user_ref))
    kept = await somebody.kept()
    assert {name for name in naming if kept[name]} == set()


async def test_an_answer_stands_under_its_question_with_what_was_read_in_it(
    somebody: Somebody, bot_pool: asyncpg.Pool
) -> None:
    export = await PostgresPersonExports(bot_pool, encryption().columns).of(somebody.user_ref)
    assert export.person is not None
    (session,) = export.sessions
    (question,) = session.questions
    (answer,) = question.answers
    assert answer.analysis is not None
    assert set(question.text) == set(Locale)
    assert question.strategy is Strategy.ENTRY
    assert [len(answer.messages), len(answer.analysis.evidence)] == [1, 1]
    (trait,) = export.profile
    assert [change.answer_id for change in export.history_of(trait.trait)] == [str(somebody.answer_id)]
    assert not any(table.startswith("onboarding_system") for table in export.records)


async def test_a_skipped_question_and_an_answer_to_an_unknown_one_are_there(
    somebody: Somebody, pool: asyncpg.Pool, bot_pool: asyncpg.Pool
) -> None:
    await pool.execute(
        "INSERT INTO onboarding_system.asked_questions (session_id, position, user_ref, question_id, strategy,"
        " asked_at) VALUES ($1, 3, $2, 'work-surface-02', 'ENTRY', $3)",
        somebody.session_id,
        somebody.user_ref,
        NOON,
    )
    await pool.execute(
        "UPDATE onboarding_system.answers SET question_id = 'long-gone-01' WHERE answer_id = $1", somebody.answer_id
    )
    (session,) = (await PostgresPersonExports(bot_pool, encryption().columns).of(somebody.user_ref)).sessions
    told = {question.question_id: len(question.answers) for question in session.questions}
    assert told == {"work-surface-01": 0, "work-surface-02": 0, "long-gone-01": 1}
    assert session.questions[-1].text == {}


async def test_what_has_lost_its_place_is_still_shown(
    somebody: Somebody, pool: asyncpg.Pool, bot_pool: asyncpg.Pool
) -> None:
    await pool.execute("DELETE FROM onboarding_system.answers WHERE answer_id = $1", somebody.answer_id)
    export = await PostgresPersonExports(bot_pool, encryption().columns).of(somebody.user_ref)
    assert len(export.records["analysis_system.analyses"]) == 1
    assert len(export.records["analysis_system.trait_evidence"]) == 1


async def test_nobody_sees_anything_of_another_person(
    somebody: Somebody, pool: asyncpg.Pool, bot_pool: asyncpg.Pool
) -> None:
    other = Somebody(pool)
    await other.lives()
    exported = (await PostgresPersonExports(bot_pool, encryption().columns).of(other.user_ref)).model_dump_json()
    assert somebody.user_ref not in exported
    assert str(somebody.answer_id) not in exported


async def test_of_a_stranger_nothing_is_kept(bot_pool: asyncpg.Pool) -> None:
    export = await PostgresPersonExports(bot_pool, encryption().columns).of("nobody")
    assert export.empty
    assert export == PersonExport(
        user_ref="nobody", exported_at=export.exported_at, person=None, sessions=[], profile=[], looks=[], records={}
    )


async def test_a_text_that_nobody_can_read_is_left_out_alone(
    somebody: Somebody, pool: asyncpg.Pool, bot_pool: asyncpg.Pool, caplog: pytest.LogCaptureFixture
) -> None:
    await pool.execute(
        "UPDATE onboarding_system.answer_messages SET text = $2 WHERE answer_id = $1",
        somebody.answer_id,
        f"{MARK}damaged",
    )
    export = await PostgresPersonExports(bot_pool, encryption().columns).of(somebody.user_ref)
    (answer,) = export.sessions[0].questions[0].answers
    assert {message.text for message in answer.messages} == {None}
    assert answer.analysis is not None
    assert answer.analysis.insight
    assert "A text of onboarding_system.answer_messages.text is left out: " in caplog.text
    for locale in Locale:
        assert Texts(locale).say("export-text-unreadable") in as_html(export, Texts(locale)).decode()


async def test_a_person_is_told_when_and_why_somebody_looked_and_not_who(
    somebody: Somebody, parts: Parts, pool: asyncpg.Pool, bot_pool: asyncpg.Pool
) -> None:
    exports = PostgresPersonExports(bot_pool, encryption().columns)
    export = await exports.of(somebody.user_ref)
    assert [(look.looked_at, look.reason) for look in export.looks] == [(NOON, WHY)]
    assert WHY in as_html(export, Texts(Locale.EN)).decode()
    assert "olga" not in as_json(export).decode()
    await parts.people.erase_person(PersonRef(user_ref=somebody.user_ref))
    assert (await exports.of(somebody.user_ref)).looks == []
    # It is known for good who looked, and no longer at whom.
    assert await pool.fetchval("SELECT reason FROM audit_system.looks WHERE look_id = $1", somebody.look_id) == WHY
