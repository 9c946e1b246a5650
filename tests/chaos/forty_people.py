"""Forty people talk while Telegram's answers get lost or late, processes are killed and operators cancel sessions.

`python -m tests.chaos.forty_people --seed 7`: on real processes, with a Telegram and a provider of language models of
the test, bounded in number and time. At the end, every text is to be in the database once, filed under the question
that its writer had last seen. There is one exception: while nobody knows whether a question has come, a text that
crosses it answers the newer one. Whose session is over goes on to the coach (`coached.py`).
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound.sender import ONE_TRY
from schema.encrypted_columns import MESSAGE
from schema.vocabulary import Locale
from tests.analysis.test_provider_outages import Providers
from tests.chaos.backstage import Backstage, while_away
from tests.chaos.coached import CoachedPerson, coach_findings, settled
from tests.chaos.test_a_killed_bot import RunningBot
from tests.chaos.victims import PROVIDER, VICTIMS, Victims, points_at
from tests.keys import encryption_of, readable
from tests.ports import free_port
from tests.stack.conftest import ended
from tests.telegram.bot_api import BotApi, BotMessage, Fault, Person
from workers.client import connect
from workers.process_encryption import Encryption
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.ports import Ports

TEXTS = Texts(Locale.EN)
SILENCE = 45
"""Seconds after which somebody who waits for a question presses /start."""
ALL_WITHIN = 300
"""Seconds that the conversations may take in all."""
LOOKS_WITHIN = 20
"""Seconds for a look at where the workflows of those stand for whom something went wrong."""
CRISIS = "I don't want to live anymore."


@dataclass
class Talker:
    """Somebody who answers, adds, repeats, skips or cries for help, as chance has it."""

    number: int
    phone: Person
    chance: random.Random
    texts: dict[str, str] = field(default_factory=dict)
    """What they wrote, and the question that they had last seen then."""
    done: bool = False

    def __post_init__(self) -> None:
        self.coached = CoachedPerson(self.number, self.phone, self.chance)

    @property
    def question(self) -> BotMessage | None:
        """The newest question on the screen."""
        return next((message for message in reversed(self.phone.screen) if "Question " in message.words), None)

    def sees(self, words: str) -> bool:
        """Whether something stands on the screen."""
        return any(words in message.words for message in self.phone.screen)

    def copies_of(self, question: str) -> set[int]:
        """The messages that show a question."""
        return {int(message.id) for message in self.phone.screen if question in message.words}

    async def talks(self, answers: int, to_coach: int, backstage: Backstage) -> None:
        """Begins, and says so many things, and then so many to the coach."""
        await self.phone.writes("/start")
        await self._until(lambda: self.sees(TEXTS.say("consent-question")))
        await self.phone.taps(TEXTS.say("choice-agree"))
        await self._until(lambda: self.question is not None)
        for said in range(answers):
            before = self._words()
            await self._says(said)
            await self._until(lambda before=before: self._words() != before or self._has_ended())
            if self._has_ended():
                break
        if to_coach and not self._has_ended():
            # Who has just spoken of danger is not asked about steps.
            cried = any(CRISIS in text for text in self.texts)
            await self.coached.talks(to_coach, backstage, agrees=not cried)
        self.done = True

    async def _says(self, said: int) -> None:
        kind = self.chance.random()
        if kind < 0.1 and self.question is not None:
            await self.phone.taps(TEXTS.say("choice-skip"), self.question)
            return
        text = f"Person {self.number}, answer {said}: I like the sea, it never hurries me."
        await self._writes(f"{text} {CRISIS}" if kind > 0.97 else text)
        if kind < 0.2:
            await self.phone.writes(text)
        elif kind < 0.4:
            await asyncio.sleep(self.chance.random() * 0.3)
            await self._writes(f"Person {self.number}, more on {said}.")

    async def _writes(self, text: str) -> None:
        self.texts[text] = self._words()
        await self.phone.writes(text)

    def _words(self) -> str:
        question = self.question
        return question.words.partition("Question ")[2] if question else ""

    def _has_ended(self) -> bool:
        return self.sees(TEXTS.say("goodbye-abandoned")) or self.sees(TEXTS.say("paused-crisis"))

    async def _until(self, happens: object) -> None:
        waited = 0.0
        while not happens():  # type: ignore[operator]
            safe, pause = TEXTS.say("choice-safe"), 0.05
            if any(safe in row for message in self.phone.screen for row in message.buttons):
                # The next question comes only after that.
                await self.phone.taps(safe)
                pause = 2
            await asyncio.sleep(pause)
            waited += pause
            if waited > SILENCE:
                waited = 0
                await self.phone.writes("/start")


async def loses_answers(api: BotApi, talkers: list[Talker], chance: random.Random, told: Counter[str]) -> None:
    """Telegram's answers get lost or late, or say that it is busy; as often for each of a few people as of forty."""
    while talking := sum(not talker.done for talker in talkers):
        await asyncio.sleep(4 / talking)
        if chance.random() < 0.25:
            fault = Fault("sendMessage", chance.choice(["cut", "cut", "hold", "late", "500", "429"]))
            told[f"answers: {fault.kind}"] += 1
            api.will(fault)
            # A call that is held comes late. An answer that is late comes when nobody listens to it any more.
            if held_for := {"hold": (0.5, 2.5), "late": (ONE_TRY, 2 * ONE_TRY)}.get(fault.kind):
                asyncio.get_running_loop().call_later(chance.uniform(*held_for), fault.released.set)


async def breaks(victims: Victims, chance: random.Random, kills: int) -> None:
    """Kills processes, alone and in pairs, each victim before one comes again."""
    order: list[str] = []
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(6, 12))
        for _ in range(chance.choice([1, 1, 2])):
            order = order or chance.sample(VICTIMS, len(VICTIMS))
            await victims.kill(order.pop())


async def cancels(client: Client, chance: random.Random, many: int, gone: set[str]) -> None:
    """An operator cancels sessions of people who have answered, as soon as Temporal is there to take it.

    Adds to `gone` whose they were.
    """
    await asyncio.sleep(chance.uniform(8, 15))
    while len(running := await while_away(lambda: _running(client))) < many:
        await asyncio.sleep(0.5)
    for workflow_id in chance.sample(sorted(running), many):
        if await while_away(partial(_cancels, client, workflow_id)):
            gone.add(workflow_id.removeprefix("onboarding-"))


async def _running(client: Client) -> list[str]:
    query = "WorkflowType = 'OnboardingSession' AND ExecutionStatus = 'Running' AND SelfologyAnswers > 0"
    return [found.id async for found in client.list_workflows(query)]


async def _cancels(client: Client, workflow_id: str) -> bool:
    """Cancels a session; False when it has ended by itself."""
    try:
        await client.get_workflow_handle(workflow_id).cancel()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return True


async def findings(backstage: Backstage, keys: Encryption, talkers: list[Talker], cancelled: set[str]) -> list[str]:
    """What was lost, doubled or filed wrongly."""
    pool = backstage.pool
    rows = await pool.fetch(
        "SELECT m.*, a.user_ref, q.text_en FROM onboarding_system.answer_messages m"
        " JOIN onboarding_system.answers a USING (answer_id) JOIN onboarding_system.questions q USING (question_id)"
    )
    kept: dict[str, list[dict[str, Any]]] = {}
    for row in await readable(rows, MESSAGE, by=keys):
        kept.setdefault(row["text"], []).append(row)
    # None stands for a message of which nobody ever knew whether it had come.
    in_doubt = {
        (row["user_ref"], row["message_id"])
        for row in await pool.fetch(
            "SELECT user_ref, message_id FROM telegram_system.sends WHERE in_doubt OR state IN ('sending', 'unknown')"
        )
    }
    whose = {talker.number: backstage.ref(talker.phone) for talker in talkers}
    wrong = []
    for talker in talkers:
        for text, question in talker.texts.items():
            found = kept.get(text, [])
            if not found and whose[talker.number] not in cancelled:
                wrong.append(f"lost: {text!r}")
            # Who sends the same twice across two questions answers both.
            for row in found[:1]:
                possible = {None, *talker.copies_of(row["text_en"])}
                doubtful = any((row["user_ref"], message_id) in in_doubt for message_id in possible)
                if row["text_en"] not in question and not doubtful:
                    wrong.append(f"filed wrongly: {text!r} under {row['text_en']!r}, not {question!r}")
        if any(CRISIS in text for text in talker.texts) and not talker.sees(TEXTS.say("crisis-contacts")):
            wrong.append(f"person {talker.number} cried for help and was not heard")
        if whose[talker.number] in cancelled and not talker.sees(TEXTS.say("goodbye-abandoned")):
            wrong.append(f"person {talker.number} was cancelled and not told")
    empty = await pool.fetchval(
        "SELECT count(*) FROM onboarding_system.answers a WHERE NOT EXISTS"
        " (SELECT FROM onboarding_system.answer_messages m WHERE m.answer_id = a.answer_id)"
    )
    twice = await pool.fetchval("SELECT count(*) - count(DISTINCT answer_id) FROM analysis_system.analyses")
    opened = await pool.fetch("SELECT user_ref, status FROM onboarding_system.sessions WHERE closed_at IS NULL")
    open_rows = {row["user_ref"]: row["status"] for row in opened}
    wrong += [
        f"the session of person {number} was cancelled and is {open_rows[ref]}"
        for number, ref in whose.items()
        if ref in cancelled & open_rows.keys()
    ]
    for count, what in ((empty, "answers without a text"), (twice, "analyses twice")):
        if count:
            wrong.append(f"{count} {what}")
    return wrong


async def all_findings(
    backstage: Backstage, keys: Encryption, talkers: list[Talker], cancelled: set[str], told: Counter[str]
) -> list[str]:
    """What was lost, doubled or filed wrongly, in sessions and with the coach."""
    wrong = await findings(backstage, keys, talkers, cancelled)
    return wrong + await coach_findings(backstage, keys, [talker.coached for talker in talkers], told)


async def play(seed: int, *, people: int, answers: int, kills: int, cancelled: int, to_coach: int) -> list[str]:
    """One run; what went wrong."""
    begun, chance, told, provider = time.monotonic(), random.Random(seed), Counter[str](), Providers()
    points_at(provider, os.environ.__setitem__)
    await provider.comes_back(PROVIDER)
    async with AsyncExitStack() as exits:
        folder = exits.enter_context(tempfile.TemporaryDirectory(prefix="selfology-"))
        home = Home.prepared(Path(folder))
        exits.push_async_callback(ended, home)
        os.environ["SELFOLOGY_HOME"] = folder
        home.ports.write_text(Ports(frontend=free_port(), ui=free_port()).model_dump_json(), encoding="utf-8")
        async with (
            BotApi() as api,
            joined_stack(Settings()) as stack,
            asyncpg.create_pool(stack.database_url, min_size=0) as pool,
        ):
            bot, keys = RunningBot(api), encryption_of(home)
            backstage = Backstage(pool, await connect(stack.temporal_address, keys, channel=True), stack.pepper)
            talkers = [
                Talker(n, api.person(1000 + n, language_code="en"), random.Random(f"{seed}:{n}")) for n in range(people)
            ]
            gone = set[str]()
            kept = asyncio.create_task(bot.is_kept_running())
            trouble = [
                asyncio.create_task(loses_answers(api, talkers, chance, told)),
                asyncio.create_task(breaks(Victims(home, bot, provider, told), chance, kills)),
                asyncio.create_task(cancels(backstage.client, chance, cancelled, gone)),
            ]
            try:
                talk = [asyncio.create_task(talker.talks(answers, to_coach, backstage)) for talker in talkers]
                await asyncio.wait(talk, timeout=ALL_WITHIN)
                for task in trouble:
                    task.cancel()
                ends = await asyncio.gather(*trouble, return_exceptions=True)
                wrong = await settled(lambda: all_findings(backstage, keys, talkers, gone, told))
                wrong += [f"the trouble ended early: {end!r}" for end in ends if isinstance(end, Exception)]
                told["cancelled"], stands = len(gone), list[str]()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOKS_WITHIN):
                        for talker in talkers:
                            theirs = {
                                f"person {talker.number} ",
                                f"Person {talker.number},",
                                f"person {talker.number})",
                            }
                            if not talker.done or any(their in each for their in theirs for each in wrong):
                                stands += await backstage.stands(talker.phone)
                for task in talk:
                    task.cancel()
            finally:
                kept.cancel()
                bot.ends()
                await provider.close()
        written = sum(len(talker.texts) for talker in talkers)
        seen = sum("Question " in message.words for talker in talkers for message in talker.phone.screen)
        unfinished = {talker.number: talker.coached.stage for talker in talkers if not talker.done}
        Console().print(
            *stands,
            f"seed {seed}: {people} people in {time.monotonic() - begun:.0f} s, {written} texts in sessions,"
            f" unfinished {unfinished}, {seen} questions seen; {dict(sorted(told.items()))};"
            f" wrong: {wrong or 'nothing'}",
            sep="\n",
        )
    return [*wrong, *(f"person {number} never came to the end" for number in unfinished)]


def main(
    *,
    seed: Annotated[int, typer.Option(help="What chance does.")] = 1,
    people: Annotated[int, typer.Option(min=1, max=100)] = 40,
    answers: Annotated[int, typer.Option(min=1, max=10)] = 4,
    kills: Annotated[int, typer.Option(min=0, max=20)] = 9,
    cancelled: Annotated[int, typer.Option(min=0, max=10)] = 3,
    to_coach: Annotated[int, typer.Option(min=0, max=10, help="Texts of each to the coach.")] = 2,
) -> None:
    """Plays one run; exit code 1 when something went wrong."""
    raise typer.Exit(
        bool(
            asyncio.run(play(seed, people=people, answers=answers, kills=kills, cancelled=cancelled, to_coach=to_coach))
        )
    )


if __name__ == "__main__":
    typer.run(main)
