"""Whoever gets hold of every file of a home reads nothing that a person wrote, nor who they are.

Words of this test's own stand in a name, answers, letters, commands, captions and edits; each byte of the home is
searched for them while the people are still there.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from activities.account.person_export import PostgresPersonExports
from gateway.presentation.texts.texts import Texts
from schema.identity import user_ref
from schema.vocabulary import Locale
from tests.chaos.test_a_killed_bot import RunningBot, Survivor, api, bot
from tests.keys import encryption_of
from tests.stack.conftest import WITHIN, command_line
from tests.telegram.bot_api import BotApi
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.postgres import PostgresServer, programs
from workers.telemetry.trace_file import traces_of

__all__ = ["api", "bot"]

TEXTS = Texts(Locale.EN)
NUMBER = 7_311_223_344
NAME = "Gwendolyn"
EARLY, ANSWER, LETTER, ADDENDUM, CAPTION, COMMAND, EDIT, CRY, TERMINAL = (
    *("quinceberry", "marzipanlake", "thistlewharf", "ferncobbler", "plumlantern"),
    *("willowsprocket", "кедровник", "hollowmeadow", "bramblestair"),
)
WORDS = (NAME, str(NUMBER), EARLY, ANSWER, LETTER, ADDENDUM, CAPTION, COMMAND, EDIT, CRY, TERMINAL)
INDEXED = "SELECT count(collection) > 1 FROM profiles_store.indexed_answers WHERE user_ref = $1"
KEPT = (ANSWER, LETTER, ADDENDUM)
"""What becomes part of an answer; the rest is only read for danger."""


@pytest.fixture
def with_vectors(no_servers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack runs the process that owns the vectors, too."""
    monkeypatch.setenv("SELFOLOGY_VECTORS", "true")
    monkeypatch.setenv("SELFOLOGY_INDEXING_GIVES_WAY_MINUTES", "0")


@pytest.fixture
def traced(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All processes write their spans to a file of the home."""
    file = home.root / "spans.jsonl"
    monkeypatch.setenv("SELFOLOGY_TRACE_FILE", str(file))
    return file


@pytest.fixture
async def talked(with_vectors: None, traced: Path, home: Home, api: BotApi, bot: RunningBot) -> AsyncIterator[Survivor]:
    """Somebody has said all of it: in Telegram, and a word in a terminal."""
    async with joined_stack(Settings()):
        anna = Survivor(api.person(NUMBER, language_code="en", name=NAME))
        await anna.phone.writes(f"Is anybody there? I dream of {EARLY}.")
        first = await anna.begins()
        await anna.phone.replies(first, f"I like long walks to the {ANSWER} with my sister, it calms me.")
        second = await anna.is_asked(2)
        await anna.phone.writes(f"My work is a {LETTER}. " + "It is quiet there, and I like that it is. " * 120)
        await anna.is_asked(3)
        await anna.phone.replies(second, f"And it smells of {ADDENDUM}.")
        await anna.phone.sends_photo(f"This is how I live: {CAPTION}.")
        await anna.phone.sees("pictures and videos", WITHIN)
        await anna.phone.writes(f"/insights {COMMAND}")
        await anna.phone.edits(anna.phone.sent[-3].id, f"And it smells of {EDIT}.")
        await anna.phone.writes(f"I want to kill myself in the {CRY}.")
        await anna.phone.sees("Are you safe", WITHIN)
        command = command_line("chat", "--as", "boris", "--language", "en")
        said = f"1\nI keep lists of every {TERMINAL} that I have seen.\n"
        await asyncio.to_thread(
            subprocess.run, command, input=said, text=True, capture_output=True, timeout=WITHIN, check=True
        )
        yield anna


def files_with(words: tuple[str, ...], folder: Path) -> set[tuple[str, str]]:
    """Each file below a folder in which one of the words stands in clear, with the word."""
    forms = {word: [word.encode(), word.encode("utf-16-le"), ascii(word)[1:-1].encode()] for word in words}
    found: set[tuple[str, str]] = set()
    for directory, _, names in os.walk(folder):
        for path in (Path(directory, name) for name in names):
            if path.is_file():
                content = path.read_bytes()
                found.update((path.name, w) for w, several in forms.items() if any(f in content for f in several))
    return found


async def test_no_file_holds_a_word_of_a_person_and_a_dump_opens_none_of_who_is_erased_after_it(
    home: Home, talked: Survivor, traced: Path
) -> None:
    async with (
        joined_stack(Settings()) as stack,
        asyncpg.create_pool(stack.database_url, min_size=1) as pool,
    ):
        await pool.execute("CHECKPOINT")
        # It is all there, for who has the keys.
        anna, boris = (user_ref(stack.pepper, who) for who in (f"telegram:{NUMBER}", "terminal:boris"))
        export = (await PostgresPersonExports(pool, encryption_of(home).columns).of(anna)).model_dump_json()
        assert [word for word in KEPT if word not in export] == []
        async with asyncio.timeout(WITHIN):
            # What was said is in the store of vectors, too.
            while not await pool.fetchval(INDEXED, anna):
                await asyncio.sleep(0.1)
        assert [file for file in home.vectors.rglob("*") if file.is_file()]
        assert files_with(WORDS, home.root) == set()
        assert {"bot", "worker"} <= {process for _, process in answer_traced(traced, anna)}

        dump = home.root.parent / "dump.sql"
        with dump.open("wb") as file:
            await asyncio.to_thread(subprocess.run, [_program("pg_dump"), _owner(home)], stdout=file, check=True)
        (wrapped,) = [key.wrapped for key in await encryption_of(home).store.page(None, 99) if key.id.owner == anna]
        await is_erased(talked)
        # No byte of the key is left.
        assert files_with((wrapped,), home.root) == set()
        restored = _owner(home).replace("/selfology?", "/restored?")
        await asyncio.to_thread(
            subprocess.run, [_program("psql"), "-q", _owner(home), "-c", "CREATE DATABASE restored"], check=True
        )
        await asyncio.to_thread(
            subprocess.run, [_program("psql"), "-q", restored, "-f", str(dump)], stdout=subprocess.DEVNULL, check=True
        )
        async with asyncpg.create_pool(restored, min_size=1) as dumped:
            exports = PostgresPersonExports(dumped, encryption_of(home).columns)
            assert TERMINAL in (await exports.of(boris)).model_dump_json()
            assert await dumped.fetchval("SELECT count(*) FROM onboarding_system.answers WHERE user_ref = $1", anna), (
                "the dump must hold them"
            )
            of_anna = (await exports.of(anna)).model_dump_json()
            assert [word for word in KEPT if word in of_anna] == []


def answer_traced(file: Path, user_ref: str) -> list[tuple[str, str]]:
    """The spans of what the first answer caused, from Telegram and back to it, each with its process."""
    traces = traces_of(file, f"onboarding-{user_ref}")
    spans = [[(span.name, process) for span, process in trace] for trace in traces]
    answer = next(each for each in spans if any(name == "RunActivity:record_answer" for name, _ in each))
    assert answer[0] == ("telegram message", "bot")
    assert ("telegram sendMessage", "bot") in answer
    return answer


async def is_erased(person: Survivor) -> None:
    """Has all of it deleted."""
    await person.phone.writes("/delete")
    await person.phone.sees(TEXTS.say("erase-ask"), WITHIN)
    await person.phone.taps(TEXTS.say("choice-erase-sure"))
    await person.phone.sees(TEXTS.say("erase-ask-again"), WITHIN)
    await person.phone.taps(TEXTS.say("choice-erase-really-sure"))
    await person.phone.sees(TEXTS.say("notice-erased"), WITHIN)


def _owner(home: Home) -> str:
    return PostgresServer(home).database_url


def _program(name: str) -> str:
    return str(programs() / name)
