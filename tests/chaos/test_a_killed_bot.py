"""`kill -9` of every process behind the Telegram bot in the middle of a session, and Telegram itself going away.

The fake Telegram keeps what it was asked to do, so it tells what a person has seen, how often.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import NoReturn

import asyncpg
import psutil
import pytest

from gateway.presentation.texts.texts import Texts
from schema.encrypted_columns import MESSAGE
from schema.vocabulary import Locale
from tests.keys import encryption_of, readable
from tests.stack.conftest import WITHIN, command_line, servers_of
from tests.telegram.bot_api import BotApi, BotMessage, Fault, Person
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.record import running_stack

# A delivery that was on its way to a killed bot is tried again after 4 s.
PATIENCE = WITHIN + 5
TEXTS = Texts(Locale.EN)

Break = Callable[[], Awaitable[None]]


class RunningBot:
    """`selfology bot` in a process of its own, at a Telegram of the test."""

    def __init__(self, api: BotApi) -> None:
        self._environment = {
            **os.environ,
            "SELFOLOGY_TELEGRAM_TOKEN": api.token,
            "SELFOLOGY_TELEGRAM_API_URL": api.url,
        }
        self._start()

    def is_killed(self) -> None:
        """Ends the process by `kill -9` and starts another one."""
        self.ends()
        self._start()

    def ends(self) -> None:
        """Ends the process by `kill -9`."""
        self._process.kill()
        self._process.wait()

    async def is_kept_running(self) -> NoReturn:
        """Starts it again whenever it ends by itself, as an operator's machine does: a server may die as it starts."""
        while True:
            if self._process.poll() is not None:
                self._start()
            await asyncio.sleep(1)

    def _start(self) -> None:
        self._process = subprocess.Popen(command_line("bot"), env=self._environment, stdout=subprocess.DEVNULL)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram."""
    async with BotApi() as api:
        yield api


@pytest.fixture
async def bot(home: Home, api: BotApi) -> AsyncIterator[RunningBot]:
    """The bot, until the test ends."""
    bot = RunningBot(api)
    yield bot
    bot.ends()


class Survivor:
    """Somebody who answers questions while things break."""

    def __init__(self, phone: Person) -> None:
        self.phone = phone
        self.answers: list[str] = []

    async def begins(self) -> BotMessage:
        """Presses Start, agrees, and sees the first question."""
        await self.phone.writes("/start")
        await self.phone.sees(TEXTS.say("consent-question"), PATIENCE)
        await self.phone.taps(TEXTS.say("choice-agree"))
        return await self.is_asked(1)

    async def is_asked(self, number: int) -> BotMessage:
        """Reads on until the question of this number."""
        return await self.phone.sees(TEXTS.say("question-frame", number=number, planned=12), PATIENCE)

    async def answers_to(self, question: BotMessage) -> None:
        """Answers, by a reply: when messages come twice, people show which one they mean."""
        answer = f"Answer {len(self.answers) + 1}: I like the sea, because it never hurries me."
        self.answers.append(answer)
        await self.phone.replies(question, answer)


def kill(process: psutil.Process | int) -> None:
    """Ends a process at once, if it is still there."""
    with suppress(ProcessLookupError, psutil.NoSuchProcess):
        os.kill(process if isinstance(process, int) else process.pid, signal.SIGKILL)


def supervisor_of(home: Home) -> int:
    running = running_stack(home)
    assert running is not None
    return running.supervisor


@pytest.mark.long
async def test_nothing_is_lost_and_nothing_counts_twice(home: Home, api: BotApi, bot: RunningBot) -> None:
    async def telegram_goes_away() -> None:
        await api.goes_away()
        await asyncio.sleep(1)
        await api.comes_back()

    async def gateway_is_killed() -> None:
        bot.is_killed()

    async def workers_are_killed() -> None:
        kill(supervisor_of(home))

    async def temporal_is_killed() -> None:
        kill(next(process for name, process in servers_of(home).items() if "temporal" in name))

    async def database_is_killed() -> None:
        kill(servers_of(home)["postgres"])

    # Once as the answer is on its way to the session, once as the reply is on its way to the person.
    breaks: list[tuple[Break, float]] = [
        (break_something, moment)
        for break_something in (
            gateway_is_killed,
            workers_are_killed,
            temporal_is_killed,
            database_is_killed,
            telegram_goes_away,
        )
        for moment in (0.0, 0.05)
    ]
    # Then nobody can know whether a message arrived: its sender was killed, or could not write down that it did, or was
    # not answered. A question is sent again.
    ambiguous = (gateway_is_killed, database_is_killed, telegram_goes_away)

    anna = Survivor(api.person(1001, language_code="en"))
    question = await anna.begins()
    may_come_twice: set[str] = set()
    for number, (break_something, moment) in enumerate(breaks, start=2):
        before = question
        await anna.answers_to(before)
        await asyncio.sleep(moment)
        await break_something()
        question = await anna.is_asked(number)
        if break_something in ambiguous:
            # The one before, too: it is answered quicker here than what became of it is written down.
            may_come_twice |= {question_in(before), question_in(question)}
    api.will(Fault("sendMessage", "cut"))
    await anna.answers_to(question)
    question = await anna.is_asked(12)
    may_come_twice.add(question_in(question))

    await until_kept(home, anna.answers)
    seen = Counter(question_in(message) for message in anna.phone.screen)
    others = Counter(message.words for message in anna.phone.screen if not question_in(message))
    assert len(seen - Counter({"": seen[""]})) == 12, "every question was seen"
    twice = {words: times for words, times in seen.items() if words and times > 1}
    assert twice.keys() <= may_come_twice, f"seen twice: {twice}"
    assert max(others.values()) == 1, f"seen twice: {others}"


def question_in(message: BotMessage) -> str:
    """The question that a message asks, if it asks one."""
    _, frame, words = message.words.partition("Question ")
    return words if frame else ""


async def until_kept(home: Home, texts: list[str]) -> None:
    """Waits until the database keeps these answers, and a moment longer that it keeps each once."""
    query = "SELECT * FROM onboarding_system.answer_messages ORDER BY heard_at, position"
    async with joined_stack(Settings()) as stack, asyncpg.create_pool(stack.database_url, min_size=1) as pool:
        async with asyncio.timeout(PATIENCE):
            while len(await pool.fetch(query)) < len(texts):
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        kept = await readable(await pool.fetch(query), MESSAGE, by=encryption_of(home))
        assert [row["text"] for row in kept] == texts
        answered = await pool.fetchval("SELECT count(*) FROM onboarding_system.answers")
        assert answered == len(texts)
