"""Who processes are in the database, on the embedded server and on one that asks for passwords."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from schema.operator_error import OperatorError
from tests.stack.conftest import CommandResult, Said, ended, logins_in_use, one_line
from tests.workers.listening_postgres import ListeningPostgres, listening_postgres
from workers.database import database_connection
from workers.database_address import DatabaseAddress
from workers.database_logins import make_logins
from workers.database_roles import Role
from workers.migrations import KEY_MIGRATIONS, migrate, migrations_of, rollback
from workers.settings import Settings
from workers.stack.database import reachable_database
from workers.stack.home import Home
from workers.stack.join import joined_stack

Run = Callable[..., Said]

EVERYBODY = ", ".join(name for role in Role for name in (role, role.login))
ROLES = "20261127000001"
PASSWORDS = {
    "WORKER_DATABASE_PASSWORD": "of the worker",
    "BOT_DATABASE_PASSWORD": "of the bot's own",
    "CODEC_DATABASE_PASSWORD": "of the codec server",
    "OPERATOR_DATABASE_PASSWORD": "5c'ram%",
}


async def roll_back_the_roles(database_url: str) -> None:
    """Takes back the migration that grants roles what they may, and all that came after it."""
    while ROLES in (await migrations_of(database_url)).applied:
        await rollback(database_url)


async def test_the_embedded_workers_are_workers_and_a_client_is_what_it_is_in_a_home_from_before_there_were_roles(
    settings: Settings, home: Home
) -> None:
    async with reachable_database(settings) as url:
        await migrate(url)
        await roll_back_the_roles(url)
        async with database_connection(url) as owner:
            await owner.execute(f"DROP ROLE {EVERYBODY}")
    async with joined_stack(settings) as owners, joined_stack(settings, Role.BOT) as bot:
        assert await logins_in_use(owners.database_url) == {Role.WORKER.login}
        async with database_connection(bot.database_url):
            assert await logins_in_use(owners.database_url) == {Role.WORKER.login, Role.BOT.login}
    await ended(home)


@pytest.mark.parametrize("command", ["costs", "doctor"])
def test_what_operators_ask_of_the_embedded_database_is_answered(
    selfology: Callable[..., CommandResult], home: Home, command: str
) -> None:
    if command == "costs":
        assert "selfology db migrate" in selfology(command).stderr
        assert selfology("db", "migrate").returncode == 0
    result = selfology(command)
    assert (result.returncode, "Today: $0.0000" in result.stdout) == (0, True), result.stderr


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[ListeningPostgres]:
    """A server of which the operator knows an owner that is no superuser; nobody has made a role on it."""
    async with listening_postgres() as server:
        async with database_connection(server.owners_url("postgres")) as superuser:
            await superuser.execute(f"DROP ROLE {EVERYBODY}")
            await superuser.execute("CREATE ROLE landlord LOGIN CREATEROLE CREATEDB PASSWORD 'landlord'")
            await superuser.execute("ALTER ROLE landlord SET log_statement = 'ddl'")
            await superuser.execute("CREATE ROLE tenant LOGIN PASSWORD 'tenant'")
        yield server


def address(server: ListeningPostgres, database: str, user: str = "landlord", password: str = "landlord") -> str:
    return DatabaseAddress(user, password, "127.0.0.1", server.port, database, (("sslmode", "disable"),)).url


@asynccontextmanager
async def without_roles(server: ListeningPostgres, *databases: str) -> AsyncIterator[None]:
    """Takes back what a test made, so that the next one finds no role."""
    try:
        yield
    finally:
        async with database_connection(server.owners_url("postgres")) as superuser:
            for database in databases:
                await superuser.execute(f"DROP DATABASE {database} WITH (FORCE)")
            await superuser.execute(f"DROP ROLE IF EXISTS {EVERYBODY}")


async def test_databases_of_one_server_may_be_migrated_at_once(server: ListeningPostgres) -> None:
    databases = [f"of_many_{number}" for number in range(4)]
    async with without_roles(server, *databases):
        await asyncio.gather(*(migrate(address(server, database)) for database in databases))
        # One goes back, and the others keep the roles.
        await roll_back_the_roles(address(server, databases[0]))
        for database, granted in zip(databases, (False, True, True, True), strict=True):
            async with database_connection(server.owners_url(database)) as superuser:
                held = "SELECT has_table_privilege('selfology_bot', 'telegram_system.sends', 'INSERT')"
                assert await superuser.fetchval(held) is granted
        assert await migrate(address(server, databases[0]))


async def test_who_may_make_no_roles_and_owns_no_database_migrates_where_they_are_made(
    server: ListeningPostgres,
) -> None:
    async with without_roles(server, "rented"):
        async with database_connection(server.owners_url("postgres")) as superuser:
            await superuser.execute("CREATE DATABASE rented")
            await superuser.execute("GRANT CREATE ON DATABASE rented TO tenant")
        async with database_connection(server.owners_url("rented")) as superuser:
            await superuser.execute("GRANT CREATE ON SCHEMA public TO tenant")
        tenant = address(server, "rented", "tenant", "tenant")
        with pytest.raises(OperatorError, match=r"20261127000001_roles\.sql, error 42501"):
            await migrate(tenant)
        async with database_connection(server.owners_url("postgres")) as superuser:
            await make_logins(superuser, dict.fromkeys(Role))
        assert await migrate(tenant)
        async with database_connection(Role.WORKER.at(server.owners_url("rented"))) as worker:
            await worker.execute("DELETE FROM onboarding_system.people")


async def test_logins_are_made_with_passwords_that_can_be_changed(server: ListeningPostgres, in_process: Run) -> None:
    async with without_roles(server, "theirs"):
        url = address(server, "theirs")
        await migrate(url)
        no_password = await asyncio.to_thread(in_process, "db", "logins", DATABASE_URL=url)
        assert "WORKER_DATABASE_PASSWORD" in one_line(no_password)
        for passwords in (PASSWORDS, {name: password[::-1] for name, password in PASSWORDS.items()}):
            said = await asyncio.to_thread(in_process, "db", "logins", DATABASE_URL=url, **passwords)
            assert (said.code, said.output) == (0, f"Logins: {', '.join(role.login for role in Role)}\n")
            for role, password in zip(Role, passwords.values(), strict=True):
                connection = await asyncpg.connect(address(server, "theirs", role.login, password))
                assert await connection.fetchval("SELECT pg_has_role(current_user, $1, 'USAGE')", role)
                await connection.close()
                with pytest.raises(asyncpg.InvalidPasswordError):
                    await asyncpg.connect(address(server, "theirs", role.login, "another"))
        log = server.home.log_of(server.name).read_text()
        assert "ALTER ROLE selfology_bot_login PASSWORD 'SCRAM-SHA-256$" in log
        assert not any(password in log for password in PASSWORDS.values())
        operator = address(server, "theirs", Role.OPERATOR.login, PASSWORDS["OPERATOR_DATABASE_PASSWORD"][::-1])
        said = await asyncio.to_thread(in_process, "costs", DATABASE_URL=operator)
        assert "No language model has been asked" in said.output
        for arguments in (("db", "logins"), ("db", "rollback")):
            refused = await asyncio.to_thread(in_process, *arguments, DATABASE_URL=operator, **PASSWORDS)
            assert refused.code == 2
        bot = address(server, "theirs", Role.BOT.login, PASSWORDS["BOT_DATABASE_PASSWORD"][::-1])
        assert "which login DATABASE_URL names" in one_line(
            await asyncio.to_thread(in_process, "costs", DATABASE_URL=bot)
        )


async def test_the_codec_server_reads_keys_and_changes_none(server: ListeningPostgres, in_process: Run) -> None:
    async with without_roles(server, "theirs", "their_keys"):
        url, keys = address(server, "theirs"), address(server, "their_keys")
        await migrate(url)
        await migrate(keys, KEY_MIGRATIONS / "postgres")
        settings = {"DATABASE_URL": url, "KEYS_DATABASE_URL": keys, **PASSWORDS}
        assert (await asyncio.to_thread(in_process, "db", "logins", **settings)).code == 0
        codec = address(server, "their_keys", Role.CODEC.login, PASSWORDS["CODEC_DATABASE_PASSWORD"])
        async with database_connection(codec) as connection:
            assert await connection.fetch("SELECT * FROM data_keys") == []
            for statement in (
                "INSERT INTO data_keys (owner, version, master, wrapped) VALUES ('anna', 1, 'first', 'x')",
                "UPDATE data_keys SET wrapped = 'x'",
                "DELETE FROM data_keys",
                "DELETE FROM destroyed_keys",
                "CREATE TABLE mine ()",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
