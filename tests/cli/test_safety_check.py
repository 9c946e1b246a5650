"""`selfology safety check`: a clinician brings lines of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack.conftest import Said, one_line

Run = Callable[..., Said]

LINES = "\ufeffI want to kill myself\n\nWe planted tomatoes with my daughter\nМуж меня бьёт\n"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "lines.txt"
    file.write_text(LINES, encoding="utf-8")
    return file


def test_each_line_gets_a_line_with_what_is_heard_and_its_text(in_process: Run, lines: Path) -> None:
    said = in_process("safety", "check", str(lines))
    assert said.code == 0
    first, second, third = (line.split("\t") for line in said.output.splitlines())
    assert first == ["sure", "SELF_HARM", "SELF", "NOW", "-", "I want to kill myself"]
    assert second == ["none", "-", "-", "-", "-", "We planted tomatoes with my daughter"]
    assert third[:2] == ["sure", "ABUSE"]


def test_what_a_person_would_get_softly_is_told_as_soft(in_process: Run, tmp_path: Path) -> None:
    file = tmp_path / "band.txt"
    file.write_text("Our band is called Suicide Kings and we play covers at weddings\n", encoding="utf-8")
    assert in_process("safety", "check", str(file)).output.split("\t")[:2] == ["soft", "SELF_HARM"]


def test_json_has_an_object_a_line_with_its_number_and_no_text(in_process: Run, lines: Path) -> None:
    said = in_process("safety", "check", "--json", str(lines))
    told = [json.loads(line) for line in said.output.splitlines()]
    assert [(one["line"], one["level"], one["kind"]) for one in told] == [
        (1, "sure", "SELF_HARM"),
        (3, "none", None),
        (4, "sure", "ABUSE"),
    ]
    assert told[0].keys() == {"line", "level", "kind", "about", "when", "harm"}
    assert "tomatoes" not in said.output


def test_what_can_not_be_read_is_named_in_one_line(in_process: Run, tmp_path: Path) -> None:
    assert "can't be read: No such file" in one_line(in_process("safety", "check", str(tmp_path / "nowhere")))
    assert "Is a directory" in one_line(in_process("safety", "check", str(tmp_path)))
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"caf\xe9")
    assert "is not UTF-8: byte 4" in one_line(in_process("safety", "check", str(latin)))
