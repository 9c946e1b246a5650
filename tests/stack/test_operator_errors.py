"""What an operator has to put right is said in one line, with exit code 2 and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack.conftest import CommandResult, Said, one_line
from workers.stack.home import Home

Selfology = Callable[..., CommandResult]
InProcess = Callable[..., Said]


@pytest.mark.parametrize(
    ("variable", "value", "takes"),
    [
        ("SELFOLOGY_SANDBOX", "maybe", "true or false"),
        ("SELFOLOGY_LOCALE", "de", "'ru' or 'en'"),
        ("SELFOLOGY_PEPPER", "short-secret", "16 characters or more"),
        ("SELFOLOGY_ENGINE_WORKFLOW_TASK_TIMEOUT", "soon", "number of seconds"),
        ("SELFOLOGY_ENGINE_WORKFLOW_TASK_TIMEOUT", "-1", "above 0"),
        ("SELFOLOGY_ENGINE_MAX_CACHED_WORKFLOWS", "0", "greater than or equal to 1"),
        ("DATABASE_URL", "mysql://somebody:secret-word@host", "postgresql://"),
    ],
)
def test_a_bad_setting_is_named_with_what_it_takes(
    in_process: InProcess, variable: str, value: str, takes: str
) -> None:
    line = one_line(in_process("up", **{variable: value}))
    assert variable in line
    assert takes in line
    assert "secret" not in line.replace("The secret that", "")


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_home_that_is_a_file(in_process: InProcess, tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("")
    line = one_line(in_process("up", SELFOLOGY_HOME=str(tmp_path / "file" / below)))
    assert str(tmp_path / "file") in line
    assert "SELFOLOGY_HOME" in line


def test_a_log_that_cannot_be_written(selfology: Selfology, home: Home) -> None:
    (home.logs / "postgres.log").mkdir(parents=True)
    assert "postgres.log" in one_line(selfology("up"))


def test_a_damaged_database_says_where_to_look(selfology: Selfology, home: Home) -> None:
    assert selfology("db", "migrate").returncode == 0
    (home.postgres / "global" / "pg_control").unlink()
    line = one_line(selfology("up"))
    assert "postgres did not start" in line
    assert str(home.logs / "postgres.log") in line


def test_an_unreachable_database(selfology: Selfology, home: Home) -> None:
    for command in (("up",), ("db", "status")):
        line = one_line(selfology(*command, DATABASE_URL="postgresql://somebody:secret-word@127.0.0.1:1/selfology"))
        assert "127.0.0.1:1" in line
        assert "refused" in line
        assert "secret-word" not in line


def test_an_unreachable_temporal(selfology: Selfology, home: Home) -> None:
    line = one_line(selfology("up", TEMPORAL_ADDRESS="127.0.0.1:1"))
    assert "Temporal at 127.0.0.1:1 can't be reached: connection refused" in line


def test_a_broken_temporal_profile(in_process: InProcess, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('[profile.default\napi_key = "secret-word"')
    line = one_line(in_process("up", TEMPORAL_CONFIG_FILE=str(tmp_path / "broken.toml")))
    assert "Temporal's client configuration" in line
    assert "secret-word" not in line


def test_workers_alone_need_real_servers(in_process: InProcess) -> None:
    assert "DATABASE_URL and TEMPORAL_ADDRESS" in one_line(in_process("worker"))


def test_an_unknown_command(selfology: Selfology) -> None:
    result = selfology("upp")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
