"""Talks with the coach, recorded as sessions are."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import WorkflowHandle

from schema.coaching.deliveries import CoachReply, StepQuestion
from schema.deliveries import CrisisSupport, Insights, Notice
from tests.analyst import RehearsedAnalyst
from tests.coaching.talker import Talker
from tests.people.person import People, at_rest
from tests.replay.staging import Handle, scenario

DAY = timedelta(days=1)


async def talker(cast: People) -> Talker:
    """Somebody who has agreed, and whose session is over."""
    person = Talker(cast)
    await person.agrees()
    return person


async def exchange(person: Talker, text: str) -> None:
    """A text and its reply, come to rest."""
    await person.asks(text)
    await at_rest(person.talk)


@scenario
async def coach_talks(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Replies, another topic, and a day of silence at the end."""
    person = await talker(cast)
    await exchange(person, "I keep putting off a call to my brother.")
    await exchange(person, "We have not spoken since spring.")
    await person.begins_topic()
    await at_rest(person.talk)
    await exchange(person, "Today it is about money.")
    await person.is_silent_for(DAY)
    await person.talk.result()
    return person.talk


@scenario
async def coach_hears_danger(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Support alone, then a reply; an edit that came too late speaks of danger again."""
    person = await talker(cast)
    await person.says("I want to kill myself tonight.", message_id="7")
    await person.person.sees(CrisisSupport)
    await at_rest(person.talk)
    await exchange(person, "My sister came over. I am calmer now.")
    await person.edits("7", "I still want to kill myself.")
    await person.person.sees(CrisisSupport)
    return person.talk


@scenario
async def coach_gets_a_letter(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """A letter in two parts; then a reply waits for a channel that is away."""
    person = await talker(cast)
    await person.says("First of all, my sister moved in.", more_expected=True)
    await at_rest(person.talk)
    await exchange(person, "And she brought three cats.")
    cast.screens.refused = CoachReply
    await person.says("One of them sleeps on my laptop.")
    await at_rest(person.talk)
    cast.screens.refused = None
    await person.person.sees(CoachReply)
    return person.talk


@scenario
async def coach_meets_a_stranger(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Who has not agreed to anything yet."""
    person = Talker(cast)
    await person.says("Hello?")
    await person.person.sees(Notice)
    await at_rest(person.talk)
    await person.begins_topic()
    return person.talk


@scenario
async def memories_shown(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """A page of what is remembered, of which one was forgotten just before."""
    person = await talker(cast)
    await exchange(person, "I live in Berlin. My sister is called Anna.")
    listed = await person.lists_memories()
    await person.lists_memories(forget=listed.page.memories[0].memory_id)
    assert isinstance(person.listing, WorkflowHandle)
    await person.listing.result()
    return person.listing


@scenario
async def coach_is_corrected(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """A memory is put right, another is left as it is, and a third holds no more."""
    person = await talker(cast)
    await exchange(person, "I live in Berlin.")
    [berlin] = (await person.lists_memories()).page.memories
    await person.corrects(berlin.memory_id)
    await at_rest(person.talk)
    await person.taps_on(None)
    await person.person.sees(Notice)
    await at_rest(person.talk)
    await person.corrects(berlin.memory_id)
    await at_rest(person.talk)
    await exchange(person, "I live in Lyon.")
    await person.taps_on(berlin.memory_id)
    await person.person.sees(Notice)
    return person.talk


@scenario
async def coach_hears_outcome(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """What is told of a step leaves open how it went, which is asked; the next text says it."""
    person = await talker(cast)
    await person.agrees_on("call my brother")
    await at_rest(person.talk)
    await person.says("I called him.")
    await person.person.sees(StepQuestion)
    await at_rest(person.talk)
    await exchange(person, "It went well.")
    return person.talk


@scenario
async def coach_finds_insight(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Enough is said over two days; the next reply says that there is something to see."""
    person = await talker(cast)
    await finds_insight(person)
    return person.talk


@scenario
async def insight_denied(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """An insight is not true."""
    person = await talker(cast)
    await finds_insight(person)
    shown = await person.person.asks_for_profile("insights")
    (found,) = (await person.person.sees(Insights)).connections
    await shown.result()
    denied = await person.denies_insight(found.insight_id)
    await person.person.sees(Notice)
    await denied.result()
    return denied


async def finds_insight(person: Talker) -> None:
    """Somebody says so much that an insight is found."""
    for number in range(4):
        await exchange(person, f"It was horrible at work again, I felt awful ({number}).")
    await person.is_silent_for(DAY - timedelta(hours=4))
    await exchange(person, "The bus was late and full of tourists.")
    await person.is_silent_for(DAY - timedelta(hours=4))
    for number in range(3):
        await exchange(person, f"My work was too much and I felt sad ({number}).")
    await person.is_silent_for(timedelta(minutes=6))
    await at_rest(person.talk)
    assert (await person.asks("Good evening to you.")).insight_waits
    await at_rest(person.talk)
