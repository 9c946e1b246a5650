"""What the gateway says by itself, at Telegram's real pace, and what it has heard for a crisis beside that."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.telegram import typing_sign
from gateway.telegram.callback_data import EraseCallback, EraseStep, LanguageCallback
from gateway.telegram.inbound import best_effort
from gateway.telegram.inbound.webhook import SECRET_HEADER
from gateway.telegram.send_rate import SendRate
from schema.vocabulary import Locale
from tests.people.telegram_user import PATIENCE, TelegramUser, until
from tests.ports import free_port
from tests.telegram.bot_api import BotApi, Fault
from tests.telegram.conftest import RunsBot, telegram_settings
from tests.telegram.test_webhook import at, post

DANGER = "I want to kill myself"
PHOTO = [{"file_id": "a", "file_unique_id": "a", "width": 90, "height": 60}]
_UPDATES = itertools.count(1)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram, which takes no more messages than in earnest."""
    async with BotApi(limits=True) as api:
        yield api


def lines(anna: TelegramUser, key: str) -> int:
    return sum(message.text == anna.text(key) for message in anna.phone.screen)


async def brings(api: BotApi, port: int, anna: TelegramUser, kind: str, **content: Any) -> None:
    """An update as Telegram brings it, of a kind that the phones of the tests don't make."""
    sender = {"id": anna.phone.id, "is_bot": False, "first_name": "Anna", "language_code": anna.locale}
    chat = {"chat": {"id": anna.phone.id, "type": "private"}, "date": 1}
    if kind == "callback_query":
        content = {"id": "1", "chat_instance": "1", **content, "message": {"message_id": 1, **chat, "date": 0}}
    else:
        content = {"message_id": 10_000 + next(_UPDATES), **chat, **content}
    update = {"update_id": next(_UPDATES), kind: {"from": sender, **content}}
    secret = telegram_settings(api, "webhook").known_webhook_secret
    assert await post(port, update, **{SECRET_HEADER: secret}) == 200


async def test_lines_go_out_at_telegrams_pace_and_none_is_missing(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot(pace=SendRate()) as town:
        anna = town.somebody()
        for _ in range(5):
            await anna.writes("/help")
        await anna.phone.sends_sticker()
        await anna.phone.sends_voice()
        await anna.writes("/language")
        await anna.writes("/delete")
        await until(lambda: lines(anna, "erase-ask") == 1)
        assert lines(anna, "telegram-help") == 5
        assert len(anna.phone.screen) == 9
    assert [refused for refused in api.refused if refused.chat_id == str(anna.phone.id)] == []


async def test_nobody_waits_for_the_lines_of_somebody_else(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot(pace=SendRate()) as town:
        anna, boris = town.somebody(), town.somebody()
        for _ in range(12):
            await anna.writes("/help")
        await until(lambda: lines(anna, "telegram-help") > 0)
        await boris.writes("/help")
        await boris.sees("telegram-help")
        assert lines(anna, "telegram-help") < 12


async def test_a_bot_that_leaves_says_what_it_can_before(
    runs_bot: RunsBot, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(best_effort, "PATIENCE", int(PATIENCE))
    async with runs_bot(pace=SendRate()) as town:
        anna = town.somebody()
        for _ in range(3):
            await anna.writes("/help")
        await anna.sees("telegram-help")
    assert lines(anna, "telegram-help") == 3


async def test_lines_and_deliveries_share_the_pace(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot(pace=SendRate()) as town:
        anna = town.somebody()
        await anna.writes("/start")
        for _ in range(4):
            await anna.writes("/help")
        await anna.sees("consent-question")
        await until(lambda: lines(anna, "telegram-help") == 4)
    assert [refused for refused in api.refused if refused.status == 429] == []


async def test_a_short_pause_that_telegram_asks_for_is_kept_once(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        api.will(Fault("sendMessage", "429", retry_after=1))
        await anna.writes("/delete")
        await anna.sees("erase-ask")
        api.will(Fault("sendMessage", "429", times=2))
        await anna.writes("/help")
        api.will(Fault("sendMessage", "429", retry_after=30))
        # Nobody's next message waits for long.
        await anna.writes("/help")
        await anna.writes("/language")
        await anna.sees("telegram-language-ask")
        assert lines(anna, "telegram-help") == 0


async def test_no_typing_is_seen_after_a_reply_that_another_gateway_brought(
    runs_bot: RunsBot, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typing_sign, "_AGAIN", 0.05)
    async with runs_bot("webhook") as town, runs_bot("webhook"):
        people = [town.somebody() for _ in range(8)]
        for person in people:
            await person.writes("/start")
        for person in people:
            await person.sees("consent-question")
        await asyncio.sleep(0.5)
        assert max(len(person.phone.typing) for person in people) <= 1


async def test_an_album_is_answered_once_and_each_of_its_captions_is_heard(runs_bot: RunsBot, api: BotApi) -> None:
    port = free_port()
    async with runs_bot("webhook", **at(port)) as town:
        anna = town.somebody()
        for index in range(10):
            caption = {"caption": DANGER} if index == 7 else {}
            await brings(api, port, anna, "message", photo=PHOTO, media_group_id="1", **caption)
        await anna.sees("crisis-contacts")
        await until(lambda: lines(anna, "telegram-picture") == 1)
        await brings(api, port, anna, "message", photo=PHOTO, media_group_id="2")
        await brings(api, port, anna, "message", photo=PHOTO)
        # Its lines come in order: after this one, all of them have.
        await anna.writes("/help")
        await anna.sees("telegram-help")
        assert lines(anna, "telegram-picture") == 3


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (f"/help {DANGER}", "telegram-help"),
        (f"/help@selfology_test_bot\n{DANGER}", "telegram-help"),
        (f"/stop {DANGER}", "no-session"),
        (f"/language {DANGER}", "language-which"),
        (f"/dance {DANGER}", "unknown-command"),
    ],
)
async def test_words_that_come_with_a_command_are_heard_for_a_crisis(
    runs_bot: RunsBot, command: str, line: str
) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes(command)
        await until(lambda: lines(anna, line) == 1)
        await until(lambda: any(anna.text("crisis-contacts") in message.text for message in anna.phone.screen))


async def test_a_goodbye_does_not_hide_the_words_that_came_with_it(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.begins()
        await anna.writes(f"/stop {DANGER}")
        await until(lambda: any(anna.text("goodbye-stopped") in message.text for message in anna.phone.screen))
        await until(lambda: any(anna.text("crisis-contacts") in message.text for message in anna.phone.screen))


async def test_harmless_words_with_a_command_are_not_spoken_of(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/help me with my day")
        await anna.writes("/language en")
        await anna.sees("language-chosen")
        assert await anna.is_left_in_peace()
        assert len(anna.phone.screen) == 2


async def test_an_edited_caption_is_heard_and_an_edit_without_a_conversation_is_not_spoken_of(
    runs_bot: RunsBot, api: BotApi
) -> None:
    port = free_port()
    async with runs_bot("webhook", **at(port)) as town:
        anna = town.somebody()
        await brings(api, port, anna, "edited_message", text="The day was long.", edit_date=1)
        await brings(api, port, anna, "edited_message", photo=PHOTO, caption="my dog", edit_date=1)
        assert await anna.is_left_in_peace()
        await brings(api, port, anna, "edited_message", photo=PHOTO, caption=DANGER, edit_date=1)
        await anna.sees("crisis-contacts")
        await brings(api, port, anna, "edited_message", text=DANGER, edit_date=1)
        await anna.sees("crisis-contacts")


async def test_a_button_on_a_message_that_is_gone_is_answered_by_a_new_one(runs_bot: RunsBot, api: BotApi) -> None:
    port = free_port()
    async with runs_bot("webhook", **at(port)) as town:
        anna = town.somebody()
        late = EraseCallback(step=EraseStep.REALLY_SURE, asked_at=1).pack()
        await brings(api, port, anna, "callback_query", data=late)
        await anna.sees("telegram-erase-late")
        just_now = EraseCallback(step=EraseStep.SURE, asked_at=int(time.time())).pack()
        await brings(api, port, anna, "callback_query", data=just_now)
        ask = await anna.sees("erase-ask-again")
        assert len(ask.buttons) == 2
        await brings(api, port, anna, "callback_query", data=LanguageCallback(locale=Locale.EN).pack())
        await anna.sees("language-chosen")


async def test_a_crisis_is_heard_beyond_the_limit_of_requests(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot(limit=1) as town:
        anna = town.somebody()
        for _ in range(3):
            await anna.writes("/help")
        await anna.writes(DANGER)
        await anna.sees("crisis-contacts")
        assert lines(anna, "telegram-help") == lines(anna, "telegram-too-many") == 1
