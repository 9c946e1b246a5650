"""`python -m tests.people.remembered`: what the coach still knows of what people told it over five weeks.

Ten invented people a language write forty messages each, and then fifty questions a language ask for what was told:
what, of whom, when, what has changed, what was to be forgotten or left alone, and what was never told. Who wrote them
had not seen the code; the rules were widened beside what they failed at (`probes/tuned`). Two more people a language,
with twenty questions, are only measured (`probes/fresh`), and their answers are not printed.

Each message goes through the activities of a reply on a migrated PostgreSQL; each question is asked in the state after
the last message, whatever the others did. Beside it stands a coach that only sees the last twenty messages: the same
one, to whom nothing was said before them.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple, cast

import asyncpg
from asyncpg.transaction import Transaction
from temporalio.testing import ActivityEnvironment

from activities.ai.offline.coach_bank import Kind
from activities.ai.offline.coach_memory import day
from activities.safety.second_net import EncoderSecondNet, Net
from schema.account.consent import TALKS_SINCE
from schema.base_model import Model
from schema.coaching.activities import MessagesToHear, MessageToKeep, ReplyToPrepare, ReplyToWrite, WordsToRemember
from schema.person import PersonRef
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml
from tests import servers
from tests.keys import encryption
from workers.bootstrap import Parts, shipped_bank
from workers.database_roles import Role

FOLDER = Path(__file__).with_name("probes")
HALVES = ("tuned", "fresh")
WINDOW = 20
"""Messages of the person that the coach beside it sees."""
_BEGAN = datetime(2099, 4, 1, 19, tzinfo=UTC)
"""To come, so that the clock of the machine is always before it. No answer that is asked for names a day of April."""
_HONEST = frozenset({Kind.UNTOLD, Kind.FORGOTTEN, Kind.NOTHING_FORGOTTEN})
_UNKNOWN = frozenset({"forgotten", "never_told"})
_MANY_A_DAY = 1000


class Probe(Model):
    """A question about what was told, and how to tell a right answer from a false one."""

    ask: str
    kind: str
    expects: list[str]
    must_not: list[str]
    told_in: int | None = None
    source: str | None = None
    forget_in: int | None = None
    forget_request: str | None = None
    note: str | None = None
    """Of a probe for which the day of that week is right as well."""


class Remembered(Model):
    """A person, what they say week by week, and what they ask then."""

    name: str
    weeks: list[list[str]]
    probes: list[Probe]


class Outcome(StrEnum):
    """What became of a question."""

    RIGHT = "right"
    HONEST = "don't know"
    ASIDE = "not taken"
    """The coach did not take it as a question about what it knows, and said nothing of that."""
    WRONG = "wrong"


class Answer(NamedTuple):
    """A question with the coach's answer."""

    who: str
    probe: Probe
    text: str
    outcome: Outcome
    gone: bool | None = None
    """Of what was to be forgotten, whether it is recalled no more, whatever is asked."""


class _Reply(NamedTuple):
    text: str
    kinds: frozenset[Kind]


class OneConnection:
    """A connection in the place of a pool, so that all that activities do can be taken back."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        """The connection; a transaction on it is a part of the one that is open."""
        yield self._connection

    @asynccontextmanager
    async def taken_back(self) -> AsyncIterator[None]:
        """Nothing of what is done within it stays."""
        transaction: Transaction = self._connection.transaction()
        await transaction.start()
        try:
            yield
        finally:
            await transaction.rollback()


class Talk:
    """A person's talk with the offline coach, message by message."""

    def __init__(self, connection: OneConnection, net: Net, locale: Locale) -> None:
        pool = cast("asyncpg.Pool", connection)
        keys = encryption()
        held = EncoderSecondNet(pool, keys.columns, net)
        self._connection = connection
        self._parts = Parts.on(pool, keys, shipped_bank(), net=held, replies_a_day=_MANY_A_DAY)
        self._locale = locale
        self._ref = uuid.uuid4().hex[:16]
        self._said: dict[str, str] = {}

    async def agrees(self) -> None:
        """Lets what they say be kept."""
        await self._connection.execute(
            "INSERT INTO onboarding_system.people (user_ref, locale, consented_at, readers, consent_version)"
            " VALUES ($1, $2, now(), '{}', $3)",
            self._ref,
            self._locale,
            f"{TALKS_SINCE}/{self._locale}",
        )

    async def says(self, text: str, said_at: datetime) -> _Reply | None:
        """Says something; returns the reply, or None where danger is heard: that gets contacts, and is no memory."""
        reply_id = str(uuid.uuid4())
        message = MessageToKeep(update_id=reply_id, text=text, said_at=said_at)
        self._said[text] = reply_id
        heard = await self._parts.conversations.hear(
            MessagesToHear(user_ref=self._ref, reply_id=reply_id, messages=[message], locale=self._locale)
        )
        assert heard.conversation_id, "the person has agreed"
        assert not heard.reading.minor
        if heard.reading.crisis:
            return None
        named = {"user_ref": self._ref, "reply_id": reply_id}
        await self._parts.conversations.recall(
            ReplyToPrepare(**named, conversation_id=heard.conversation_id, locale=heard.locale)
        )
        running = ActivityEnvironment()
        written = await running.run(self._parts.coach.reply, ReplyToWrite(**named, locale=heard.locale))
        await self._parts.memory.remember(WordsToRemember(**named, locale=heard.locale))
        lines = await self._connection.fetchval(
            "SELECT moves FROM coach_system.messages WHERE message_id = $1", uuid.UUID(reply_id)
        )
        kinds = {kind for line in lines for kind in Kind if f".{kind}." in line}
        return _Reply(written.text, frozenset(kinds))

    async def is_gone(self, text: str) -> bool:
        """Whether a message is recalled no more; one that was never said is not there to be recalled."""
        set_aside = "SELECT set_aside_at IS NOT NULL FROM coach_system.messages WHERE update_id = $1"
        return text not in self._said or await self._connection.fetchval(set_aside, self._said[text])

    async def is_silent(self) -> None:
        """Lets so much time pass that what is always in mind is rebuilt."""
        await self._parts.memory.reflect(PersonRef(user_ref=self._ref))


def people(locale: Locale, half: str = "tuned") -> list[Remembered]:
    """The invented people of a language: `tuned`, beside whose failures rules were widened, or `fresh`."""
    read = read_yaml((FOLDER / half / f"{locale}.yaml").read_text(encoding="utf-8"))
    assert isinstance(read, list)
    return [Remembered.model_validate(each) for each in read]


async def answers(pool: asyncpg.Pool, net: Net, locale: Locale, who: Remembered, *, last: int | None) -> list[Answer]:
    """What the coach answers to a person's questions; `last` is how many of their messages it sees, None for all."""
    async with pool.acquire() as acquired:
        connection = OneConnection(acquired)
        async with connection.taken_back():
            talk = Talk(connection, net, locale)
            await talk.agrees()
            said = [(week, at, text) for week, texts in enumerate(who.weeks) for at, text in enumerate(texts)]
            for week, at, text in said[-last if last else 0 :]:
                await talk.says(text, _evening(week) + timedelta(minutes=10 * at))
                if text == who.weeks[week][-1]:
                    await talk.is_silent()
            found: list[Answer] = []
            for probe in who.probes:
                async with connection.taken_back():
                    gone = await talk.is_gone(probe.source) if probe.forget_request and probe.source else None
                    reply = await talk.says(probe.ask, _evening(len(who.weeks)))
                    answer = _answer(who.name, probe, reply or _Reply("", frozenset()), locale)
                    found.append(answer._replace(gone=gone))
            return found


def _evening(week: int) -> datetime:
    return _BEGAN + timedelta(weeks=week)


def _answer(who: str, probe: Probe, reply: _Reply, locale: Locale) -> Answer:
    expects = list(probe.expects)
    if probe.note and probe.told_in:
        expects.append(day(_evening(probe.told_in - 1).date(), locale))
    return Answer(who, probe, reply.text, _judged(probe, reply, expects))


def _judged(probe: Probe, reply: _Reply, expects: Sequence[str]) -> Outcome:
    if _holds(reply.text, probe.must_not):
        return Outcome.WRONG
    honest = bool(reply.kinds & _HONEST)
    # "Not" stands in many a line: of what was not told only that is right which says so.
    if honest if probe.kind in _UNKNOWN else _holds(reply.text, expects):
        return Outcome.RIGHT
    if Kind.REMEMBERED in reply.kinds:
        # True perhaps, but no answer to this.
        return Outcome.WRONG
    return Outcome.HONEST if honest else Outcome.ASIDE


def _holds(text: str, those: Sequence[str]) -> bool:
    return any(_plain(each) in _plain(text) for each in those)


def _plain(text: str) -> str:
    return text.replace("’", "'").casefold()


def forgotten(found: Sequence[Answer]) -> tuple[int, int]:
    """How much of what was to be forgotten is, and of how much."""
    asked = [answer.gone for answer in found if answer.gone is not None]
    return sum(asked), len(asked)


def table(found: Sequence[Answer]) -> Iterator[str]:
    """The figures, a line a kind of question."""
    count = Counter((answer.probe.kind, answer.outcome) for answer in found)
    kinds = sorted({kind for kind, _ in count})
    yield "| | " + " | ".join(Outcome) + " |"
    for kind in kinds:
        yield f"| {kind} | " + " | ".join(str(count[kind, outcome]) for outcome in Outcome) + " |"
    totals = Counter(answer.outcome for answer in found)
    yield "| all | " + " | ".join(str(totals[outcome]) for outcome in Outcome) + " |"
    yield "forgotten: {} of {}".format(*forgotten(found))


async def _print(locales: Sequence[Locale]) -> None:
    net = Net.loaded()
    async with servers.database() as address, asyncpg.create_pool(Role.WORKER.at(address), min_size=1) as pool:
        for locale, half, last in product(locales, HALVES, (None, WINDOW)):
            found = [
                answer for who in people(locale, half) for answer in await answers(pool, net, locale, who, last=last)
            ]
            seen = "all" if last is None else f"the last {last} messages"
            sys.stdout.write(f"\n{locale}, {half}, a coach that sees {seen}:\n" + "\n".join(table(found)) + "\n")
            # What the fresh half fails at is not read, or it would not be fresh.
            if last is None and half == "tuned":
                sys.stdout.write("\n".join(_aloud(answer) for answer in found) + "\n")


def _aloud(answer: Answer) -> str:
    probe = answer.probe
    told = "" if answer.outcome is Outcome.RIGHT else f"\n    told: {probe.source}; expected: {probe.expects[:4]}"
    return f"\n{answer.outcome}: {answer.who}, {probe.kind}: {probe.ask}\n    {answer.text}{told}"


def main() -> None:
    """Prints the figures and the answers of the languages that are named, or of both."""
    asyncio.run(_print([Locale(each) for each in sys.argv[1:]] or list(Locale)))


if __name__ == "__main__":
    main()
