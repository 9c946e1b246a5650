"""An old system for tests: its tables as it had them, with people in them, and what of them does not fit."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import asyncpg

from schema.legacy.messages import Fault, Source
from schema.legacy.rows import LONGEST
from schema.onboarding.bank import load_bank
from workers.database_address import DatabaseAddress

READER = "legacy_reader"
"""Who reads the old tables: a login with SELECT on them, and nothing else."""
BEGAN = datetime(2025, 1, 1, 9, 0)
"""Times of the old system have no zone."""

_TABLES = """
    CREATE SCHEMA selfology;
    CREATE TABLE selfology.questions_metadata (
        id serial PRIMARY KEY, question_id varchar(20), question_text text, metadata jsonb, is_flagged boolean);
    CREATE TABLE selfology.onboarding_sessions (
        id serial PRIMARY KEY, user_id bigint, status varchar(20), started_at timestamp, completed_at timestamp,
        session_data jsonb);
    CREATE TABLE selfology.user_answers_new (
        id serial PRIMARY KEY, session_id integer, question_json_id varchar(20), raw_answer text,
        answered_at timestamp, analysis_status varchar(20));
    CREATE TABLE selfology.user_answers (
        id serial PRIMARY KEY, user_id bigint, session_id integer, question_id varchar(20), answer_text text,
        created_at timestamp);
    CREATE TABLE selfology.personality_profiles (
        id serial PRIMARY KEY, user_id bigint, traits jsonb, layers jsonb, updated_at timestamp);
    CREATE TABLE selfology.trait_history (
        id serial PRIMARY KEY, user_id bigint, trait_category text, trait_name text, old_value numeric,
        new_value numeric, confidence real, "timestamp" timestamp);
    CREATE TABLE selfology.conversations (
        id serial PRIMARY KEY, user_id bigint, role varchar(20), content text, created_at timestamp);
    CREATE TABLE selfology.insights (
        id serial PRIMARY KEY, user_id bigint, insight_type text, content text, created_at timestamp);
"""

_ENGLISH = (
    "I like long walks by the river with my sister, it calms me.",
    "At work I keep lists of everything, and feel guilty when something slips.",
    "My father never said that he was proud of me, and I still wait for it.",
    "On Sundays I bake bread and call my oldest friend.",
)
_RUSSIAN = (
    "Люблю гулять у реки с сестрой, это меня успокаивает.",
    "На работе я веду списки и чувствую вину, когда что-то упускаю.",
    "По воскресеньям пеку хлеб и звоню старому другу.",
)
DANGER = "I want to kill myself tonight."


@dataclass
class OldSystem:
    """The old database, as its owner sees it."""

    database: asyncpg.Pool
    readers_url: str
    """Its address for whoever imports."""
    broken: Counter[tuple[str, Fault]] = field(default_factory=Counter)
    """How many rows of each table do not fit, by why."""
    repeated: int = 0
    """The rows of the older generation that the newer one has, too."""

    async def add(self, source: str, **row: object) -> int:
        """Adds a row; returns its primary key."""
        row = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in row.items()}
        columns = ", ".join(row)
        return int(
            await self.database.fetchval(
                f"INSERT INTO selfology.{source} ({columns})"
                f" VALUES ({', '.join(f'${n}' for n in range(1, len(row) + 1))}) RETURNING id",
                *row.values(),
            )
        )

    async def count(self, source: str) -> int:
        """How many rows a table has."""
        return int(await self.database.fetchval(f"SELECT count(*) FROM selfology.{source}"))

    async def lives(self, answers: int, *, broken: float = 0.02, first_person: int = 1_000_001, seed: int = 1) -> None:
        """Fills the tables: twenty answers a person in two sessions, a talk, a profile; some of the rows broken."""
        chance = random.Random(seed)
        people = [first_person + n for n in range(max(1, answers // 20))]
        questions = await self._questions()
        sessions = await self._sessions(people)
        rows: list[tuple[object, ...]] = []
        old: list[tuple[object, ...]] = []
        for n in range(answers):
            session = sessions[n // 10 % len(sessions)]
            at = session[1] + timedelta(minutes=n % 10, microseconds=n)
            text = chance.choice(_RUSSIAN if session[0] % 3 else _ENGLISH)
            row = [session[0], chance.choice(questions), f"{text} ({n})", at]
            if chance.random() < broken:
                fault = chance.choice(list(_BREAKS))
                _BREAKS[fault](row)
                generation = Source.ANSWERS_NEW if n % 4 else Source.ANSWERS
                self.broken[generation, _FAULTS[fault]] += 1
                (rows if n % 4 else old).append(tuple(row))
            elif n % 4 == 0:
                # Only the older generation has it.
                old.append(tuple(row))
            else:
                rows.append(tuple(row))
                if n % 8 == 1:
                    old.append(tuple(row))
                    self.repeated += 1
        new_columns = ["session_id", "question_json_id", "raw_answer", "answered_at"]
        await self._copy("user_answers_new", new_columns, rows)
        await self._copy("user_answers", ["session_id", "question_id", "answer_text", "created_at"], old)
        await self._further(people, chance, broken)

    async def _questions(self) -> list[str]:
        """Half of them are ours, word for word but for signs and case."""
        ours = load_bank()[:20]
        rows = [(f"q_{n}", q.ru.upper().rstrip("?.") + "  ?", _metadata(q.domain)) for n, q in enumerate(ours)]
        rows += [(f"q_{n}", f"О чём вы молчали вчера, номер {n}?", _metadata("EMOTIONS")) for n in range(20, 40)]
        rows += [("q_odd", "О чём это?", _metadata("ASTROLOGY"))]
        self.broken[Source.QUESTIONS, Fault.UNKNOWN_VALUE] += 1
        await self._copy("questions_metadata", ["question_id", "question_text", "metadata"], rows)
        return [key for key, _, _ in rows[:-1]]

    async def _sessions(self, people: list[int]) -> list[tuple[int, datetime]]:
        rows = []
        for n, person in enumerate(people):
            for session in range(2):
                at = BEGAN + timedelta(days=30 * session, minutes=n)
                ended = at + timedelta(minutes=20) if session == 0 else None
                rows.append((person, "completed" if ended else "active", at, ended))
        await self._copy("onboarding_sessions", ["user_id", "status", "started_at", "completed_at"], rows)
        await self.add("onboarding_sessions", user_id=None, status="active", started_at=BEGAN)
        self.broken[Source.SESSIONS, Fault.MISSING] += 1
        made = await self.database.fetch(
            "SELECT id, started_at FROM selfology.onboarding_sessions WHERE user_id = ANY ($1) ORDER BY id", people
        )
        return [(row["id"], row["started_at"]) for row in made]

    async def _further(self, people: list[int], chance: random.Random, broken: float) -> None:
        profiles, history, talks, insights = [], [], [], []
        for n, person in enumerate(people):
            at = BEGAN + timedelta(days=60, minutes=n)
            score = round(chance.uniform(0.2, 0.8), 3)
            bad = chance.random() < broken
            traits = {"openness": {"score": 1.7 if bad else score, "confidence": 0.6}, "neuroticism": 1 - score}
            layers = {
                "core_dynamics": {"resilience": score},
                "domain_affinities": {"WORK": 0.7},
                "unique_signature": {"stress_response": {"freeze": 0.7, "fight": 0.3}, "horoscope": "lion"},
            }
            profiles.append((person, json.dumps(traits), json.dumps(layers), at))
            self.broken[Source.PROFILES, Fault.UNKNOWN_VALUE] += 1
            self.broken[Source.PROFILES, Fault.OUT_OF_RANGE] += bad
            history.append((person, "traits", "Openness", 0.5, score, 0.4, at))
            talks += [
                (person, "user", chance.choice(_RUSSIAN), at),
                (person, "assistant", "А что в этом для вас главное?", at + timedelta(seconds=5)),
            ]
            insights.append((person, "pattern", "Кажется, вина приходит там, где вы не успеваете.", at))
        history.append((people[0], "traits", "luck", 0.1, 0.2, 0.3, BEGAN))
        self.broken[Source.HISTORY, Fault.UNKNOWN_VALUE] += 1
        talks.append((people[0], "tool", "{}", BEGAN))
        self.broken[Source.CONVERSATIONS, Fault.UNKNOWN_VALUE] += 1
        insights.append((people[0], "pattern", "У вас депрессия, это точно.", BEGAN))
        self.broken[Source.INSIGHTS, Fault.WITHHELD] += 1
        await self._copy("personality_profiles", ["user_id", "traits", "layers", "updated_at"], profiles)
        changed = ["user_id", "trait_category", "trait_name", "old_value", "new_value", "confidence", "timestamp"]
        await self._copy("trait_history", changed, history)
        await self._copy("conversations", ["user_id", "role", "content", "created_at"], talks)
        await self._copy("insights", ["user_id", "insight_type", "content", "created_at"], insights)

    async def _copy(self, table: str, columns: list[str], rows: Sequence[tuple[object, ...]]) -> None:
        await self.database.copy_records_to_table(table, schema_name="selfology", columns=columns, records=rows)


def _metadata(domain: str) -> str:
    return json.dumps({"domain": domain.lower(), "depth_level": "conscious", "energy_dynamic": "Processing"})


def _broken(at: int, value: object) -> Callable[[list[object]], None]:
    def breaks(row: list[object]) -> None:
        row[at] = value

    return breaks


_BREAKS: dict[str, Callable[[list[object]], None]] = {
    "no text": _broken(2, None),
    "only spaces": _broken(2, " \u200b \n"),
    "no end": _broken(2, "a" * (LONGEST + 1)),
    "no session": _broken(0, 999_999_999),
    "no question": _broken(1, "q_gone"),
    "an odd question": _broken(1, "q_odd"),
    "no time": _broken(3, None),
    "an odd time": _broken(3, datetime(1970, 1, 1)),
}
"""Ways in which an answer does not fit: what each does to its row."""
_FAULTS = {
    "no text": Fault.MISSING,
    "only spaces": Fault.EMPTY,
    "no end": Fault.TOO_LONG,
    "no session": Fault.UNKNOWN_SESSION,
    "no question": Fault.UNKNOWN_QUESTION,
    "an odd question": Fault.UNKNOWN_QUESTION,
    "no time": Fault.MISSING,
    "an odd time": Fault.OUT_OF_RANGE,
}


@asynccontextmanager
async def old_system(database_url: str, name: str = "old_system") -> AsyncIterator[OldSystem]:
    """An old database on the server of another one, and its reader's login."""
    owner = await asyncpg.connect(database_url)
    try:
        await owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await owner.execute(f"CREATE DATABASE {name}")
        if not await owner.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", READER):
            await owner.execute(f"CREATE ROLE {READER} LOGIN")
    finally:
        await owner.close()
    address = replace(DatabaseAddress.parse(database_url), database=name)
    # Whoever is connected comes back after the server was killed.
    async with asyncpg.create_pool(address.url, min_size=1, max_size=2) as database:
        await database.execute(_TABLES)
        await database.execute(f"GRANT USAGE ON SCHEMA selfology TO {READER}")
        await database.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA selfology TO {READER}")
        yield OldSystem(database, replace(address, user=READER, password=None).url)


def in_utc(time: datetime) -> datetime:
    """A time of the old system as it is here."""
    return time.replace(tzinfo=UTC)


async def all_rows(pool: asyncpg.Pool) -> dict[str, list[str]]:
    """Every row of every table, sorted: two databases that hold the same give the same."""
    tables = await pool.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    return {
        table["name"]: [
            row["row"]
            for row in await pool.fetch(f'SELECT t::text COLLATE "C" AS row FROM {table["name"]} t ORDER BY 1')
        ]
        for table in tables
    }
