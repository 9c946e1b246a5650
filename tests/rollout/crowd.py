"""People who answer in Telegram while the workers behind it change."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections import Counter

import asyncpg

from gateway.presentation.texts.texts import Texts
from schema.vocabulary import Locale
from tests.telegram.bot_api import BotApi, Person

TEXTS = Texts(Locale.EN)
PATIENCE = 120.0
"""Seconds that somebody waits for the next question at most."""
PLANNED = 12
"""How many questions a session has."""


class Answering:
    """Somebody who answers some questions, one after the other."""

    def __init__(self, phone: Person, answers: int, chance: random.Random) -> None:
        self.phone = phone
        self.waits: list[tuple[float, float]] = []
        """When each answer was written, and how many seconds later the next question came."""
        self._answers = answers
        self._chance = chance

    async def talks(self, pause: float) -> None:
        """Comes, agrees, and answers, with pauses of so many seconds on average."""
        await asyncio.sleep(self._chance.uniform(0, pause))
        await self.phone.writes("/start")
        consent = await self.phone.sees(TEXTS.say("consent-question"), PATIENCE)
        # The first button agrees, whatever a version writes on it.
        await self.phone.taps(consent.buttons[0][0], consent)
        await self._is_asked(1)
        for number in range(1, self._answers + 1):
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * pause)
            began = time.monotonic()
            await self.phone.writes(f"Answer {number}: I like the sea, because it never hurries me.")
            await self._is_asked(number + 1)
            self.waits.append((began, time.monotonic() - began))

    async def _is_asked(self, number: int) -> None:
        await self.phone.sees(TEXTS.say("question-frame", number=number, planned=PLANNED), PATIENCE)

    def asked_twice(self) -> list[str]:
        """The questions that came more than once."""
        shown = Counter(
            message.words.partition("\n")[0] for message in self.phone.screen if message.words.startswith("Question ")
        )
        return [question for question, times in shown.items() if times > 1]


class Crowd:
    """All of them."""

    def __init__(self, api: BotApi, people: int, answers: int, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.people = [
            Answering(api.person(1000 + number, language_code="en"), answers, random.Random(chance.random()))
            for number in range(people)
        ]
        self._answers = answers

    async def talk(self, pause: float) -> None:
        """Everybody talks to their last answer. Raises `AssertionError` when somebody waits too long."""
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(person.talks(pause))

    def longest_wait(self, since: float = 0.0) -> float:
        """The longest that somebody waited for what they wrote from that moment on (a monotonic one), in seconds."""
        return max((wait for each in self.people for began, wait in each.waits if began >= since), default=0.0)

    def usual_wait(self) -> float:
        """The median wait for the next question, in seconds."""
        return statistics.median(wait for each in self.people for _, wait in each.waits)

    async def findings(self, database_url: str) -> list[str]:
        """What was lost or doubled."""
        connection = await asyncpg.connect(database_url)
        try:
            kept = {
                table: await connection.fetchval(f"SELECT count(*) FROM {table}")
                for table in ("onboarding_system.answers", "onboarding_system.answer_messages")
            }
            twice = await connection.fetchval(
                "SELECT count(*) - count(DISTINCT answer_id) FROM analysis_system.analyses"
            )
        finally:
            await connection.close()
        written = len(self.people) * self._answers
        return [
            *(f"{table} has {rows} rows of {written} answers" for table, rows in kept.items() if rows != written),
            *([f"{twice} answers are analysed twice"] if twice else []),
            *(f"{question} came twice" for each in self.people for question in each.asked_twice()),
        ]
