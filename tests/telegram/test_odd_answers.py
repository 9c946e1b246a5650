"""A Bot API that answers oddly: what arrives, what people see, and what operators are told."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from aiogram.exceptions import TelegramNetworkError
from aiohttp import web

from gateway.presentation.texts.texts import Texts
from gateway.telegram import errors
from gateway.telegram.app import connected
from gateway.telegram.inbound.outage import TelegramOutage
from schema.deliveries import CrisisSupport, Notice, NoticeCode, Nudge, Paused, ProfileCard
from schema.operator_error import OperatorError
from schema.vocabulary import CrisisKind, Locale
from tests.people.telegram_user import until
from tests.ports import free_port
from tests.telegram.bot_api import BotApi, Fault, Person
from tests.telegram.conftest import RunsBot, telegram_settings
from tests.telegram.outbox import ASKED, PROFILE, Outbox, outbox_at, seen, to

SECRET = "my diary"
PAGE = f"<html><head><title>{SECRET}</title></head></html>"


def answer(status: int, body: object, headers: Mapping[str, str] | None = None, *, processed: bool = False) -> Fault:
    """An answer to the next `sendMessage`."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Fault("sendMessage", "answer", status=status, body=text, processed=processed, headers=headers or {})


def refusal(code: object = None, **more: object) -> dict[str, object]:
    return {"ok": False, "error_code": code, **more}


RETRY_AFTER = {"parameters": {"retry_after": 17}}

# By its status, a message has certainly not been sent.
NOT_SENT = [
    (answer(502, PAGE), errors.UNAVAILABLE),
    (answer(500, ""), errors.UNAVAILABLE),
    (answer(503, b"\xff\xfe\x00"), errors.UNAVAILABLE),
    (answer(502, refusal(502, description=None)), errors.UNAVAILABLE),
    (answer(500, "[" * 100_000), errors.UNAVAILABLE),
    (answer(500, {"ok": True, "result": True}), errors.UNAVAILABLE),
    (answer(503, "busy", {"Retry-After": "7"}), errors.BUSY),
    (answer(429, PAGE), errors.BUSY),
    (answer(429, refusal(429, parameters={"retry_after": "soon"})), errors.BUSY),
    (answer(429, refusal(429, parameters={"retry_after": 10**30})), errors.BUSY),
    (answer(429, refusal(429, parameters={"retry_after": -5})), errors.BUSY),
    (answer(302, "", {"Location": "/elsewhere"}), errors.UNAVAILABLE),
    # What only Telegram can know (a wrong token, a person who is gone) is not taken from a page.
    (answer(400, PAGE), errors.UNAVAILABLE),
    (answer(401, PAGE), errors.UNAVAILABLE),
    (answer(403, PAGE), errors.UNAVAILABLE),
    (answer(404, PAGE), errors.UNAVAILABLE),
    (answer(407, PAGE), errors.UNAVAILABLE),
    (answer(403, ["ok"]), errors.UNAVAILABLE),
    (answer(418, refusal(418)), errors.UNAVAILABLE),
    # Every answer under a 200: what is said in it counts.
    (answer(200, refusal(429, **RETRY_AFTER)), errors.BUSY),
    (answer(200, refusal(502)), errors.UNAVAILABLE),
    (answer(200, refusal("a lot")), errors.UNAVAILABLE),
    (answer(200, {"ok": False}), errors.UNAVAILABLE),
]
# It may have been a yes.
NOBODY_KNOWS = [
    answer(200, PAGE),
    answer(200, ""),
    answer(200, b"\xd0\x00\xff", {"Content-Type": "text/plain; charset=utf-8"}),
    answer(200, "null"),
    answer(200, ["ok"]),
    answer(200, {"ok": "yes"}),
    answer(200, {"ok": True}),
    answer(200, {"ok": True, "result": True}),
    answer(200, {"ok": True, "result": {"message_id": "x"}}),
    answer(204, ""),
]


def named(value: object) -> str | None:
    return f"{value.status} {value.body[:40]!r}" if isinstance(value, Fault) else None


@pytest.mark.parametrize(("fault", "failure"), NOT_SENT, ids=named)
async def test_what_was_certainly_not_sent_is_sent_again_however_little_it_asks(
    outbox: Outbox, anna: Person, fault: Fault, failure: str
) -> None:
    outbox.api.will(replace(fault))
    rest = to(anna, Paused(reason="person"))
    error = await outbox.fails(rest)
    assert (error.type, error.non_retryable) == (failure, False)
    assert SECRET not in str(error)
    assert await outbox.delivers(rest) == []
    assert seen(anna, Texts(Locale.EN).say("paused-person")) == 1


@pytest.mark.parametrize("fault", NOBODY_KNOWS, ids=named)
@pytest.mark.parametrize("processed", [False, True])
async def test_what_may_have_been_sent_is_sent_again_only_where_twice_is_better_than_never(
    *, outbox: Outbox, anna: Person, fault: Fault, processed: bool
) -> None:
    boris = outbox.somebody()
    fault = replace(fault, processed=processed)
    outbox.api.will(replace(fault, chat=anna.id))
    assert await outbox.delivers(to(anna, ASKED)) == [errors.NO_ANSWER]
    assert seen(anna, ASKED.text) == 1 + processed
    outbox.api.will(replace(fault, chat=boris.id))
    assert await outbox.delivers(to(boris, Nudge())) == []
    assert seen(boris, "I'm here") == processed


async def test_of_a_yes_only_the_message_s_id_has_to_be_read(outbox: Outbox, anna: Person, pool: asyncpg.Pool) -> None:
    later = {"ok": True, "result": {"message_id": 77, "chat": "a shape of later years"}}
    outbox.api.will(answer(200, later, processed=True))
    delivery = to(anna, ASKED)
    assert await outbox.delivers(delivery) == []
    assert seen(anna, ASKED.text) == 1
    row = await pool.fetchrow(
        "SELECT state, message_id FROM telegram_system.sends WHERE delivery_key = $1", delivery.key
    )
    assert row is not None
    assert tuple(row) == ("sent", 77)


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "result": {"message_id": "x"}}])
async def test_of_a_yes_to_an_edit_nothing_has_to_be_read(outbox: Outbox, anna: Person, body: object) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT))
    await outbox.tries(wait)
    outbox.api.will(replace(answer(200, body, processed=True), method="editMessageText"))
    assert await outbox.delivers(to(anna, Notice(code=NoticeCode.EXPORT_FAILED), replaces=wait.key)) == []
    assert [message.text for message in anna.screen] == [Texts(Locale.EN).say("notice-export-failed")]


async def test_a_status_counts_though_the_rest_of_the_answer_never_comes(outbox: Outbox, anna: Person) -> None:
    async def breaks_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5000\r\n\r\n<html>")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(breaks_off, "127.0.0.1", port := free_port())
    async with server, outbox_at(outbox.api, outbox.pool, url=f"http://127.0.0.1:{port}") as behind:
        assert (await behind.fails(to(anna, Nudge()))).type == errors.UNAVAILABLE


async def test_no_redirect_takes_a_person_s_words_to_another_host(outbox: Outbox, anna: Person) -> None:
    heard: list[str] = []

    async def listens(request: web.Request) -> web.Response:
        heard.append(await request.text())
        return web.json_response({"ok": True, "result": True})

    elsewhere = web.Application()
    elsewhere.router.add_route("*", "/{path:.*}", listens)
    runner = web.AppRunner(elsewhere)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port := free_port()).start()
    for status in (301, 302, 303, 307, 308):
        outbox.api.will(answer(status, "", {"Location": f"http://127.0.0.1:{port}/"}))
        assert (await outbox.fails(to(anna, ASKED))).type == errors.UNAVAILABLE
    await runner.cleanup()
    assert heard == []


# What Telegram refuses to show as it is


REFUSED_FORM = answer(400, refusal(400, description="Bad Request: can't parse entities: Unsupported start tag"))


async def test_a_question_that_is_refused_for_its_form_is_asked_in_plain_words(
    outbox: Outbox, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    question = ASKED.model_copy(update={"text": "Is 1 < 2 & 3 > 2?"})
    outbox.api.will(replace(REFUSED_FORM))
    assert await outbox.delivers(to(anna, question)) == []
    (message,) = anna.screen
    assert message.text.endswith("Is 1 < 2 & 3 > 2?")
    assert message.text.startswith("Question 3 of about 10")
    assert (message.entities, message.buttons) == ([], [["Another question", "Take a break"]])
    assert "can't parse entities" in caplog.text
    assert question.text not in caplog.text


@pytest.mark.parametrize("description", [None, "Bad Request: of a later year", "Bad Request: ENTITY_BOUNDS_INVALID"])
async def test_whatever_telegram_has_against_it_plain_words_are_tried(
    outbox: Outbox, anna: Person, description: str | None
) -> None:
    outbox.api.will(answer(400, refusal(400, description=description)))
    assert await outbox.delivers(to(anna, CrisisSupport(crisis=CrisisKind.ABUSE))) == []
    assert seen(anna, Texts(Locale.EN).say("crisis-contacts")) == 1


async def test_what_is_refused_in_plain_words_too_is_told_and_not_tried_for_ever(outbox: Outbox, anna: Person) -> None:
    outbox.api.will(replace(REFUSED_FORM, times=2))
    assert await outbox.delivers(to(anna, ASKED)) == [errors.REQUEST_REFUSED]
    assert anna.screen == []


async def test_a_picture_that_is_refused_is_told_in_words(outbox: Outbox, anna: Person) -> None:
    refused = answer(400, refusal(400, description="Bad Request: IMAGE_PROCESS_FAILED"))
    outbox.api.will(replace(refused, method="sendPhoto"))
    assert await outbox.delivers(to(anna, ProfileCard(profile=PROFILE))) == []
    (message,) = anna.screen
    assert message.photo is None
    assert Texts(Locale.EN).say("trait-openness-high") in message.text


async def test_an_edit_that_is_refused_comes_as_a_new_message(outbox: Outbox, anna: Person) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT))
    await outbox.tries(wait)
    outbox.api.will(replace(REFUSED_FORM, method="editMessageText"))
    assert await outbox.delivers(to(anna, Notice(code=NoticeCode.EXPORT_FAILED), replaces=wait.key)) == []
    assert anna.screen[-1].text == Texts(Locale.EN).say("notice-export-failed")


async def test_a_file_that_is_too_large_is_refused_whoever_says_so(outbox: Outbox, anna: Person) -> None:
    outbox.api.will(replace(answer(413, PAGE), method="sendPhoto"))
    assert await outbox.delivers(to(anna, ProfileCard(profile=PROFILE))) == [errors.REQUEST_REFUSED]


# Getting updates, and beginning


AWAY, ODD = "Telegram is away", "not as Telegram's Bot API should be"


def telegram_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("gateway")]
    return [line for line in lines if AWAY in line or ODD in line]


ODD_ANSWERS = [
    (200, PAGE, ODD),
    (200, "", ODD),
    (200, b"\xff\xfe", ODD),
    (200, "null", ODD),
    (200, "[]", ODD),
    (200, '{"ok": true}', ODD),
    (200, '{"ok": true, "result": "my diary"}', ODD),
    (302, "", ODD),
    (403, PAGE, ODD),
    (404, PAGE, ODD),
    (403, '{"ok": false}', ODD),
    (418, '{"ok": false, "description": null}', ODD),
    (200, '{"ok": false}', AWAY),
    (502, PAGE, AWAY),
    (502, '{"ok": false}', AWAY),
    (429, PAGE, AWAY),
]


async def test_whoever_speaks_no_http_is_not_called_telegram(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    async def speaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-my diary\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speaks, "127.0.0.1", port := free_port())
    async with server, connected(telegram_settings(api, api_url=f"http://127.0.0.1:{port}")) as bot:
        with pytest.raises(TelegramNetworkError) as error:
            await bot.get_me()
    TelegramOutage().is_on(error.value)
    (line,) = telegram_lines(caplog)
    assert ODD in line
    assert SECRET not in caplog.text


ODD_UPDATES = [
    ["my diary"],
    [None],
    [[]],
    [{}],
    [{"message": {"text": SECRET}}],
    [{"update_id": "my diary"}],
    [{"update_id": True}],
    [{"update_id": 1.5}],
]


@pytest.mark.parametrize(("status", "body", "told"), ODD_ANSWERS, ids=lambda value: str(value)[:30])
async def test_operators_are_told_what_answers_the_bot(
    *, runs_bot: RunsBot, api: BotApi, status: int, body: str | bytes, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    for method in ("getMe", "getMyCommands", "getUpdates", "getUpdates"):
        api.will(Fault(method, "answer", status=status, body=body))
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/help")
        await anna.sees("telegram-help")
        await until(lambda: "menu and description" in caplog.text)
    # At the start, and for updates.
    lines = telegram_lines(caplog)
    assert [told in line for line in lines] == [True, True]
    assert SECRET not in caplog.text
    assert api.token not in caplog.text


@pytest.mark.parametrize("updates", ODD_UPDATES, ids=str)
async def test_updates_without_a_number_end_no_bot_and_are_told(
    *, runs_bot: RunsBot, api: BotApi, updates: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    api.will(Fault("getUpdates", "answer", times=2, body=json.dumps({"ok": True, "result": updates})))
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/help")
        await anna.sees("telegram-help")
    (line,) = telegram_lines(caplog)
    assert "updates without a number" in line
    assert SECRET not in caplog.text


async def test_an_update_without_a_number_hides_no_other(
    runs_bot: RunsBot, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        message: dict[str, Any] = {
            "message_id": 1,
            "date": 1,
            "text": "/help",
            "chat": {"id": anna.phone.id, "type": "private"},
            "from": {"id": anna.phone.id, "is_bot": False, "first_name": "Anna", "language_code": "en"},
        }
        batch = [{"update_id": 7, "message": message}, {"message": message}]
        api.will(Fault("getUpdates", "answer", body=json.dumps({"ok": True, "result": batch})))
        # Ends the poll that waits already.
        await town.somebody().writes("/help")
        await anna.sees("telegram-help")
    assert "1 updates without a number" in caplog.text


async def test_a_server_that_brings_the_same_for_ever_is_not_asked_without_a_pause(
    runs_bot: RunsBot, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    batch = [{"update_id": 7, "telepathy": {}}]
    api.will(Fault("getUpdates", "answer", times=4, body=json.dumps({"ok": True, "result": batch})))
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/help")
        await anna.sees("telegram-help")
    (line,) = telegram_lines(caplog)
    assert "updates that were confirmed" in line


async def test_a_refusal_is_told_without_what_telegram_quotes(runs_bot: RunsBot, api: BotApi) -> None:
    quoted = refusal(400, description=f"Bad Request: bad webhook: {SECRET}")
    api.will(replace(answer(400, quoted), method="setWebhook"))
    with pytest.raises(OperatorError, match="setWebhook") as error:
        async with runs_bot("webhook"):
            pass
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("status", "body"), [(200, PAGE), (200, '{"ok": true}'), (200, b"\xff\xfe"), (403, PAGE), (502, '{"ok": false}')]
)
async def test_a_tap_does_what_it_says_though_its_answer_can_not_be_read(
    *, runs_bot: RunsBot, api: BotApi, status: int, body: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("answerCallbackQuery", "editMessageReplyMarkup", "sendChatAction"):
        api.will(Fault(method, "answer", times=2, status=status, body=body))
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/start")
        await anna.sees("consent-question")
        await anna.phone.taps(anna.text("choice-agree"))
        await anna.is_asked(1)
    assert SECRET not in caplog.text


async def test_one_failure_of_telegram_costs_none_of_the_gateway_s_own_lines(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        api.will(answer(502, PAGE))
        await anna.writes("/help")
        await anna.sees("telegram-help")


async def test_one_failure_of_telegram_costs_no_confirmation(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.begins()
        api.will(answer(502, PAGE))
        await anna.writes("/pause")
        await anna.sees("paused-person")
