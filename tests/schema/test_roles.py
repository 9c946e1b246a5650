"""Each process may do in the database what it has to, and no more."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from activities.postgres.catalogue import tables_with
from workers.database_roles import Role

MIGRATIONS = {"public.schema_migrations", "public.additive_migrations"}
LEDGER = "telegram_system.sends"
LOOKED_AT = "audit_system.people_looked_at"
KINDS = {
    *("status", "collection", "language", "crisis", "analyst", "task", "prompt_version", "state", "operator"),
    *("coach", "speaker", "part", "ids", "moves"),
    *("source", "source_id", "kept_as", "fault", "field", "ignored"),
}
"""The columns of text that hold no text of a person, but a word of ours, or an operator's name."""
OURS = "nspname !~ '^pg_' AND nspname <> 'information_schema'"


@asynccontextmanager
async def connected(database_url: str, role: Role) -> AsyncIterator[asyncpg.Connection]:
    """A connection of a process, nothing of which remains."""
    connection = await asyncpg.connect(role.at(database_url))
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close(timeout=5)


async def rights(pool: asyncpg.Pool, role: Role, right: str) -> set[str]:
    """The tables of which a role has a right to every row and column."""
    rows = await pool.fetch(
        "SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        f" WHERE relkind = 'r' AND {OURS}"
        " AND has_schema_privilege($1, n.oid, 'USAGE') AND has_table_privilege($1, pg_class.oid, $2)",
        role.login,
        right,
    )
    return {row["name"] for row in rows}


SEND = "telegram_system.sends (bot_id, delivery_key, part, state) VALUES (1, 'key', 0, 'planned')"
ANSWER = (
    "onboarding_system.answers (answer_id, session_id, user_ref, question_id, addendum, language, words, answered_at)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'anna', 'work-surface-01', false, 'en', 1, now())"
)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        *((role, "CREATE TABLE public.mine ()") for role in Role),
        *((role, "CREATE TEMPORARY TABLE mine ()") for role in Role),
        *((role, "CREATE SCHEMA mine") for role in Role),
        *((role, "CREATE ROLE mine") for role in Role),
        *((role, "DELETE FROM schema_migrations") for role in Role),
        (Role.WORKER, "CREATE TABLE onboarding_system.mine ()"),
        (Role.WORKER, "ALTER TABLE onboarding_system.answers ADD COLUMN mine text"),
        (Role.WORKER, "DROP TABLE onboarding_system.answers"),
        (Role.WORKER, "TRUNCATE onboarding_system.answers"),
        (Role.WORKER, f"INSERT INTO {SEND}"),
        (Role.WORKER, "UPDATE telegram_system.sends SET state = 'unknown'"),
        (Role.WORKER, "SELECT message_id FROM telegram_system.sends"),
        (Role.WORKER, "SELECT * FROM shared.sessions"),
        (Role.BOT, f"INSERT INTO {ANSWER}"),
        (Role.BOT, "UPDATE onboarding_system.answer_messages SET text = ''"),
        (Role.BOT, "DELETE FROM onboarding_system.people"),
        (Role.BOT, "INSERT INTO analysis_system.objections VALUES (gen_random_uuid(), 'anna', now())"),
        (Role.BOT, "SELECT * FROM onboarding_system.question_flags"),
        (Role.BOT, "SELECT * FROM shared.model_calls"),
        (Role.BOT, "CREATE TABLE telegram_system.mine ()"),
        *((role, "SELECT * FROM account_system.destroyed_keys") for role in (Role.BOT, Role.CODEC, Role.OPERATOR)),
        (Role.CODEC, "SELECT text FROM onboarding_system.answer_messages"),
        (Role.CODEC, "SELECT * FROM audit_system.looks"),
        (Role.CODEC, "INSERT INTO audit_system.looks VALUES (gen_random_uuid(), 'olga', 'why', 1, '2001-01-01')"),
        (Role.CODEC, "UPDATE audit_system.looks SET reason = 'none'"),
        (Role.CODEC, "DELETE FROM audit_system.looks"),
        (Role.CODEC, "DELETE FROM audit_system.people_looked_at"),
        (Role.CODEC, "TRUNCATE audit_system.looks CASCADE"),
        (Role.WORKER, "DELETE FROM audit_system.looks"),
        (Role.OPERATOR, "SELECT reason FROM audit_system.looks"),
        (Role.OPERATOR, "UPDATE audit_system.looks SET operator = 'somebody else'"),
        (Role.OPERATOR, "DELETE FROM audit_system.looks"),
        (Role.OPERATOR, "SELECT text FROM onboarding_system.answer_messages"),
        (Role.OPERATOR, "SELECT count(*) FROM onboarding_system.answers"),
        (Role.OPERATOR, "DELETE FROM shared.model_calls"),
        (Role.OPERATOR, "CREATE VIEW shared.mine AS SELECT 1"),
    ],
)
async def test_what_is_none_of_a_process_s_business_is_refused(database_url: str, role: Role, statement: str) -> None:
    async with connected(database_url, role) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(statement)


async def test_a_worker_writes_all_tables_of_its_contexts_and_nothing_else(pool: asyncpg.Pool) -> None:
    for right in ("INSERT", "UPDATE", "SELECT"):
        found = await rights(pool, Role.WORKER, right) - MIGRATIONS
        assert {name.partition(".")[0] for name in found} == {
            *("onboarding_system", "analysis_system", "profiles_store", "coach_system", "account_system"),
            "legacy_system",
        }
        assert found == await rights(pool, Role.WORKER, "DELETE") - {LEDGER, LOOKED_AT}


async def test_a_table_that_a_later_migration_makes_is_the_worker_s_too(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        later = connection.transaction()
        await later.start()
        await connection.execute("CREATE TABLE profiles_store.later (user_ref text)")
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            held = "SELECT has_table_privilege($1, 'profiles_store.later', $2)"
            assert await connection.fetchval(held, Role.WORKER.login, right)
            assert not await connection.fetchval(held, Role.BOT.login, right)
        await later.rollback()


async def test_a_worker_can_erase_from_every_table_that_names_a_person(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        naming = {table["name"] for table in await tables_with(connection, ["user_ref"])}
        assert LEDGER in naming
        assert naming <= await rights(pool, Role.WORKER, "DELETE")
        for name in naming:
            assert await connection.fetchval(
                "SELECT has_column_privilege($1, $2, 'user_ref', 'SELECT')", Role.WORKER.login, name
            )


async def test_the_bot_reads_what_an_export_shows_and_nothing_else(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        shown = {
            table["name"] for table in await tables_with(connection, ["user_ref", "answer_id", "session_id", "look_id"])
        }
    assert await rights(pool, Role.BOT, "SELECT") == {*shown, "onboarding_system.questions", *MIGRATIONS}
    for right in ("INSERT", "UPDATE", "DELETE"):
        assert await rights(pool, Role.BOT, right) == {LEDGER}


async def test_an_operator_reads_no_table_but_every_view(pool: asyncpg.Pool, database_url: str) -> None:
    assert await rights(pool, Role.OPERATOR, "SELECT") == MIGRATIONS
    views = await pool.fetch("SELECT viewname FROM pg_views WHERE schemaname = 'shared'")
    assert len(views) >= 6
    async with connected(database_url, Role.OPERATOR) as operator:
        for view in views:
            await operator.fetch(f"SELECT * FROM shared.{view['viewname']}")


async def test_everybody_may_do_nothing(pool: asyncpg.Pool) -> None:
    held = await pool.fetch(
        f"""
        SELECT nspname::text AS what, right_.privilege_type FROM pg_namespace,
            aclexplode(coalesce(nspacl, acldefault('n', nspowner))) AS right_ WHERE grantee = 0 AND {OURS}
        UNION ALL
        SELECT relname, right_.privilege_type FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace,
            aclexplode(coalesce(relacl, acldefault('r', relowner))) AS right_ WHERE grantee = 0 AND {OURS}
        UNION ALL
        SELECT datname, right_.privilege_type FROM pg_database,
            aclexplode(coalesce(datacl, acldefault('d', datdba))) AS right_
        WHERE grantee = 0 AND datname = current_database()
        """
    )
    assert held == []


async def test_who_has_no_role_does_not_come_in(pool: asyncpg.Pool, database_url: str) -> None:
    stranger = f"stranger_{uuid.uuid4().hex}"
    await pool.execute(f"CREATE ROLE {stranger} LOGIN")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(database_url, user=stranger)
    finally:
        await pool.execute(f"DROP ROLE {stranger}")


async def test_a_table_that_a_role_may_not_touch_is_listed_all_the_same(pool: asyncpg.Pool, database_url: str) -> None:
    async with pool.acquire() as owner, connected(database_url, Role.OPERATOR) as operator:
        assert await tables_with(operator, ["user_ref"]) == await tables_with(owner, ["user_ref"])


READ_BY_VIEWS = """
    SELECT DISTINCT n.nspname AS of_view, v.relname AS view, m.nspname AS of_table, attname,
        atttypid::regtype::text AS type
    FROM pg_rewrite
        JOIN pg_class v ON v.oid = ev_class AND v.relkind IN ('v', 'm') JOIN pg_namespace n ON n.oid = v.relnamespace
        JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
        JOIN pg_class t ON refclassid = 'pg_class'::regclass AND t.oid = refobjid AND t.oid <> v.oid
        JOIN pg_namespace m ON m.oid = t.relnamespace
        JOIN pg_attribute ON attrelid = t.oid AND attnum = refobjsubid AND attnum > 0
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""


async def test_no_view_reads_another_context_but_those_for_operators(pool: asyncpg.Pool) -> None:
    read = await pool.fetch(READ_BY_VIEWS)
    assert {row["of_view"] for row in read} == {"shared"}
    assert {row["of_view"] for row in read if row["of_view"] not in ("shared", row["of_table"])} == set()


async def test_no_view_reads_a_text_of_a_person_or_who_it_is(pool: asyncpg.Pool) -> None:
    read = await pool.fetch(READ_BY_VIEWS)
    assert len(read) > 20
    plain = {"uuid", "boolean", "smallint", "integer", "bigint", "real", "numeric", "timestamp with time zone"}
    assert {row["attname"] for row in read if row["type"] not in plain} == KINDS


async def test_no_table_refers_to_another_context(pool: asyncpg.Pool) -> None:
    references = await pool.fetch(
        "SELECT conname, f.relnamespace = t.relnamespace AS within FROM pg_constraint"
        " JOIN pg_class f ON f.oid = conrelid JOIN pg_class t ON t.oid = confrelid WHERE contype = 'f'"
    )
    assert len(references) >= 5
    assert [row["conname"] for row in references if not row["within"]] == []
