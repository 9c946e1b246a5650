"""Whatever is typed and whatever is away: a command says in one line what to put right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import asyncpg
import pytest
from typer.core import TyperGroup
from typer.main import get_command

from schema.operator_error import OperatorError
from tests.keys import key_settings
from tests.stack.conftest import Said, one_line
from workers.cli.app import app
from workers.database_address import DatabaseAddress
from workers.migrations import rollback

Run = Callable[..., Said]

NOBODY = "127.0.0.1:1"
"""No server listens there."""
AWAY = {
    "TEMPORAL_ADDRESS": NOBODY,
    "DATABASE_URL": f"postgresql://somebody@{NOBODY}/selfology",
    **key_settings(f"postgresql://somebody@{NOBODY}/selfology"),
    "WORKER_DATABASE_PASSWORD": "of the worker",
    "SELFOLOGY_TELEGRAM_TOKEN": "123456:abcdef",
    "SELFOLOGY_TELEGRAM_API_URL": f"http://{NOBODY}",
    "SELFOLOGY_LEGACY_DATABASE_URL": f"postgresql://reader@{NOBODY}/old",
    "SELFOLOGY_DEPLOYMENT": "selfology",
}
NEEDED = {
    ("sessions", "show"): ("onboarding-nobody",),
    ("coach", "explain"): ("00000000-0000-0000-0000-000000000000",),
    ("vectors", "similar"): ("a" * 16,),
    ("replay",): ("--workflow-id", "onboarding-nobody"),
    ("deploy", "ramp"): ("10",),
    ("erase",): ("--yes", "--terminal", "nobody"),
    ("legacy", "rollback"): ("--yes",),
}
"""Arguments without which a command has nothing to do."""
ODD = ("", " ", "nonsense", "-1", "99999999999999999999", "\\", "'", "день", "a\nb", "x" * 5000, "--", "%", "\ud83d")


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every command."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


_GROUP = get_command(app)
assert isinstance(_GROUP, TyperGroup)
COMMANDS = list(commands(_GROUP))
WITHOUT = (("safety", "check"), ("keys", "rotate"), ("trace",))
OF_A_HOME = tuple(path for path in COMMANDS if path[0] == "backup" and path != ("backup", "reconcile"))
"""They are for servers of a home's own; tests/stack/test_backups.py has them."""
WITH_SERVERS = [path for path in COMMANDS if path not in (*WITHOUT, *OF_A_HOME)]


def ways_to_say(path: tuple[str, ...], value: str) -> Iterator[tuple[str, ...]]:
    """The value, as each option and argument of a command that takes one."""
    command = _GROUP
    for name in path:
        assert isinstance(command, TyperGroup)
        command = command.commands[name]
    for parameter in command.params:
        if not parameter.opts[0].startswith("-"):
            yield (value,)
        elif not getattr(parameter, "is_flag", False):
            yield (*NEEDED.get(path, ()), parameter.opts[0], value)


def named(path: tuple[str, ...]) -> str:
    return " ".join(path)


@pytest.mark.parametrize("path", WITH_SERVERS, ids=named)
def test_no_server_is_there(in_process: Run, path: tuple[str, ...]) -> None:
    said = in_process(*path, *NEEDED.get(path, ()), **AWAY)
    if path == ("up",):
        assert "nothing is embedded" in said.output
    else:
        assert NOBODY in one_line(said)


@pytest.mark.parametrize("path", COMMANDS, ids=named)
def test_what_is_typed_makes_no_sense(in_process: Run, path: tuple[str, ...]) -> None:
    one_line(in_process(*path, "--nonsense", **AWAY))
    one_line(in_process(*path, *NEEDED.get(path, ()), *("surplus" for _ in range(9)), **AWAY))
    for value in ODD:
        for arguments in ways_to_say(path, value):
            one_line(in_process(*path, *arguments, **AWAY))


@pytest.fixture
def there(there: dict[str, str]) -> dict[str, str]:
    """All that a command needs; no Telegram is there."""
    return AWAY | there


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in WITH_SERVERS
        if path[0] not in ("up", "db", "costs", "codec", "coach")
        and path not in (("keys", "status"), ("legacy", "status"))
    ],
    ids=named,
)
def test_a_namespace_that_is_not_there_is_named(in_process: Run, there: dict[str, str], path: tuple[str, ...]) -> None:
    line = one_line(in_process(*path, *NEEDED.get(path, ()), **there | {"TEMPORAL_NAMESPACE": "nowhere"}))
    assert "no namespace nowhere: set TEMPORAL_NAMESPACE" in line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sessions", "show", "onboarding-nobody"), "onboarding-nobody"),
        (("replay", "--workflow-id", "onboarding-nobody"), "onboarding-nobody"),
        (("replay", "--query", "Nonsense = = 1"), "--query"),
    ],
)
def test_what_temporal_does_not_know_or_cannot_read_is_named(
    in_process: Run, there: dict[str, str], arguments: tuple[str, ...], told: str
) -> None:
    assert told in one_line(in_process(*arguments, **there))


@pytest.mark.parametrize("command", ["worker", "bot", "chat", "demo", "costs"])
def test_what_needs_tables_says_how_to_make_them(in_process: Run, there: dict[str, str], command: str) -> None:
    bare = {"DATABASE_URL": replace(DatabaseAddress.parse(there["DATABASE_URL"]), database="postgres").url}
    assert "run `selfology db migrate`" in one_line(in_process(command, **there | bare))


@pytest.fixture
async def newer(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """The database after another version's migration."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("INSERT INTO schema_migrations VALUES ('20990101000000')")
    yield connection
    await connection.execute("DELETE FROM schema_migrations WHERE version = '20990101000000'")
    await connection.close()


@pytest.mark.parametrize("command", ["worker", "bot", "chat", "demo", "doctor", "costs", "db migrate"])
def test_nothing_works_on_a_database_that_is_newer(
    in_process: Run, there: dict[str, str], newer: asyncpg.Connection, command: str
) -> None:
    assert "newer than this version of Selfology" in one_line(in_process(*command.split(), **there))


@pytest.fixture
async def newer_by_additions(newer: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The database after another version's migration that this one works on."""
    await newer.execute("INSERT INTO additive_migrations VALUES ('20990101000000')")
    yield newer
    await newer.execute("DELETE FROM additive_migrations")


def test_a_release_that_is_rolled_back_works_on_a_database_that_is_newer_by_additions(
    in_process: Run, there: dict[str, str], newer_by_additions: asyncpg.Connection
) -> None:
    for command in ("costs", "db migrate"):
        said = in_process(*command.split(), **there)
        assert (said.code, said.errors) == (0, ""), command
    # What the newer version has added stays until that is there again.
    assert "newer than this version of Selfology" in one_line(in_process("db", "rollback", **there))


def test_the_status_of_a_database_that_is_newer_names_what_is_not_known(
    in_process: Run, there: dict[str, str], newer: asyncpg.Connection
) -> None:
    assert "[?] 20990101000000" in in_process("db", "status", **there).output


async def test_nothing_of_a_database_that_is_newer_is_rolled_back(
    newer: asyncpg.Connection, there: dict[str, str]
) -> None:
    with pytest.raises(OperatorError, match="20990101000000"):
        await rollback(there["DATABASE_URL"])
    # The column of our last migration.
    assert await newer.fetchval("SELECT count(quote) FROM analysis_system.trait_evidence") == 0
