"""Answers from files and pipes, and consoles, in whatever encoding they are."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from schema.encrypted_columns import MESSAGE
from tests.keys import encryption_of, readable
from tests.stack.conftest import WITHIN, command_line, one_line, servers_of
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.record import running_stack

ANSWERS = "1\nЯ люблю море: вечером там тихо, и мне спокойно.\n/quit\n"


def chat(answers: bytes | Path, name: str = "anna", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """`selfology chat` with answers from a pipe, or from a file."""
    piped, file = (answers, None) if isinstance(answers, bytes) else (None, answers.open("rb"))
    return subprocess.run(
        command_line("chat", "--language", "ru", "--as", name),
        input=piped,
        stdin=file,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=WITHIN,
        check=False,
    )


def told(ended: subprocess.CompletedProcess[bytes]) -> str:
    """The one line that an operator reads."""
    text = subprocess.CompletedProcess(ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode())
    return one_line(text)


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "utf-16-le"])
def test_a_file_that_is_no_text_gets_one_line_before_anything_is_started(
    home: Home, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "answers.txt"
    file.write_bytes(ANSWERS.encode(encoding))
    ended = chat(file)
    assert "not UTF-8 text, so nothing of it is recorded" in told(ended)
    assert ended.stdout == b""
    assert not running_stack(home)
    assert servers_of(home) == {}


@pytest.mark.long
async def test_each_console_shows_what_it_can_and_a_pipe_that_is_no_text_is_not_kept(home: Home) -> None:
    async with joined_stack(Settings()) as stack:
        for encoding in ("cp1251", "cp866", "ascii"):
            ended = chat(ANSWERS.encode("utf-8-sig"), name=encoding, PYTHONIOENCODING=encoding)
            assert (ended.returncode, ended.stderr) == (0, b"")
            seen = ended.stdout.decode(encoding)
            assert "Selfology" in seen
            assert "+----" in seen
            assert encoding == "ascii" or ("Вопрос 2" in seen and "> Я люблю море" in seen.replace("›", ">"))
        assert "not UTF-8 text, so nothing more of it is recorded" in told(chat(ANSWERS.encode("cp1251")))
        connection = await asyncpg.connect(stack.database_url)
        kept = await connection.fetch("SELECT * FROM onboarding_system.answer_messages")
        await connection.close()
    said = [row["text"] for row in await readable(kept, MESSAGE, by=encryption_of(home))]
    assert said == [ANSWERS.splitlines()[1]] * 3
