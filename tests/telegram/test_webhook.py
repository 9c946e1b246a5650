"""The webhook, as Telegram, strangers and operators see it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import SecretStr
from temporalio.service import RPCError, RPCStatusCode

from gateway.telegram.settings import TelegramSettings
from gateway.telegram.updates.webhook import SECRET_HEADER
from tests.ports import free_port
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import RunsBot, telegram_settings
from tests.telegram.phone import until
from workers.errors import OperatorError

UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "date": 1,
        "text": "/help",
        "chat": {"id": 1001, "type": "private"},
        "from": {"id": 1001, "is_bot": False, "first_name": "Anna"},
    },
}


async def post(port: int, json: object = UPDATE, path: str = "/telegram", **headers: str) -> int:
    address = f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as http, http.post(address, json=json, headers=headers) as response:
        return response.status


@pytest.fixture
def port() -> int:
    return free_port()


def at(port: int) -> dict[str, object]:
    """Settings of a bot whose webhook is at this port."""
    return {"webhook_port": port, "webhook_url": f"http://127.0.0.1:{port}/telegram"}


async def test_only_telegram_is_listened_to(runs_bot: RunsBot, api: BotApi, port: int) -> None:
    async with runs_bot("webhook", **at(port)):
        anna = api.person(1001, language_code="en")
        assert await post(port) == 401
        assert await post(port, **{SECRET_HEADER: "guessed"}) == 401
        assert await post(port, **{SECRET_HEADER: "привет"}) == 401
        assert await post(port, path="/") == 404
        assert anna.screen == []
        secret = telegram_settings(api, "webhook").known_webhook_secret
        assert await post(port, **{SECRET_HEADER: secret}) == 200
        await until(lambda: len(anna.screen) == 1)


async def test_a_header_that_is_no_text_is_a_stranger_s(runs_bot: RunsBot, port: int) -> None:
    async with runs_bot("webhook", **at(port)):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        header = SECRET_HEADER.encode() + b": \xff\xfe\r\n"
        writer.write(b"POST /telegram HTTP/1.1\r\nHost: x\r\n" + header + b"Content-Length: 2\r\n\r\n{}")
        assert b" 401 " in await reader.readline()
        writer.close()


@pytest.mark.parametrize("first", ["answered", "breaks off"])
async def test_an_update_that_comes_again_meanwhile_is_handled_once(
    runs_bot: RunsBot, api: BotApi, port: int, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    feed = Dispatcher.feed_update

    async def slowly(dispatcher: Dispatcher, bot: Bot, update: Update) -> object:
        is_first = not begun.is_set()
        begun.set()
        await go_on.wait()
        if is_first and first == "breaks off":
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        return await feed(dispatcher, bot, update)

    monkeypatch.setattr(Dispatcher, "feed_update", slowly)
    async with runs_bot("webhook", **at(port)):
        anna = api.person(1001, language_code="en")
        header = {SECRET_HEADER: telegram_settings(api, "webhook").known_webhook_secret}
        posts = [asyncio.create_task(post(port, **header))]
        await begun.wait()
        posts.append(asyncio.create_task(post(port, **header)))
        await asyncio.sleep(0.2)
        go_on.set()
        assert await asyncio.gather(*posts) == [200 if first == "answered" else 503, 200]
        assert len(anna.screen) == 1


async def test_what_cannot_be_read_is_confirmed_and_leaves_no_trace(
    runs_bot: RunsBot, api: BotApi, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with runs_bot("webhook", webhook_secret=SecretStr("a-secret-of-sixteen"), **at(port)):
        header = {SECRET_HEADER: "a-secret-of-sixteen"}
        assert await post(port, {"update_id": 2, "message": {"text": "my diary"}}, **header) == 200
        assert await post(port, ["my diary"], **header) == 200
        # A kind that this version was not written for.
        assert await post(port, {"update_id": 3, "telepathy": {"text": "my diary"}}, **header) == 200
    assert "my diary" not in caplog.text


async def test_other_chats_than_private_ones_are_not_answered(runs_bot: RunsBot, api: BotApi, port: int) -> None:
    async with runs_bot("webhook", **at(port)):
        secret = telegram_settings(api, "webhook").known_webhook_secret
        group = {**UPDATE["message"], "chat": {"id": -5, "type": "group", "title": "friends"}}  # type: ignore[dict-item]
        assert await post(port, {"update_id": 4, "message": group}, **{SECRET_HEADER: secret}) == 200
    assert [call.method for call in api.calls if call.method.startswith("send")] == []
    assert api.refused == []


async def test_a_port_that_is_taken_is_one_line(runs_bot: RunsBot, port: int) -> None:
    async with runs_bot("webhook", **at(port)):
        with pytest.raises(OperatorError, match="SELFOLOGY_TELEGRAM_WEBHOOK_PORT"):
            async with runs_bot("webhook", **at(port)):
                pass


async def test_an_address_that_telegram_refuses_is_one_line(runs_bot: RunsBot, port: int) -> None:
    with pytest.raises(OperatorError, match="setWebhook"):
        async with runs_bot("webhook", webhook_port=port, webhook_url="https://"):
            pass


def test_the_secret_follows_from_the_token_and_does_not_tell_it() -> None:
    one, same, other = (TelegramSettings(token=SecretStr(token)) for token in ("1:one", "1:one", "1:two"))
    assert one.known_webhook_secret == same.known_webhook_secret != other.known_webhook_secret
    assert "one" not in one.known_webhook_secret


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("webhook_url", "ftp://example.org", "SELFOLOGY_TELEGRAM_WEBHOOK_URL"),
        ("webhook_secret", "too short", "SELFOLOGY_TELEGRAM_WEBHOOK_SECRET"),
        ("limits_storage", "memcached://127.0.0.1", "SELFOLOGY_TELEGRAM_LIMITS_STORAGE"),
        ("limit", "0", "SELFOLOGY_TELEGRAM_LIMIT"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str, variable: str) -> None:
    with pytest.raises(OperatorError, match=variable) as error:
        TelegramSettings.model_validate({name: value})
    assert value not in str(error.value) or value == "0"
