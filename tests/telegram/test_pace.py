"""How fast a bot may speak, and the sign that it is about to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from gateway.telegram import typing_sign
from gateway.telegram.bot_api import BotApiSession
from gateway.telegram.send_rate import MovingWindow, Rate, SendRate, TooSoon
from gateway.telegram.typing_sign import Typing
from tests.people.telegram_user import PATIENCE, until
from tests.telegram.bot_api import BotApi, Fault, Person
from tests.telegram.clock import Clock, WallClock

ANNA, BORIS, CLARA = 700_200_001, 700_200_002, 700_200_003


@pytest.fixture(scope="module")
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, session=BotApiSession(api=TelegramAPIServer.from_base(api.url))) as bot:
        yield bot


async def test_a_chat_waits_a_second_and_others_do_not(clock: Clock) -> None:
    pace = SendRate()
    await pace.wait(ANNA, patience=0)
    await pace.wait(BORIS, patience=0)
    # A second that has just begun.
    clock.ahead = -0.9
    with pytest.raises(TooSoon) as soon:
        await pace.wait(ANNA, patience=0)
    assert 0 < soon.value.seconds <= 1.9
    clock.ahead = 1
    await pace.wait(ANNA, patience=0)


async def test_whoever_can_wait_is_let_through_in_time() -> None:
    pace, begin = SendRate(Rate(1, 0.2)), time.monotonic()
    await pace.wait(ANNA, patience=0)
    await pace.wait(ANNA, patience=PATIENCE)
    assert time.monotonic() - begin >= 0.2


@pytest.mark.parametrize("set_to", [-3600, 3600])
async def test_a_clock_that_is_set_silences_nobody_and_lets_nobody_rush(
    clock: Clock, wall_clock: WallClock, set_to: float
) -> None:
    pace = SendRate(Rate(1, 60))
    await pace.wait(ANNA, patience=0)
    wall_clock.ahead = set_to
    with pytest.raises(TooSoon):
        await pace.wait(ANNA, patience=0)
    clock.ahead = 60
    await pace.wait(ANNA, patience=0)


async def test_whoever_was_silent_is_forgotten(clock: Clock) -> None:
    window = MovingWindow(Rate(2, 60))
    for whose in (ANNA, BORIS, CLARA):
        window.record(whose)
    clock.ahead = 30
    window.record(ANNA)
    clock.ahead = 61
    window.record(CLARA)
    assert set(window._taken) == {ANNA, CLARA}
    assert not window.seconds_until(ANNA)
    window.record(ANNA)
    assert window.seconds_until(ANNA)


async def test_nobody_waits_longer_than_they_can() -> None:
    pace = SendRate(Rate(1, 60))
    await pace.wait(ANNA, patience=0)
    with pytest.raises(TooSoon) as soon:
        await pace.wait(ANNA, patience=0.5)
    assert 0.5 < soon.value.seconds <= 60
    assert str(ANNA) not in str(soon.value)


async def test_all_chats_together_are_held_back_too() -> None:
    pace = SendRate(in_all_chats=Rate(3, 60))
    for chat_id in range(3):
        await pace.wait(chat_id, patience=0)
    with pytest.raises(TooSoon):
        await pace.wait(3, patience=0.2)


async def test_a_chats_turn_is_not_spent_while_all_chats_together_have_to_wait(clock: Clock) -> None:
    pace = SendRate(Rate(1, 3600), Rate(1, 60))
    await pace.wait(BORIS, patience=0)
    with pytest.raises(TooSoon):
        await pace.wait(ANNA, patience=0)
    clock.ahead = 60
    await pace.wait(ANNA, patience=0)


async def test_those_who_wait_at_once_go_one_by_one() -> None:
    pace, begin = SendRate(Rate(1000), Rate(2, 0.2)), time.monotonic()
    await asyncio.gather(*(pace.wait(chat_id, patience=PATIENCE) for chat_id in range(6)))
    assert time.monotonic() - begin >= 0.4


async def test_typing_is_seen_again_and_again_until_it_ends(
    bot: Bot, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_sign, "_AGAIN", 0.05)
    anna, typing = api.person(ANNA), Typing(bot)
    typing.start(anna.id)
    await until(lambda: len(anna.typing) >= 2)
    typing.stop(anna.id)
    await no_more_typing(anna)


async def no_more_typing(person: Person) -> None:
    seen = len(person.typing)
    await asyncio.sleep(0.3)
    # One may have been on the wire.
    assert len(person.typing) <= seen + 1


async def test_typing_is_shown_once_where_another_gateway_may_bring_the_reply(
    bot: Bot, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_sign, "_AGAIN", 0.05)
    clara, typing = api.person(CLARA), Typing(bot, alone=False)
    typing.start(clara.id)
    await until(lambda: not typing.shown_in(clara.id))
    assert len(clara.typing) == 1


async def test_typing_does_not_go_on_for_ever(bot: Bot, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typing_sign, "_AGAIN", 0.05)
    monkeypatch.setattr(typing_sign, "LONGEST", 0.2)
    boris, typing = api.person(BORIS), Typing(bot)
    typing.start(boris.id)
    await until(lambda: not typing.shown_in(boris.id))
    await no_more_typing(boris)


async def test_a_sign_that_fails_disturbs_nothing_and_names_nobody(
    bot: Bot, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gateway")
    api.person(ANNA)
    api.will(Fault("sendChatAction", "429", retry_after=30))
    typing = Typing(bot)
    typing.start(ANNA)
    await until(lambda: not typing.shown_in(ANNA))
    assert "TelegramRetryAfter" in caplog.text
    assert str(ANNA) not in caplog.text
