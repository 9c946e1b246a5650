"""Long polling, as Telegram and operators see it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update
from temporalio.service import RPCError, RPCStatusCode

from gateway.telegram.app import connected
from gateway.telegram.bot_api import BotApiSession
from gateway.telegram.inbound.polling import Polling
from gateway.telegram.inbound.update_handler import UpdateHandler
from schema.operator_error import OperatorError
from tests.people.telegram_user import PATIENCE, until
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import SOON, RunsBot, telegram_settings


class Heard(UpdateHandler):
    """An updates that notes what it takes, and fails where a test says so."""

    def __init__(self, bot: Bot, handle: Callable[[str], object] = lambda _: None) -> None:
        self._bot = bot
        self._handle = handle
        self.begun: list[str] = []
        self.taken: list[str] = []

    async def handle(self, update: Update) -> None:
        assert update.message is not None
        text = update.message.text or ""
        self.begun.append(text)
        result = self._handle(text)
        if isinstance(result, asyncio.Event):
            await result.wait()
        self.taken.append(text)


@pytest.fixture
async def bot(api: BotApi) -> Bot:
    return Bot(api.token, session=BotApiSession(api=TelegramAPIServer.from_base(api.url)))


class Listener:
    """Polls into an updates until it is told to leave."""

    def __init__(self, bot: Bot, updates: UpdateHandler) -> None:
        self._bot = bot
        self._leaving = asyncio.Event()
        self._running = asyncio.create_task(Polling(bot, updates, self._leaving, try_again=SOON).run())

    async def leaves(self) -> None:
        self._leaving.set()
        await asyncio.wait_for(self._running, PATIENCE)
        await self._bot.session.close()


def away(*texts: str) -> Callable[[str], None]:
    """Fails for each of these texts once, as when Temporal is away."""
    left = list(texts)

    def handle(text: str) -> None:
        if text in left:
            left.remove(text)
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    return handle


async def test_a_chat_is_heard_in_order_and_others_beside_it(api: BotApi, bot: Bot) -> None:
    slow = asyncio.Event()
    anna, boris = api.person(1001), api.person(1002)
    for text in ("anna 1", "anna 2", "anna 3"):
        await anna.writes(text)
    await boris.writes("boris 1")
    updates = Heard(bot, lambda text: slow if text == "anna 1" else None)
    listener = Listener(bot, updates)
    await until(lambda: updates.taken == ["boris 1"])
    assert updates.begun == ["anna 1", "boris 1"]
    slow.set()
    await until(lambda: updates.taken == ["boris 1", "anna 1", "anna 2", "anna 3"])
    await listener.leaves()


async def test_what_fails_is_tried_again_before_what_comes_after_it(api: BotApi, bot: Bot) -> None:
    anna = api.person(1001)
    await anna.writes("first")
    await anna.writes("second")
    updates = Heard(bot, away("first", "second"))
    listener = Listener(bot, updates)
    await until(lambda: updates.taken == ["first", "second"])
    assert updates.begun == ["first", "first", "second", "second"]
    await listener.leaves()


async def test_what_was_handled_is_confirmed_on_leaving_and_what_was_not_comes_again(api: BotApi, bot: Bot) -> None:
    anna, boris = api.person(1001), api.person(1002)
    await anna.writes("anna 1")
    await boris.writes("boris 1")
    await anna.writes("anna 2")

    def boris_never(text: str) -> None:
        if text == "boris 1":
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    updates = Heard(bot, boris_never)
    listener = Listener(bot, updates)
    await until(lambda: updates.taken == ["anna 1", "anna 2"])
    await listener.leaves()
    again = Heard(bot)
    listener = Listener(bot, again)
    # Telegram confirms up to an update, not one by one: what is handled once more is told apart by its id.
    await until(lambda: again.taken == ["boris 1", "anna 2"])
    await listener.leaves()
    third = Heard(bot)
    listener = Listener(bot, third)
    await anna.writes("anna 3")
    await until(lambda: third.taken == ["anna 3"])
    await listener.leaves()


async def test_an_update_that_cannot_be_read_is_left_out(
    api: BotApi, bot: Bot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Polling._ask

    async def as_a_later_telegram_may_answer(polling: Polling, seconds: int) -> list[dict[str, Any]]:
        batch = await ask(polling, seconds)
        for update in batch:
            if update["message"]["text"] == "a secret":
                update["message"]["chat"] = {"id": {"new": "a secret"}}
        return batch

    monkeypatch.setattr(Polling, "_ask", as_a_later_telegram_may_answer)
    anna = api.person(1001)
    await anna.writes("a secret")
    await anna.writes("first")
    updates = Heard(bot)
    listener = Listener(bot, updates)
    await until(lambda: updates.taken == ["first"])
    await listener.leaves()
    assert "message.chat" in caplog.text
    assert "a secret" not in caplog.text


async def test_a_second_process_with_the_same_token_is_told_once(
    api: BotApi, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    other = Bot(api.token, session=BotApiSession(api=TelegramAPIServer.from_base(api.url)))
    updates = Heard(bot)
    listeners = Listener(bot, updates), Listener(other, updates)
    told = "Another process polls with the same token"
    await until(lambda: told in caplog.text)
    await asyncio.sleep(0.6)
    for listener in listeners:
        await listener.leaves()
    # Each of the two at most once while it lasts.
    rivals = [record for record in caplog.records if told in record.getMessage()]
    over = [record for record in caplog.records if "No other process polls" in record.getMessage()]
    assert len(rivals) <= len(over) + 2


async def test_a_refused_token_is_one_line_without_it(runs_bot: RunsBot, api: BotApi) -> None:
    token = f"{api.token[:-3]}xyz"
    with pytest.raises(OperatorError, match="SELFOLOGY_TELEGRAM_TOKEN") as error:
        async with runs_bot(token=token):
            pass
    assert token not in str(error.value)


async def test_a_token_that_is_none(api: BotApi) -> None:
    with pytest.raises(OperatorError, match="SELFOLOGY_TELEGRAM_TOKEN"):
        async with connected(telegram_settings(api, token="not a token")):
            pass


async def test_a_webhook_of_before_is_no_obstacle(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot("webhook"):
        pass
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/help")
        await anna.sees("telegram-help")


async def test_a_telegram_that_is_away_at_the_start_is_waited_for(
    runs_bot: RunsBot, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    async def comes_back() -> None:
        await until(lambda: "Telegram is away" in caplog.text)
        await api.comes_back()

    anna = api.person(1001, language_code="en")
    await anna.writes("/help")
    await api.goes_away()
    back = asyncio.create_task(comes_back())
    async with runs_bot():
        await anna.sees("Just answer in your own words")
    await back
