"""A reply is shown while it is written, costs no more history for that, and ends when the person stops it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment

from activities.coaching.drafts import PostgresDraftFeed
from schema.coaching.deliveries import CoachReply
from schema.coaching.drafts import draft_id
from schema.coaching.messages import ReplyStopped
from schema.deliveries import Notice, NoticeCode
from tests import servers
from tests.coaching.rehearsed_writer import RehearsedWriter, workers_with
from tests.coaching.talker import Talker
from tests.coaching.test_drafts import Screen, has_a_listener, until
from tests.keys import encryption
from tests.people.person import PATIENCE, People, at_rest
from workers.bootstrap import Parts
from workflows.coaching.conversation import CoachConversation


@dataclass
class Stage:
    """Somebody who talks to a coach that writes as the test says, and the screen on which they see it write."""

    anna: Talker
    writer: RehearsedWriter
    screen: Screen

    async def shows(self, *sentences: str) -> None:
        """The coach writes these sentences; returns when they are on the screen."""
        for sentence in sentences:
            self.writer.says(sentence)
        await until(lambda: self.screen.texts[-1:] != [] and self.screen.texts[-1].endswith(sentences[-1]))

    async def stops(self, draft: int | None) -> None:
        """The person stops the reply."""
        await self.anna.talk.signal(CoachConversation.stop, ReplyStopped(draft=draft))


@pytest.fixture
async def stage(
    env: WorkflowEnvironment, pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, parts: Parts
) -> AsyncIterator[Stage]:
    """The stage, in a namespace of its own."""
    skipper = await servers.namespace(env)
    async with workers_with(skipper.client, worker_pool, parts) as writer, People(skipper, pool) as cast:
        screen, feed = Screen(), PostgresDraftFeed(bot_pool, encryption().columns)
        following = asyncio.create_task(feed.follow(cast.queue, screen.show))
        await has_a_listener(pool, cast.queue)
        anna = Talker(cast)
        await anna.agrees()
        yield Stage(anna, writer, screen)
        following.cancel()
        await asyncio.wait([following])


async def test_what_is_shown_begins_the_reply_and_history_holds_none_of_it(stage: Stage) -> None:
    await stage.anna.says("I miss my brother.")
    await stage.shows("You miss him.")
    await stage.shows("How long has it been?", "Would you write to him?")
    stage.writer.ends()
    reply = await stage.anna.person.sees(CoachReply)
    assert reply.text == "You miss him. How long has it been? Would you write to him?"
    assert len(stage.screen.drafts) >= 2
    assert all(reply.text.startswith(shown) for shown in stage.screen.texts)
    assert {draft.reply_id for draft in stage.screen.drafts} == {reply.reply_id}
    assert await stage.anna.kept() == [("person", "I miss my brother."), ("coach", reply.text)]
    await at_rest(stage.anna.talk)
    events = (await stage.anna.talk.fetch_history()).events
    assert len(events) <= 30
    assert sum(event.ByteSize() for event in events) <= 15 * 1024


async def test_an_attempt_that_breaks_off_is_replaced_by_the_next(stage: Stage) -> None:
    await stage.anna.says("I miss my brother.")
    await stage.shows("You miss him.")
    stage.writer.breaks_off()
    await stage.shows("It hurts.")
    stage.writer.ends()
    reply = await stage.anna.person.sees(CoachReply)
    assert reply.text == "It hurts."
    first, last = stage.screen.drafts
    assert (first.text, last.text) == ("You miss him.", "It hurts.")
    assert first.number < last.number


async def test_a_stopped_reply_is_what_was_shown_of_it(stage: Stage) -> None:
    await stage.anna.says("I miss my brother.")
    await stage.shows("You miss him.", "How long has it been?")
    await stage.stops(draft_id(stage.screen.drafts[-1].reply_id))
    reply = await stage.anna.person.sees(CoachReply)
    assert (reply.text, reply.offline) == ("You miss him. How long has it been?", False)
    assert (await stage.anna.kept())[-1] == ("coach", reply.text)
    # Whoever presses the button late stops no other reply.
    await stage.anna.says("Since spring.")
    await stage.shows("That is long.")
    await stage.stops(draft_id(reply.reply_id))
    await stage.shows("What happened?")
    stage.writer.ends()
    assert (await stage.anna.person.sees(CoachReply)).text == "That is long. What happened?"
    events = (await stage.anna.talk.fetch_history()).events
    assert sum(event.HasField("activity_task_cancel_requested_event_attributes") for event in events) == 1
    assert await stage.anna.replays()


async def test_a_reply_that_is_stopped_before_its_first_sentence_is_none(stage: Stage) -> None:
    await stage.anna.says("I miss my brother.")
    async with asyncio.timeout(PATIENCE):
        await stage.writer.begun.wait()
    await stage.stops(None)
    assert (await stage.anna.person.sees(Notice)).code is NoticeCode.REPLY_STOPPED
    assert await stage.anna.kept() == [("person", "I miss my brother.")]
    # With nothing to stop, nothing happens.
    await stage.stops(None)
    await stage.anna.says("I do.")
    await stage.shows("Tell me.")
    stage.writer.ends()
    assert (await stage.anna.person.sees(CoachReply)).text == "Tell me."
    assert await stage.anna.replays()
