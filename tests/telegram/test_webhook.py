"""The webhook, as Telegram, strangers and operators see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import SecretStr
from temporalio.service import RPCError, RPCStatusCode

from gateway.telegram.inbound.update_handler import UpdateHandler
from gateway.telegram.inbound.webhook import LARGEST, SECRET_HEADER, Webhook, listening
from gateway.telegram.settings import TelegramSettings
from schema.operator_error import OperatorError
from tests.people.telegram_user import PATIENCE, until
from tests.ports import free_port
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import RunsBot, telegram_settings

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


SECRET_LINE = b"\r\n" + SECRET_HEADER.encode() + b": a-secret-of-sixteen"


class NothingUnderWay(UpdateHandler):
    """An updates that takes whatever it can read."""

    def __init__(self) -> None:
        self._bot = None  # type: ignore[assignment]

    async def handle(self, update: Update) -> None:
        return


@dataclass(frozen=True)
class Listener:
    """A webhook by itself."""

    port: int

    async def asks(self, request: bytes) -> bytes:
        """What it answers to these bytes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        writer.close()
        return answer


@asynccontextmanager
async def listens(read_within: float = PATIENCE, idle_for: float = PATIENCE) -> AsyncIterator[Listener]:
    """A webhook that waits so many seconds for what comes slowly."""
    settings = TelegramSettings(webhook_port=free_port(), webhook_url="https://example.org")
    webhook = Webhook(NothingUnderWay(), settings.webhook_path, "a-secret-of-sixteen", read_within=read_within)
    async with listening(webhook, settings, idle_for=idle_for):
        yield Listener(settings.webhook_port)


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listens() as listener:
        yield listener


@pytest.fixture
def port() -> int:
    return free_port()


def at(port: int) -> dict[str, object]:
    """Settings of a bot whose webhook is at this port."""
    return {"webhook_port": port, "webhook_url": f"http://127.0.0.1:{port}/telegram"}


async def test_only_telegram_is_listened_to(runs_bot: RunsBot, api: BotApi, port: int) -> None:
    async with runs_bot("webhook", **at(port)):
        anna = api.person(1001, language_code="en")
        assert await post(port) == 404
        assert await post(port, **{SECRET_HEADER: "guessed"}) == 404
        assert await post(port, **{SECRET_HEADER: "привет"}) == 404
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
        assert b" 404 " in await reader.readline()
        writer.close()


UPDATE_BODY = b'{"update_id": 1}'
LENGTH = b"\r\nContent-Length: %d" % len(UPDATE_BODY)
SECRET = b"a-secret-of-sixteen"
STRANGERS = {
    "no secret": b"POST / HTTP/1.1\r\nHost: x" + LENGTH,
    "wrong secret": b"POST / HTTP/1.1\r\nHost: x" + SECRET_LINE + b"!" + LENGTH,
    "half of the secret": b"POST / HTTP/1.1\r\nHost: x" + SECRET_LINE[:-4] + LENGTH,
    "empty secret": b"POST / HTTP/1.1\r\nHost: x\r\n" + SECRET_HEADER.encode() + b":" + LENGTH,
    "as a password": b"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + SECRET + LENGTH,
    "in another header": b"POST / HTTP/1.1\r\nHost: x\r\nX-Secret-Token: " + SECRET + LENGTH,
    "in the address": b"POST /?secret_token=" + SECRET + b" HTTP/1.1\r\nHost: x" + LENGTH,
    "other path": b"POST /telegram HTTP/1.1\r\nHost: x" + SECRET_LINE + LENGTH,
    "other path without the secret": b"POST /telegram HTTP/1.1\r\nHost: x" + LENGTH,
    "below the path": b"POST /x/../ HTTP/1.1\r\nHost: x" + SECRET_LINE + LENGTH,
    "GET": b"GET / HTTP/1.1\r\nHost: x" + SECRET_LINE + LENGTH,
    "GET without the secret": b"GET / HTTP/1.1\r\nHost: x" + LENGTH,
    "PUT": b"PUT / HTTP/1.1\r\nHost: x" + SECRET_LINE + LENGTH,
    "OPTIONS of the server": b"OPTIONS * HTTP/1.1\r\nHost: x" + SECRET_LINE + LENGTH,
}


@pytest.mark.parametrize("head", STRANGERS.values(), ids=STRANGERS)
async def test_no_answer_tells_a_stranger_what_was_wrong(listener: Listener, head: bytes) -> None:
    answer = await listener.asks(head + b"\r\n\r\n" + UPDATE_BODY)
    without_date = [line for line in answer.splitlines() if not line.startswith(b"Date: ")]
    assert without_date == [
        b"HTTP/1.1 404 Not Found",
        b"Content-Length: 0",
        b"",
    ]


async def test_a_stranger_s_huge_body_is_not_taken_in() -> None:
    async with listens(read_within=0.2) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % 2**40)
        assert b" 404 " in await reader.readuntil(b"\r\n\r\n")
        # The rest is let run past for a moment, and then the connection ends.
        with suppress(OSError):
            async with asyncio.timeout(PATIENCE):
                while not reader.at_eof():
                    writer.write(b"x" * 2**16)
                    await writer.drain()
        writer.close()


@pytest.mark.parametrize("known", [False, True], ids=["stranger", "Telegram"])
async def test_headers_without_end_are_refused(*, listener: Listener, known: bool) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x" + (SECRET_LINE if known else b"")
    endless = b"".join(b"\r\nX-%d: x" % number for number in range(10_000))
    assert b" 400 " in await listener.asks(head + endless)


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
        await until(lambda: len(anna.screen) == 1)


async def test_what_cannot_be_read_is_confirmed_and_leaves_no_trace(
    runs_bot: RunsBot, api: BotApi, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with runs_bot("webhook", webhook_secret=SecretStr("a-secret-of-sixteen"), **at(port)):
        header = {SECRET_HEADER: "a-secret-of-sixteen"}
        assert await post(port, {"update_id": 2, "message": {"text": "my diary"}}, **header) == 200
        # A kind that this version was not written for.
        assert await post(port, {"update_id": 3, "telepathy": {"text": "my diary"}}, **header) == 200
    assert "my diary" not in caplog.text


NO_UPDATES = [
    b"",
    b"my diary",
    b"\xff\xfe\x00m\x00y",
    b'{"update_id": 5, "message": {"text": "my diary \xff"}}',
    b'["my diary"]',
    b"null",
    b'"my diary"',
    b"[" * 100_000,
    b'{"update_id": ' + b"9" * 10_000 + b"}",
]


@pytest.mark.parametrize("body", NO_UPDATES, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset"])
async def test_a_body_that_is_no_update_is_refused_without_a_trace(
    *, listener: Listener, body: bytes, charset: str, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=" + charset.encode()
    answer = await listener.asks(head + SECRET_LINE + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert b" 400 " in answer
    assert b"my diary" not in answer
    assert "my diary" not in caplog.text
    assert [record.exc_info for record in caplog.records] == [None]


async def test_a_body_that_is_too_large_is_refused(listener: Listener) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x" + SECRET_LINE + b"\r\nContent-Length: %d\r\n\r\n" % (LARGEST + 1)
    assert b" 413 " in await listener.asks(head + b"x" * (LARGEST + 1))


NO_REQUESTS = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
    b"GET\r\n\r\n",
    b"POST / HTTP/1.1\r\nmy diary\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x" + b"\r\nContent-Encoding: gzip" + b"\r\nContent-Length: 2\r\n\r\nno",
    b"POST / HTTP/1.1\r\nHost: x" + b"\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n",
]


@pytest.mark.parametrize("secret", [b"", b"secret"])
@pytest.mark.parametrize("request_", NO_REQUESTS, ids=lambda request_: repr(request_[:40]))
async def test_what_is_no_request_leaves_no_trace(
    *, listener: Listener, request_: bytes, secret: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with_secret = request_.replace(b"Host: x", b"Host: x" + SECRET_LINE) if secret else request_
    answer = await listener.asks(with_secret)
    assert b" 400 " in answer or b" 404 " in answer
    assert [record.exc_info for record in caplog.records if record.exc_info] == []
    assert "127.0.0.1" not in caplog.text


SLOW = [
    b"",
    b"POST / HTTP/1.1\r\nHost: x\r\n",
    b"POST / HTTP/1.1\r\nHost: x" + b"\r\nContent-Length: 1000\r\n\r\n{",
    b"POST /elsewhere HTTP/1.1\r\nHost: x" + b"\r\nContent-Length: 1000\r\n\r\n{",
    b"GET / HTTP/1.1\r\nHost: x" + b"\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\n",
]


@pytest.mark.parametrize("begin", SLOW, ids=repr)
@pytest.mark.parametrize("known", [False, True], ids=["stranger", "Telegram"])
async def test_whoever_sends_slowly_is_not_waited_for(*, begin: bytes, known: bool) -> None:
    if known:
        begin = begin.replace(b"Host: x", b"Host: x" + SECRET_LINE)
    async with listens(read_within=0.1, idle_for=0.2) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(begin)
        ends = asyncio.create_task(reader.read())
        # One letter after the other, as of a header or a body that never ends.
        while not ends.done():
            with suppress(OSError):
                writer.write(b"x")
            await asyncio.sleep(0.02)
        with suppress(OSError):
            await ends
        writer.close()


async def test_a_connection_may_idle_between_two_updates_for_longer_than_a_body_may_take() -> None:
    async with listens(read_within=0.1) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        for number in (1, 2):
            body = b'{"update_id": %d}' % number
            head = b"POST / HTTP/1.1\r\nHost: x" + SECRET_LINE + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + body)
            assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.2)
        writer.close()


async def test_other_chats_than_private_ones_are_not_answered(runs_bot: RunsBot, api: BotApi, port: int) -> None:
    async with runs_bot("webhook", **at(port)):
        secret = telegram_settings(api, "webhook").known_webhook_secret
        group = {**UPDATE["message"], "chat": {"id": -5, "type": "group", "title": "friends"}}  # type: ignore[dict-item]
        assert await post(port, {"update_id": 4, "message": group}, **{SECRET_HEADER: secret}) == 200
    assert [call for call in api.calls if call.params.get("chat_id") == -5] == []
    assert [refused for refused in api.refused if refused.chat_id == "-5"] == []


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
