"""A talk with the coach: every text is answered, once, crisis first, and nothing is kept of who has not agreed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio.client import WorkflowExecutionStatus

from schema.coaching.deliveries import CoachReply
from schema.deliveries import CrisisSupport, Goodbye, Notice, NoticeCode, SafetyQuestion
from tests.coaching.talker import Talker
from tests.people.person import PATIENCE, People
from tests.people.screens import Delay

DANGER = "I want to kill myself tonight"


async def test_a_text_gets_a_reply_and_both_are_kept(anna: Talker) -> None:
    reply = await anna.asks("I keep putting off a call to my brother.")
    assert reply.offline
    assert await anna.kept() == [("person", "I keep putting off a call to my brother."), ("coach", reply.text)]


async def test_a_redelivered_text_is_answered_once(anna: Talker) -> None:
    update = await anna.says("My week was long.")
    await anna.says("My week was long.", update_id=update)
    await anna.person.sees(CoachReply)
    assert await anna.person.sees_nothing_more()
    # Also by the next run of the workflow, which remembers nothing.
    await anna.is_silent_for(timedelta(hours=25))
    await asyncio.wait_for(anna.talk.result(), PATIENCE)
    await anna.says("My week was long.", update_id=update)
    await anna.asks("And I slept badly.")
    assert len(await anna.kept()) == 4


async def test_a_new_text_that_comes_with_a_redelivered_one_is_answered(anna: Talker) -> None:
    update = await anna.says("My week was long.")
    await anna.person.sees(CoachReply)
    await anna.is_silent_for(timedelta(hours=25))
    await asyncio.wait_for(anna.talk.result(), PATIENCE)
    await anna.says("My week was long.", update_id=update, more_expected=True)
    await anna.asks("And I slept badly.")
    assert len(await anna.kept()) == 4


async def test_texts_that_come_while_a_reply_is_on_its_way_are_answered_together(anna: Talker, people: People) -> None:
    people.screens.delays[anna.person.name] = Delay(CoachReply)
    await anna.says("I am tired of my job.")
    await anna.person.sees(CoachReply)
    await anna.says("My boss calls at night.")
    await anna.says("I never say no to him.")
    people.screens.release(anna.person.name)
    await anna.person.sees(CoachReply)
    assert await anna.person.sees_nothing_more()
    assert [speaker for speaker, _ in await anna.kept()].count("coach") == 2


async def test_a_long_letter_in_two_parts_gets_one_reply(anna: Talker) -> None:
    await anna.says("First of all, my sister moved in.", more_expected=True)
    await anna.says("And she brought three cats.")
    await anna.person.sees(CoachReply)
    assert await anna.person.sees_nothing_more()


async def test_danger_is_answered_by_support_alone(anna: Talker) -> None:
    await anna.says(DANGER)
    await anna.person.sees(CrisisSupport)
    await anna.person.sees(SafetyQuestion)
    assert await anna.person.sees_nothing_more()
    assert [speaker for speaker, _ in await anna.kept()] == ["person"]
    # What follows is answered again.
    await anna.asks("My sister came over. I am calmer now.")


async def test_who_is_under_eighteen_hears_a_goodbye_and_nothing_is_kept(anna: Talker, people: People) -> None:
    await anna.asks("My week was long.")
    await anna.says("I'm 15 and my mother reads my diary.")
    assert (await anna.person.sees(Goodbye)).reason == "underage"
    while (await anna.person.sees(Notice)).code is not NoticeCode.ERASED:
        pass
    assert await anna.kept() == []


async def test_who_has_not_agreed_is_told_so_and_nothing_is_kept(people: People) -> None:
    stranger = Talker(people)
    await stranger.says("Hello?")
    assert (await stranger.person.sees(Notice)).code is NoticeCode.NOT_BEGUN
    assert people.screens.last.user_ref is None
    await stranger.says(DANGER)
    await stranger.person.sees(CrisisSupport)
    assert await stranger.kept() == []


async def test_another_topic_begins_with_nothing_of_the_one_before(anna: Talker, people: People) -> None:
    await anna.asks("I keep putting off a call to my brother.")
    assert (await anna.begins_topic()).code is NoticeCode.TOPIC_BEGUN
    await anna.asks("Today it is about money.")
    talks = await people.pool.fetch(
        "SELECT c.conversation_id, count(*) AS messages FROM coach_system.conversations c"
        " JOIN coach_system.messages USING (conversation_id) WHERE c.user_ref = $1 GROUP BY 1",
        anna.user_ref,
    )
    assert [talk["messages"] for talk in talks] == [2, 2]
    recalled = await people.pool.fetchval(
        "SELECT cardinality(ids) FROM coach_system.recalled WHERE user_ref = $1 AND part = 'messages'"
        " ORDER BY cardinality(ids) DESC LIMIT 1",
        anna.user_ref,
    )
    assert recalled == 1


async def test_an_edit_counts_while_nobody_has_answered_and_danger_in_it_always(anna: Talker, people: People) -> None:
    people.screens.delays[anna.person.name] = Delay(CoachReply)
    await anna.says("Good morning.")
    await anna.person.sees(CoachReply)
    await anna.says("I argued with my father.", message_id="7")
    assert await anna.edits("7", "I argued with my mother.")
    people.screens.release(anna.person.name)
    await anna.person.sees(CoachReply)
    assert ("person", "I argued with my mother.") in await anna.kept()
    assert await anna.edits("7", DANGER)
    await anna.person.sees(CrisisSupport)


async def test_after_a_day_of_silence_the_workflow_rests_and_the_talk_goes_on_later(
    anna: Talker, people: People
) -> None:
    await anna.asks("I keep putting off a call to my brother.")
    await anna.is_silent_for(timedelta(hours=25))
    await asyncio.wait_for(anna.talk.result(), PATIENCE)
    assert (await anna.talk.describe()).status is WorkflowExecutionStatus.COMPLETED
    await anna.asks("I called him.")
    conversations = await people.pool.fetchval(
        "SELECT count(DISTINCT conversation_id) FROM coach_system.messages WHERE user_ref = $1", anna.user_ref
    )
    assert conversations == 1


async def test_a_reply_costs_at_most_thirty_events_and_fifteen_kilobytes(anna: Talker) -> None:
    await anna.asks("I keep putting off a call to my brother.")
    before = (await anna.talk.fetch_history()).events
    await anna.asks("We have not spoken since spring, and it was my fault, I think.")
    after = (await anna.talk.fetch_history()).events[len(before) :]
    assert len(after) <= 30
    assert sum(event.ByteSize() for event in after) <= 15 * 1024
    text = b"since spring"
    assert not any(text in event.SerializeToString() for event in after), "encrypted"
