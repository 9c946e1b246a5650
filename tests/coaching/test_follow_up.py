"""Steps that a person and the coach agree on, and the question some days later how it went."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from temporalio.client import WorkflowExecutionStatus

from schema.coaching.agreements import HoursAwake, StepAct
from schema.coaching.deliveries import (
    StepAgreed,
    StepNoted,
    StepOutcome,
    StepProposal,
    StepQuestion,
    ZoneKept,
    ZoneQuestion,
)
from schema.deliveries import Notice, NoticeCode
from schema.encrypted_columns import STEP_NOTICE, STEP_WHY
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.keys import readable
from tests.people.person import PATIENCE, People, at_rest

DAY = timedelta(days=1)
WAY_TO_A_STEP = (
    "I keep putting off a call to my brother.",
    "It hurts, we have not spoken since spring.",
    "Once at Christmas it was easier.",
    "I want us to talk again.",
    "I tried writing to him.",
    "My wife is there for me.",
    "4",
    "It would be 5 if I called him once.",
    "I could call my brother on Sunday.",
    "If we laugh once.",
)


async def kept_row(people: People, agreement_id: str) -> asyncpg.Record:
    row = await people.pool.fetchrow(
        "SELECT * FROM coach_system.agreements WHERE agreement_id = $1", UUID(agreement_id)
    )
    assert row is not None
    return row


async def kept(people: People, agreement_id: str) -> dict[str, Any]:
    return dict(await kept_row(people, agreement_id))


async def passes(anna: Talker, people: People, agreement_id: str, time: timedelta) -> None:
    """Lets time pass while a follow-up waits."""
    follow_up = anna.follow_up(agreement_id)
    await at_rest(follow_up)
    await people.env.fast_forward(follow_up, time)
    await at_rest(follow_up)


async def ends(anna: Talker, agreement_id: str) -> None:
    await asyncio.wait_for(anna.follow_up(agreement_id).result(), PATIENCE)


async def test_a_step_that_the_person_names_is_agreed_on_asked_about_and_remembered(
    anna: Talker, people: People
) -> None:
    for text in WAY_TO_A_STEP:
        await anna.asks(text)
    proposal = await anna.person.sees(StepProposal)
    assert proposal.what == "I could call my brother on Sunday"
    agreement_id = proposal.agreement_id
    await anna.acts(agreement_id, StepAct.AGREE)
    agreed = await anna.person.sees(StepAgreed)
    assert 9 <= agreed.due.at.hour < 21
    assert agreed.due.assumed
    assert agreed.due.zone == "Europe/London"
    await anna.person.sees(ZoneQuestion)
    row = await kept(people, agreement_id)
    said = await readable([await kept_row(people, agreement_id)], STEP_WHY, STEP_NOTICE, by=people.keys)
    assert [(step["why"], step["notice"]) for step in said] == [("I want us to talk again", "If we laugh once")]
    assert row["due_at"] >= row["agreed_at"] + 3 * DAY
    assert "brother" not in row["what"], "encrypted"
    await passes(anna, people, agreement_id, 4 * DAY)
    assert (await anna.person.sees(StepQuestion)).what == proposal.what
    await anna.acts(agreement_id, StepAct.FAILED)
    assert (await anna.person.sees(StepOutcome)).status == "failed"
    await ends(anna, agreement_id)
    assert (await kept(people, agreement_id))["status"] == "failed"
    # The next reply knows.
    await anna.asks("He did not pick up.")
    recalled = await people.pool.fetch(
        "SELECT ids FROM coach_system.recalled WHERE user_ref = $1 AND part = 'failed'", anna.user_ref
    )
    assert [agreement_id] in [row["ids"] for row in recalled]
    history = await anna.follow_up(agreement_id).fetch_history()
    assert not any(b"my brother" in event.SerializeToString() for event in history.events), "encrypted"


async def test_how_a_step_went_is_told_in_a_talk_and_then_not_asked_for(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("call my brother")
    await anna.asks("I called my brother, it went well.")
    noted = await anna.person.sees(StepNoted)
    assert (noted.what, noted.status) == ("call my brother", "worked")
    assert (await kept(people, agreement_id))["status"] == "worked"
    # Heard wrongly: the step is open again, and asked about.
    await anna.acts(agreement_id, StepAct.REOPEN)
    assert (await anna.person.sees(StepAgreed)).moved
    assert (await kept(people, agreement_id))["status"] == "agreed"
    # What leaves it open is asked about at once, and then a word is enough.
    await anna.says("I called him.")
    assert (await anna.person.sees(StepQuestion)).what == "call my brother"
    await anna.asks("Well, it didn't work.")
    assert (await anna.person.sees(StepNoted)).status == "failed"
    seen = len(anna.person.glances())
    await passes(anna, people, agreement_id, 4 * DAY)
    await ends(anna, agreement_id)
    assert not any(isinstance(message, StepQuestion) for message in anna.person.glances()[seen:])


async def test_who_says_no_is_not_asked(anna: Talker, people: People) -> None:
    await anna.asks("I could write to him.")
    agreement_id = await anna.is_proposed("write to him")
    await anna.acts(agreement_id, StepAct.DECLINE)
    assert (await anna.person.sees(Notice)).code is NoticeCode.STEP_DECLINED
    await ends(anna, agreement_id)
    assert (await kept(people, agreement_id))["status"] == "declined"


async def test_a_step_is_moved_and_dropped_and_listed(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    due = (await kept(people, agreement_id))["due_at"]
    update = await anna.acts(agreement_id, StepAct.MOVE_WEEK)
    assert (await anna.person.sees(StepAgreed)).moved
    # A redelivered tap moves nothing more.
    await anna.acts(agreement_id, StepAct.MOVE_WEEK, update_id=update)
    await at_rest(anna.follow_up(agreement_id))
    moved = (await kept(people, agreement_id))["due_at"]
    assert timedelta(days=6, hours=23) <= moved - due <= timedelta(days=7, hours=13)
    await passes(anna, people, agreement_id, 5 * DAY)
    assert (await kept(people, agreement_id))["asked_at"] is None
    assert [step.what for step in (await anna.lists_steps()).steps] == ["write to him"]
    await anna.acts(agreement_id, StepAct.CANCEL)
    while (await anna.person.sees(Notice)).code is not NoticeCode.STEP_CANCELLED:
        pass
    await ends(anna, agreement_id)
    assert (await anna.lists_steps()).steps == []
    # A button that is left on the screen changes nothing any more.
    await anna.acts(agreement_id, StepAct.WORKED)
    assert (await anna.person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD
    await ends(anna, agreement_id)


async def test_of_two_steps_of_one_day_one_is_asked_about_the_next_day(anna: Talker, people: People) -> None:
    first, second = await anna.agrees_on("write to him"), await anna.agrees_on("sleep by eleven")
    await people.pool.execute(
        "UPDATE coach_system.agreements SET due_at = (SELECT max(due_at) FROM coach_system.agreements"
        " WHERE user_ref = $1) WHERE user_ref = $1",
        anna.user_ref,
    )
    # Each has a clock of its own, so both come to the same day.
    for agreement_id in (first, second):
        await passes(anna, people, agreement_id, 5 * DAY)
    one, other = [(await kept(people, each))["asked_at"] for each in (first, second)]
    assert (other.date() - one.date()).days == 1


async def test_nothing_comes_unasked_while_it_is_to_be_quiet(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    await anna.sets_contact(toggle_quiet=True)
    while (await anna.person.sees(Notice)).code is not NoticeCode.QUIET:
        pass
    await passes(anna, people, agreement_id, 6 * DAY)
    assert (await kept(people, agreement_id))["asked_at"] is None
    assert (await anna.lists_steps()).quiet
    await anna.sets_contact(toggle_quiet=True)
    assert (await anna.person.sees(Notice)).code is NoticeCode.NOT_QUIET
    await passes(anna, people, agreement_id, 2 * DAY)
    assert await anna.person.sees(StepQuestion)


@pytest.mark.parametrize("zone", ["Asia/Vladivostok", "America/Los_Angeles"])
async def test_it_asks_in_the_waking_hours_of_the_persons_own_clock(people: People, zone: str) -> None:
    boris = Talker(people, Locale.RU)
    await boris.agrees()
    await boris.sets_contact(time_zone=zone)
    assert (await boris.person.sees(ZoneKept)).now.zone == zone
    await boris.sets_contact(hours=HoursAwake(wakes_at=18, sleeps_at=20))
    assert (await boris.person.sees(ZoneKept)).hours == HoursAwake(wakes_at=18, sleeps_at=20)
    agreement_id = await boris.agrees_on("лечь до полуночи")
    await passes(boris, people, agreement_id, 5 * DAY)
    asked_at = (await kept(people, agreement_id))["asked_at"]
    hour = await people.pool.fetchval("SELECT extract(hour FROM $1::timestamptz AT TIME ZONE $2)", asked_at, zone)
    assert 18 <= hour < 20
    assert not [m for m in boris.person.seen if isinstance(m, ZoneQuestion)], "it is known"


async def test_the_zone_is_asked_for_once(anna: Talker) -> None:
    await anna.agrees_on("write to him")
    await anna.person.sees(ZoneQuestion)
    await anna.agrees_on("sleep by eleven")
    assert await anna.person.sees_nothing_more()


async def test_it_ends_when_the_bot_is_blocked(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    people.screens.gone.add(anna.person.name)
    await passes(anna, people, agreement_id, 5 * DAY)
    await ends(anna, agreement_id)


async def test_a_channel_that_was_away_brings_the_question_later(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    row = await kept(people, agreement_id)
    people.screens.refused = StepQuestion
    # Until it has been tried for some minutes: time that is skipped makes each attempt as dear as a real one.
    await passes(anna, people, agreement_id, row["due_at"] - row["agreed_at"] + timedelta(minutes=6))
    people.screens.refused = None
    await passes(anna, people, agreement_id, 2 * DAY)
    await anna.person.sees(StepQuestion)
    assert await anna.person.sees_nothing_more()


async def test_who_does_not_answer_is_left_alone_and_may_still_answer(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    await passes(anna, people, agreement_id, 4 * DAY)
    await anna.person.sees(StepQuestion)
    await passes(anna, people, agreement_id, 15 * DAY)
    await ends(anna, agreement_id)
    assert await anna.person.sees_nothing_more()
    await anna.acts(agreement_id, StepAct.WORKED)
    assert (await anna.person.sees(StepOutcome)).status == "worked"
    await ends(anna, agreement_id)


async def test_who_has_lately_spoken_of_danger_is_not_asked_about_steps(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    row = await kept(people, agreement_id)
    await people.pool.execute(
        "UPDATE coach_system.messages SET crisis = text, said_at = $2 WHERE user_ref = $1 AND speaker = 'person'",
        anna.user_ref,
        row["due_at"] - DAY,
    )
    await passes(anna, people, agreement_id, 5 * DAY)
    assert (await kept(people, agreement_id))["asked_at"] is None
    await passes(anna, people, agreement_id, 6 * DAY)
    await anna.person.sees(StepQuestion)


async def test_an_erasure_ends_it(anna: Talker, people: People) -> None:
    agreement_id = await anna.agrees_on("write to him")
    follow_up = anna.follow_up(agreement_id)
    await at_rest(follow_up)
    running = (await follow_up.describe()).status
    assert running is WorkflowExecutionStatus.RUNNING
    await anna.person.asks_to_be_erased()
    while (await anna.person.sees(Notice)).code is not NoticeCode.ERASED:
        pass
    assert not await people.pool.fetchval(
        "SELECT count(*) FROM coach_system.agreements WHERE user_ref = $1", anna.user_ref
    )


@pytest.mark.parametrize(
    ("word", "status", "shown"), [("Yes, agreed.", "agreed", StepAgreed), ("No", "declined", Notice)]
)
async def test_a_word_counts_like_the_button(
    anna: Talker, people: People, word: str, status: str, shown: type[StepAgreed | Notice]
) -> None:
    await anna.asks("I think of this: call my brother.")
    agreement_id = await anna.is_proposed("call my brother")
    update_id = await anna.says(word)
    await anna.person.sees(shown)
    assert (await kept(people, agreement_id))["status"] == status
    # It got no reply beside, nor does it get one when it comes again.
    await anna.says(word, update_id=update_id)
    await at_rest(anna.talk)
    assert [text for speaker, text in await anna.kept() if speaker == "person"][-1] == word
    assert (await anna.kept())[-1] == ("person", word)


async def test_a_yes_to_something_else_agrees_on_nothing(anna: Talker, people: People) -> None:
    await anna.asks("I think of this: call my brother.")
    agreement_id = await anna.is_proposed("call my brother")
    await anna.asks("It rained all day.")
    await anna.asks("Yes")
    assert (await kept(people, agreement_id))["status"] == "proposed"
