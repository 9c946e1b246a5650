"""Replies of the coach in Telegram while they are written: drafts, a stop button, and one message in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from gateway.presentation.texts.texts import Texts
from gateway.telegram.send_rate import Rate, SendRate
from schema.onboarding.messages import SessionSettings
from tests import servers
from tests.coaching.rehearsed_writer import RehearsedWriter, workers_with
from tests.coaching.test_drafts import has_a_listener
from tests.keys import encryption
from tests.people.telegram_user import PATIENCE, TelegramTown, TelegramUser
from tests.talks import replies_to
from tests.telegram.bot_api import BotApi, Fault
from tests.telegram.conftest import AT_ONCE, HASTY, running_bot
from tests.telegram.test_bot_coach import has_no_questions_open
from workers.bootstrap import Parts

SAID = "I miss my brother."
ONE, TWO, THREE = "You miss him.", "How long has it been?", "Would you write to him?"


@dataclass
class Stage:
    """A town with a coach that writes as the test says, to one person."""

    town: TelegramTown
    writer: RehearsedWriter

    async def somebody_asks(self) -> TelegramUser:
        """Somebody writes to the coach, who is about to reply."""
        anna = await has_no_questions_open(self.town)
        self.writer.begun.clear()
        await anna.writes(SAID)
        async with asyncio.timeout(PATIENCE):
            await self.writer.begun.wait()
        return anna

    async def somebody_without_drafts_asks(self) -> TelegramUser:
        """The same, where Telegram refuses drafts; the first one has found out."""
        anna = await has_no_questions_open(self.town)
        anna.phone.chat.takes_drafts = False
        before = self.refusals
        await anna.writes(SAID)
        self.writer.says(ONE)
        await until(lambda: self.refusals > before)
        return anna

    @property
    def refusals(self) -> int:
        """How many drafts were refused."""
        return sum(refused.method == "sendMessageDraft" for refused in self.town.api.refused)

    async def has_kept(self, anna: TelegramUser, replies: int) -> None:
        """Waits until so many replies are kept."""
        async with asyncio.timeout(PATIENCE):
            while len(await replies_to(self.town.pool, anna.user_ref)) < replies:
                await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
async def stage(
    env: WorkflowEnvironment, pool: asyncpg.Pool, worker_pool: asyncpg.Pool, bot_pool: asyncpg.Pool, parts: Parts
) -> AsyncIterator[Stage]:
    """The town, in a namespace of its own."""
    skipper = await servers.namespace(env)
    client = await Client.connect(
        env.client.service_client.config.target_host,
        namespace=skipper.client.namespace,
        data_converter=encryption().data_converter,
        interceptors=encryption().for_channels,
        retry_config=HASTY,
    )
    pace = SendRate(AT_ONCE, AT_ONCE, AT_ONCE)
    async with (
        BotApi() as api,
        workers_with(client, worker_pool, parts) as writer,
        running_bot(client, bot_pool, api, pace=pace, session=SessionSettings(planned_questions=5)) as town,
    ):
        await has_a_listener(pool, "telegram")
        yield Stage(town, writer)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


def replies_on(anna: TelegramUser) -> list[str]:
    """The messages on the screen that the coach wrote after the goodbye of the session."""
    goodbye = Texts(anna.locale).say("goodbye-stopped")
    texts = [message.text for message in anna.phone.screen]
    return texts[next(at for at, text in enumerate(texts) if goodbye in text) + 1 :]


async def test_words_appear_while_they_are_written_and_then_stay_as_one_message(stage: Stage) -> None:
    anna = await stage.somebody_asks()
    assert anna.phone.typing, "shown at once"
    stage.writer.says(ONE)
    await until(lambda: anna.phone.drafts == [ONE])
    stage.writer.says(TWO)
    await until(lambda: anna.phone.drafts == [ONE, f"{ONE} {TWO}"])
    stage.writer.ends()
    await anna.phone.sees(f"{ONE} {TWO}")
    assert replies_on(anna) == [f"{ONE} {TWO}"]
    assert len({draft.id for draft in anna.phone.chat.drafts}) == 1
    assert anna.phone.chat.draft is None
    assert await replies_to(stage.town.pool, anna.user_ref) == [f"{ONE} {TWO}"]


async def test_the_stop_button_leaves_what_was_shown(stage: Stage) -> None:
    anna = await stage.somebody_asks()
    stage.writer.says(ONE)
    await until(lambda: anna.phone.drafts == [ONE])
    await anna.phone.stops()
    await anna.phone.sees(ONE)
    assert replies_on(anna) == [ONE]
    assert await replies_to(stage.town.pool, anna.user_ref) == [ONE]
    # Pressed once more, it stops nothing, as there is nothing.
    await anna.phone.stops_late()
    assert await anna.is_left_in_peace()


async def test_where_drafts_are_refused_one_message_grows_into_the_reply(stage: Stage) -> None:
    anna = await stage.somebody_without_drafts_asks()
    stage.writer.says(TWO)
    grown = await anna.phone.sees(f"{ONE} {TWO}")
    stage.writer.says(THREE)
    assert await anna.phone.sees(THREE) is grown
    stage.writer.ends()
    await stage.has_kept(anna, 1)
    assert await anna.is_left_in_peace()
    assert replies_on(anna) == [f"{ONE} {TWO} {THREE}"]
    rows = await stage.town.pool.fetch(
        "SELECT state, message_id FROM telegram_system.sends WHERE user_ref = $1 AND delivery_key LIKE 'coach:%'",
        anna.user_ref,
    )
    assert {tuple(row) for row in rows} == {("sent", grown.id)}, "the ledger knows of one message"
    # For the next reply, drafts are not tried again.
    refusals = stage.refusals
    await anna.writes("Since spring.")
    stage.writer.says(TWO)
    await anna.phone.sees(TWO)
    stage.writer.ends()
    await stage.has_kept(anna, 2)
    assert await anna.is_left_in_peace()
    assert replies_on(anna)[1:] == [TWO]
    assert stage.refusals == refusals


async def test_a_draft_that_telegram_does_not_answer_holds_up_no_reply(stage: Stage) -> None:
    anna = await stage.somebody_asks()
    held = Fault("sendMessageDraft", "hold", chat=anna.phone.id)
    stage.town.api.will(held)
    stage.writer.says(ONE)
    async with asyncio.timeout(PATIENCE):
        await held.holds.wait()
    stage.writer.says(TWO)
    stage.writer.ends()
    await anna.phone.sees(f"{ONE} {TWO}")
    assert anna.phone.drafts == [], "nothing was answered, and none is shown after the reply"
    held.released.set()


async def test_a_message_that_grows_is_waited_for_so_that_the_reply_comes_once(stage: Stage) -> None:
    anna = await stage.somebody_without_drafts_asks()
    slow = Fault("sendMessage", "late", chat=anna.phone.id)
    stage.town.api.will(slow)
    stage.writer.says(TWO)
    async with asyncio.timeout(PATIENCE):
        await slow.holds.wait()
    stage.writer.says(THREE)
    stage.writer.ends()
    await stage.has_kept(anna, 1)
    slow.released.set()
    await anna.phone.sees(THREE)
    assert await anna.is_left_in_peace()
    assert replies_on(anna) == [f"{ONE} {TWO} {THREE}"]


async def test_drafts_give_way_to_messages_and_no_message_waits_for_a_draft() -> None:
    anna, boris, clara = 1, 2, 3
    pace = SendRate(Rate(1, 3600), Rate(2, 3600), Rate(1, 3600))
    assert pace.allows_draft(anna)
    assert not pace.allows_draft(anna), "one a second in a chat"
    assert not pace.allows_draft(boris), "few in all chats together"
    await pace.wait(anna, patience=0)
    await pace.wait(boris, patience=0)
    pace = SendRate(Rate(1, 3600), Rate(2, 3600), Rate(9, 3600))
    await pace.wait(anna, patience=0)
    assert not pace.allows_draft(anna), "a message was just sent there"
    assert pace.allows_draft(boris)
    await pace.wait(boris, patience=0)
    assert not pace.allows_draft(clara), "messages need all there is"
    pace = SendRate()
    pace.pause_drafts(3600)
    assert not pace.allows_draft(anna)
    await pace.wait(anna, patience=0)
