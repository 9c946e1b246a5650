"""Danger in the middle of a talk gets contacts and no chatter; words that only sound like it get a reply."""

from __future__ import annotations

import pytest

from activities.safety.second_net import Net
from schema.coaching.deliveries import CoachReply
from schema.danger import DangerLevel
from schema.deliveries import CrisisSupport, SafetyQuestion
from tests.coaching.scripts import CrisisTalk, crisis_talks, fitting
from tests.coaching.talker import Talker
from tests.people.person import People
from workflows.analysis.rules.local_reading import read_locally

SOFTLY_HEARD = {"en_crisis_1", "ru_crisis_5", "ru_crisis_6"}
"""Dangers that bring a reply with a word of care and a button for help, and no contacts at once."""
NEEDLESSLY_HEARD = {"en_crisis_9", "ru_crisis_9"}
"""Jokes about dying that get contacts."""
HEARD_BEFORE = {"en_crisis_5"}
"""Talks that get contacts at their first words."""
AT_WORK = ("en_crisis_5", "en_crisis_12", "ru_crisis_1", "ru_crisis_10")


def named(talk: CrisisTalk) -> str:
    return talk.id


@pytest.mark.parametrize("talk", crisis_talks(), ids=named)
def test_danger_in_a_talk_is_heard_and_what_sounds_like_it_is_not(talk: CrisisTalk, net: Net) -> None:
    levels = [net.danger_in(text, read_locally(text, talk.locale).danger) for text in talk.turns]
    if talk.danger_turn is not None:
        danger = levels[talk.danger_turn - 1]
        assert danger is not None
        assert danger.level is (DangerLevel.SOFT if talk.id in SOFTLY_HEARD else DangerLevel.SURE)
    else:
        assert any(danger is not None and danger.sure for danger in levels) is (talk.id in NEEDLESSLY_HEARD)


@pytest.mark.parametrize("talk", [talk for talk in crisis_talks() if talk.id in AT_WORK], ids=named)
async def test_danger_gets_contacts_and_no_chatter(talk: CrisisTalk, people: People) -> None:
    talker = Talker(people, talk.locale)
    await talker.agrees()
    for turn, text in enumerate(talk.turns[: talk.danger_turn], 1):
        await talker.says(text)
        if turn == talk.danger_turn or talk.id in HEARD_BEFORE:
            await talker.person.sees(CrisisSupport)
            await talker.person.sees(SafetyQuestion)
        else:
            reply = await talker.person.sees(CoachReply)
            assert not fitting(talk.must_not, reply.text)
    assert await talker.person.sees_nothing_more()
    assert any(isinstance(message, CrisisSupport) for message in talker.person.seen) is talk.danger
