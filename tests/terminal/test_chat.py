"""Who sits down at a terminal, and in which language."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from schema.vocabulary import Locale
from workers.cli.app import app
from workers.cli.chat import language_of, reserve_name

PEPPER = SecretStr("a pepper of a test, long enough")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ru_RU.UTF-8"}, Locale.RU),
        ({"LANG": "en_GB.UTF-8"}, Locale.EN),
        ({"LANG": "C.UTF-8"}, Locale.EN),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, Locale.RU),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, Locale.RU),
        ({}, Locale.EN),
    ],
)
def test_a_new_person_is_met_in_the_language_of_their_terminal(environment: dict[str, str], language: Locale) -> None:
    assert language_of(environment) is language


def test_two_windows_are_two_people_until_one_is_closed(tmp_path: Path) -> None:
    with (
        reserve_name(tmp_path / "people", PEPPER, "Анна / ?") as first,
        reserve_name(tmp_path / "people", PEPPER, "Анна / ?") as second,
    ):
        assert (first, second) == ("Анна / ?", "Анна / ?-2")
    with reserve_name(tmp_path / "people", PEPPER, "Анна / ?") as again:
        assert again == first


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x1b[31m"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    result = CliRunner().invoke(app, ["chat", "--as", name])
    assert result.exit_code == 2
    assert "printable" in result.output


def test_a_picture_needs_a_place(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["demo", "--save-svg", str(tmp_path / "nowhere" / "demo.svg")])
    assert result.exit_code == 2
    assert "there is no directory" in " ".join(result.output.replace("│", " ").split())
