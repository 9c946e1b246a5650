"""Talks of 40 messages over five weeks, through the workflows and the database: `python -m tests.coaching.weeks`.

It prints them to be read aloud, and what of their checks holds; with a name, such as `nell`, one of them.

A workflow begins on the real clock, and the coach's ends after a day of silence. So between two weeks all that is kept
of the person is put back by a week: what was said is then as old as it would be.
"""

from __future__ import annotations

import asyncio
import sys
import textwrap
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import asyncpg

from activities.ai.prompts.prompts import coach_prompt
from activities.onboarding.question_store import store_bank
from activities.safety.second_net import EncoderSecondNet, Net
from schema.base_model import Model
from schema.coaching.activities import ReplyToWrite
from schema.coaching.agreements import StepAct
from schema.coaching.deliveries import CoachReply, StepAgreed, StepOutcome, StepProposal, StepQuestion
from schema.deliveries import CrisisSupport
from schema.onboarding.bank import load_bank
from tests import servers
from tests.coaching.scripts import LongTalk, long_talks
from tests.coaching.talker import Talker
from tests.keys import encryption
from tests.people.person import PATIENCE, People, at_rest
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine

WEEK = timedelta(days=7)
_MOMENTS = """
    SELECT c.table_schema || '.' || c.table_name AS place, array_agg(c.column_name::text) AS columns
    FROM information_schema.columns c
    JOIN information_schema.columns u USING (table_schema, table_name)
    WHERE c.table_schema IN ('coach_system') AND u.column_name = 'user_ref'
        AND c.data_type IN ('timestamp with time zone', 'date')
    GROUP BY 1
"""


@dataclass
class Said:
    """A message of the person, and what came of it."""

    week: int
    turn: int
    text: str
    reply: str
    """Empty where it got support."""
    reply_id: str = ""
    step: str | None = None


@dataclass
class Asked:
    """The question how a step went."""

    week: int
    what: str
    hour: int
    """By the person's own clock."""
    outcome: StepAct


@dataclass
class Course:
    """What came of a talk."""

    said: list[Said] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def reply(self, week: int, turn: int) -> str:
        """The reply to a message."""
        return next(said.reply for said in self.said if (said.week, said.turn) == (week, turn))

    def faults(self, talk: LongTalk) -> dict[str, list[str]]:
        """What is wrong with the replies, by check."""
        return {check.name: check.faults(self.reply(check.week, check.turn)) for check in talk.checks}


class WeeksOfTalk:
    """Takes a person through their talk."""

    def __init__(self, people: People, talk: LongTalk) -> None:
        self._people = people
        self._talk = talk
        self._open: list[str] = []
        """The steps that are agreed on."""
        self.talker = Talker(people, talk.locale)
        self.course = Course()

    async def hold(self) -> Course:
        """All weeks."""
        await self.talker.agrees_in_a_session()
        await self.talker.sets_contact(time_zone=self._talk.time_zone)
        for week, lines in enumerate(self._talk.weeks, 1):
            if week > 1:
                await self._week_passes(week)
            yes = False
            for turn, line in enumerate(lines, 1):
                yes = yes or line.agrees
                said = await self._says(week, turn, line.say)
                if said.step and yes:
                    await self._agrees(said.step)
        return self.course

    async def given(self, parts: Parts, week: int) -> str:
        """What a language model would have been given for the last reply of a week."""
        said = next(said for said in reversed(self.course.said) if said.week == week and said.reply_id)
        locale = self._talk.locale
        asked = ReplyToWrite(user_ref=self.talker.user_ref, reply_id=said.reply_id, locale=locale)
        return coach_prompt(locale).request(await parts.conversations._recall.context(asked))

    async def _says(self, week: int, turn: int, text: str) -> Said:
        person, before = self.talker.person, len(self.talker.person.seen)
        await self.talker.says(text)
        while not isinstance(answer := await person.sees(Model), CoachReply | CrisisSupport):
            pass
        await at_rest(self.talker.talk)
        news = person.glances()[before:]
        step = next((message.agreement_id for message in news if isinstance(message, StepProposal)), None)
        reply = answer if isinstance(answer, CoachReply) else None
        said = Said(week, turn, text, reply.text if reply else "", reply.reply_id if reply else "", step)
        self.course.said.append(said)
        return said

    async def _agrees(self, agreement_id: str) -> None:
        await self.talker.acts(agreement_id, StepAct.AGREE)
        await self.talker.person.sees(StepAgreed)
        self._open.append(agreement_id)

    async def _week_passes(self, week: int) -> None:
        """The steps of last week are asked about, the talk rests, and all that was is a week ago."""
        failed = any(line.tells_of_failure for line in self._talk.weeks[week - 1])
        for agreement_id in self._open:
            await self._is_asked(agreement_id, week - 1, StepAct.FAILED if failed else StepAct.WORKED)
        self._open.clear()
        await at_rest(self.talker.talk)
        await self.talker.is_silent_for(timedelta(hours=25))
        await asyncio.wait_for(self.talker.talk.result(), PATIENCE)
        await put_back(self._people.pool, self.talker.user_ref, WEEK)

    async def _is_asked(self, agreement_id: str, week: int, outcome: StepAct) -> None:
        follow_up = self.talker.follow_up(agreement_id)
        await at_rest(follow_up)
        await self._people.env.fast_forward(follow_up, timedelta(days=4))
        question = await self.talker.person.sees(StepQuestion)
        hour = await self._people.pool.fetchval(
            "SELECT extract(hour FROM asked_at AT TIME ZONE $2)::int FROM coach_system.agreements"
            " WHERE agreement_id = $1",
            UUID(agreement_id),
            self._talk.time_zone,
        )
        await self.talker.acts(agreement_id, outcome)
        await self.talker.person.sees(StepOutcome)
        await asyncio.wait_for(follow_up.result(), PATIENCE)
        self.course.asked.append(Asked(week, question.what, hour, outcome))


async def put_back(pool: asyncpg.Pool, user_ref: str, time: timedelta) -> None:
    """Makes all that is kept of a person's talks older."""
    for row in await pool.fetch(_MOMENTS):
        older = ", ".join(f"{column} = ({column} - $2::interval)" for column in row["columns"])
        await pool.execute(f"UPDATE {row['place']} SET {older} WHERE user_ref = $1", user_ref, time)


async def main() -> None:
    """Holds the talks whose names are given, or all, and prints them."""
    wanted = sys.argv[1:]
    bank = load_bank()
    async with AsyncExitStack() as stack:
        env = await stack.enter_async_context(servers.temporal())
        database = await stack.enter_async_context(servers.database())
        pool = await stack.enter_async_context(asyncpg.create_pool(database))
        await store_bank(pool, bank)
        net = EncoderSecondNet(pool, encryption().columns, Net.loaded())
        parts = Parts.on(pool, encryption(), bank, net=net)
        await stack.enter_async_context(workers_of(env.client, parts, Engine(), sandbox=False))
        people = await stack.enter_async_context(People(env, pool))
        for talk in long_talks():
            if not wanted or any(name in talk.id for name in wanted):
                weeks = WeeksOfTalk(people, talk)
                _print(talk, await weeks.hold())
                sys.stdout.write(f"\nWhat a model is given for the last reply:\n{await weeks.given(parts, 5)}\n")


def _print(talk: LongTalk, course: Course) -> None:
    lines = [f"\n{'=' * 20} {talk.id}"]
    for said in course.said:
        if said.turn == 1:
            lines += [
                f"\n-- week {said.week}",
                *(f"   [{a.hour} o'clock: {a.what}? {a.outcome}]" for a in course.asked if a.week + 1 == said.week),
            ]
        lines += [
            _filled("> ", said.text),
            _filled("  ", said.reply or "[support]"),
            *(["  [a step]"] if said.step else []),
        ]
    faults = course.faults(talk)
    lines += ["", f"{sum(not found for found in faults.values())} of {len(faults)} checks hold"]
    lines += [f"  {name}: {'; '.join(found)}" for name, found in faults.items() if found]
    sys.stdout.write("\n".join(lines) + "\n")


def _filled(mark: str, text: str) -> str:
    return textwrap.fill(text, 110, initial_indent=mark, subsequent_indent="  ")


if __name__ == "__main__":
    asyncio.run(main())
