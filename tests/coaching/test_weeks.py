"""Talks over five weeks: what was told in the first is known in the last, and what failed is not proposed again.

`python -m tests.coaching.weeks` prints the talks, to be read aloud; docs/models.md has what of their checks holds.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from schema.coaching.agreements import StepAct
from schema.coaching.deliveries import CoachReply
from schema.deliveries import CrisisSupport
from tests.coaching.scripts import LongTalk, long_talks
from tests.coaching.weeks import WeeksOfTalk, put_back
from tests.people.person import People
from workers.bootstrap import Parts

HOLD = {"en_talk_nell": 6, "en_talk_omar": 5, "ru_talk_ksyusha": 5, "ru_talk_pyotr": 8}
"""Of 42 checks, so many hold at the least with the offline coach; more may."""


def named(talk: LongTalk) -> str:
    return talk.id


async def is_sound(people: People, weeks: WeeksOfTalk, talk: LongTalk) -> None:
    """Whatever was said: each message is answered once, nothing is remembered twice, and questions come by day."""
    course, talker = weeks.course, weeks.talker
    messages = sum(map(len, talk.weeks))
    answers = [m for m in talker.person.glances() if isinstance(m, CoachReply | CrisisSupport)]
    assert len(answers) == len(course.said) == messages
    replies = [said.reply_id for said in course.said if said.reply_id]
    assert len(set(replies)) == len(replies)
    kept = Counter(speaker for speaker, _ in await talker.kept())
    assert (kept["person"], kept["coach"]) == (messages, len(replies))
    assert all(9 <= asked.hour < 21 for asked in course.asked)
    told = await people.pool.fetch(
        "SELECT message_id, count(*) - count(DISTINCT quote) AS twice FROM coach_system.memories WHERE user_ref = $1"
        " GROUP BY 1",
        talker.user_ref,
    )
    assert not any(row["twice"] for row in told)
    failed = {asked.what for asked in course.asked if asked.outcome is StepAct.FAILED}
    proposed = await people.pool.fetchval(
        "SELECT count(*) FROM coach_system.agreements WHERE user_ref = $1 AND status = 'failed'", talker.user_ref
    )
    assert proposed == len(failed)


@pytest.mark.long
@pytest.mark.parametrize("talk", long_talks(), ids=named)
async def test_forty_messages_over_five_weeks(people: People, parts: Parts, talk: LongTalk) -> None:
    weeks = WeeksOfTalk(people, talk)
    course = await weeks.hold()
    await is_sound(people, weeks, talk)
    holds = [name for name, faults in course.faults(talk).items() if not faults]
    assert len(holds) >= HOLD[talk.id]
    # What may not be said is said nowhere, whatever else is missing.
    assert not any("says “" in fault for faults in course.faults(talk).values() for fault in faults)
    # A language model is given what failed in the second week when it writes in the last.
    given = await weeks.given(parts, 5)
    assert all(asked.what in given for asked in course.asked if asked.outcome is StepAct.FAILED)


async def test_a_step_that_failed_is_known_the_week_after(people: People) -> None:
    whole = next(talk for talk in long_talks() if talk.id == "ru_talk_pyotr")
    talk = whole.model_copy(update={"weeks": [whole.weeks[0][3:6], whole.weeks[1][:1], whole.weeks[2][1:2]]})
    weeks = WeeksOfTalk(people, talk)
    course = await weeks.hold()
    await is_sound(people, weeks, talk)
    assert [(asked.week, asked.outcome) for asked in course.asked] == [(1, StepAct.FAILED)]
    assert course.asked[0].what == "С понедельника пульт в шкаф до девяти вечера"
    # Nothing of it is proposed again; that it has been tried is said.
    last = course.said[-1]
    assert last.step is None
    assert "с понедельника пульт в шкаф" in last.reply.casefold() or "уже пробовали" in last.reply


async def test_what_is_put_back_is_older_by_as_much(people: People) -> None:
    talk = next(talk for talk in long_talks() if talk.id == "en_talk_nell")
    weeks = WeeksOfTalk(people, talk.model_copy(update={"weeks": [talk.weeks[0][:1]]}))
    await weeks.hold()
    said_at = "SELECT min(said_at) FROM coach_system.messages WHERE user_ref = $1"
    before = await people.pool.fetchval(said_at, weeks.talker.user_ref)
    await put_back(people.pool, weeks.talker.user_ref, timedelta(days=7))
    assert before - await people.pool.fetchval(said_at, weeks.talker.user_ref) == timedelta(days=7)
