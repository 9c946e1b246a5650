"""The buttons under a reply: the same said differently, what it missed, and enough for today."""

from __future__ import annotations

import pytest

from schema.coaching.deliveries import CoachReply
from schema.coaching.marks import ReplyMark
from schema.deliveries import Notice, NoticeCode
from tests.coaching.talker import Talker
from tests.people.person import People

TROUBLE = "I keep putting off a call to my brother, and I feel worse every week."


async def test_a_reply_is_said_differently_twice_and_never_in_the_same_words(anna: Talker, people: People) -> None:
    first = await anna.asks(TROUBLE)
    assert first.marks == list(ReplyMark)
    await anna.marks(first, ReplyMark.DIFFERENTLY)
    second = await anna.person.sees(CoachReply)
    assert ReplyMark.DIFFERENTLY in second.marks
    await anna.marks(second, ReplyMark.DIFFERENTLY)
    third = await anna.person.sees(CoachReply)
    assert ReplyMark.DIFFERENTLY not in third.marks
    moves = await people.pool.fetch(
        "SELECT moves FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'coach'", anna.user_ref
    )
    said = [move for row in moves for move in row["moves"]]
    assert len(said) == len(set(said)) >= 3
    # A third time, or under a reply that others follow, changes nothing.
    for reply in (third, first):
        await anna.marks(reply, ReplyMark.DIFFERENTLY)
        assert (await anna.person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
    assert len(await anna.kept()) == 4


async def test_a_reply_that_missed_is_followed_by_the_question_what_it_missed(anna: Talker) -> None:
    reply = await anna.asks(TROUBLE)
    await anna.marks(reply, ReplyMark.MISSED)
    asked = await anna.person.sees(CoachReply)
    assert asked.text.endswith("?")
    assert asked.marks == []
    correction = "It is not the call, it is what he will say about our mother."
    heard = await anna.asks(correction)
    assert await anna.kept() == [
        ("person", TROUBLE),
        ("coach", reply.text),
        ("coach", asked.text),
        ("person", correction),
        ("coach", heard.text),
    ]


async def test_who_has_had_enough_hears_one_line_without_a_question_once(anna: Talker, people: People) -> None:
    reply = await anna.asks(TROUBLE)
    update = await anna.marks(reply, ReplyMark.ENOUGH)
    last = await anna.person.sees(CoachReply)
    assert "?" not in last.text
    assert last.marks == []
    await anna.marks(reply, ReplyMark.ENOUGH, update_id=update)
    await anna.marks(reply, ReplyMark.ENOUGH)
    assert await anna.person.sees_nothing_more()
    kept = await people.pool.fetch("SELECT mark FROM coach_system.reply_marks WHERE user_ref = $1", anna.user_ref)
    assert [row["mark"] for row in kept] == ["enough"]


@pytest.mark.parametrize("mark", ReplyMark)
async def test_a_button_of_a_reply_that_is_gone_is_answered_kindly(anna: Talker, mark: ReplyMark) -> None:
    await anna.marks(None, mark)
    assert (await anna.person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
