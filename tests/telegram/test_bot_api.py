"""The Bot API of the tests, seen by clients that others wrote: aiogram, python-telegram-bot and grammY."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
import telegram
import telegram.error
from aiogram import Bot, Dispatcher, exceptions
from aiogram.methods import SendMessage
from aiogram.types import BotCommand, BufferedInputFile
from aiogram.types import Message as Incoming
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from tests.node import NODE, install
from tests.people.telegram_user import PATIENCE, until
from tests.telegram.bot_api import BotApi, Fault, Person
from tests.telegram.bot_api.clients import aiogram_bot, keyboard, picture

GRAMMY = Path(__file__).with_name("grammy")
ANNA = 1001


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
def anna(api: BotApi) -> Person:
    return api.person(ANNA)


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with aiogram_bot(api) as bot:
        yield bot


@pytest.fixture
async def ptb(api: BotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot") as bot:
        yield bot


# Conversations


async def test_a_conversation_with_aiogram(anna: Person, bot: Bot) -> None:
    asked = await anna.writes("/start")
    (update,) = await bot.get_updates(timeout=5)
    assert update.update_id == asked
    assert update.message is not None
    assert update.message.text == "/start"
    assert update.message.from_user is not None
    assert update.message.from_user.language_code == "ru"

    await bot.send_chat_action(ANNA, "typing")
    await bot.send_message(ANNA, "Готовы <b>начать</b>?", reply_markup=keyboard(["Да", "Нет"], ["Позже"]))
    question = await anna.sees("Готовы начать?")
    assert question.entities == [{"type": "bold", "offset": 7, "length": 6}]
    assert question.buttons == [["Да", "Нет"], ["Позже"]]
    assert len(anna.typing) == 1

    await anna.taps("Да")
    assert anna.unanswered_taps == 1
    (update,) = await bot.get_updates(offset=asked + 1, timeout=5)
    assert update.callback_query is not None
    assert update.callback_query.data == "tap"
    await bot.answer_callback_query(update.callback_query.id, text="Хорошо")
    await bot.edit_message_text("Начинаем.", chat_id=ANNA, message_id=question.id)
    assert await anna.sees("Начинаем") is question
    assert (anna.toasts, anna.unanswered_taps, question.buttons, question.edits) == (["Хорошо"], 0, [], 1)
    assert await anna.sees_nothing_more()


async def test_a_conversation_with_python_telegram_bot(api: BotApi, anna: Person) -> None:
    async def ask(update: telegram.Update, context: Any) -> None:
        assert update.message is not None
        button = telegram.InlineKeyboardButton("Да", callback_data="yes")
        await update.message.reply_text(
            "<i>Начнём?</i>", "HTML", reply_markup=telegram.InlineKeyboardMarkup([[button]])
        )

    async def tapped(update: telegram.Update, context: Any) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("Хорошо")
        await update.callback_query.edit_message_text("Начинаем.")

    application = Application.builder().token(api.token).base_url(f"{api.url}/bot").build()
    application.add_handlers([CommandHandler("start", ask), CallbackQueryHandler(tapped)])
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        await anna.writes("/start")
        question = await anna.sees("Начнём?")
        assert question.entities == [{"type": "italic", "offset": 0, "length": 7}]
        await anna.taps("Да")
        await anna.sees("Начинаем.")
        await application.updater.stop()
        await application.stop()
    assert anna.toasts == ["Хорошо"]
    assert api.refused == []


async def test_a_conversation_with_grammy(api: BotApi, anna: Person) -> None:
    await asyncio.to_thread(install, GRAMMY)
    grammy = await asyncio.create_subprocess_exec(
        NODE, "bot.mjs", api.url, api.token, cwd=GRAMMY, stdout=asyncio.subprocess.PIPE
    )
    assert grammy.stdout is not None
    assert json.loads(await grammy.stdout.readline()) == {"listening": "selfology_test_bot"}
    await anna.writes("/start")
    question = await anna.sees("Начнём?")
    assert question.buttons == [["Да", "Нет"]]
    await anna.taps("Да")
    await anna.sees("Начинаем.")
    assert json.loads(await grammy.stdout.readline()) == {
        "started_by": "Anna",
        "edited": "Начинаем.",
        "again": [400, ANY],
        "unmodified": [400, ANY],
        "unknown_parameter": [400, 'Bad Request: parameter "loud" is unknown to sendMessage'],
        "wrong_type": [400, "Bad Request: text must be String"],
    }
    assert await asyncio.wait_for(grammy.wait(), PATIENCE) == 0
    assert anna.toasts == ["Хорошо"]


async def test_pictures_and_files(anna: Person, bot: Bot) -> None:
    sent = await bot.send_photo(ANNA, picture(90, 60), caption="Ваш <b>профиль</b>", reply_markup=keyboard(["Ещё"]))
    card = await anna.sees("Ваш профиль")
    assert card.photo is not None
    assert (card.text, card.caption, card.buttons) == ("", "Ваш профиль", [["Ещё"]])
    assert sent.photo is not None
    assert (sent.photo[0].width, sent.photo[0].height) == (90, 60)
    await bot.edit_message_caption(chat_id=ANNA, message_id=card.id, caption="Готово")
    assert (card.caption, card.buttons) == ("Готово", [])

    document = (await bot.send_document(ANNA, BufferedInputFile(b"{}", "selfology.json"))).document
    assert document is not None
    await bot.send_document(ANNA, document.file_id)
    assert [message.document for message in anna.screen[1:]] == [("selfology.json", b"{}")] * 2


async def test_what_people_do(anna: Person, bot: Bot) -> None:
    asked = await bot.send_message(ANNA, "Как дела?")
    await anna.writes("Хорошо")
    await anna.edits(anna.sent[0].id, "Лучше")
    await anna.replies(anna.screen[0], "Отвечаю")
    await anna.sends_sticker()
    await anna.sends_photo()
    await anna.sends_voice()
    anna.blocks_bot()
    first, edited, reply, sticker, photo, voice, blocked = await bot.get_updates()
    assert first.message is not None
    assert first.message.text == "Хорошо"
    assert edited.edited_message is not None
    assert (edited.edited_message.message_id, edited.edited_message.text) == (first.message.message_id, "Лучше")
    assert reply.message is not None
    assert reply.message.reply_to_message is not None
    assert reply.message.reply_to_message.message_id == asked.message_id
    contents = [update.message and update.message.content_type for update in (sticker, photo, voice)]
    assert contents == ["sticker", "photo", "voice"]
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == "kicked"


async def test_a_button_can_be_tapped_twice_on_a_screen_that_is_late(anna: Person, bot: Bot) -> None:
    await bot.send_message(ANNA, "Начнём?", reply_markup=keyboard(["Да"]))
    question = await anna.sees("Начнём?")
    await bot.edit_message_reply_markup(chat_id=ANNA, message_id=question.id)
    with pytest.raises(AssertionError, match="no button 'Да'"):
        await anna.taps("Да")
    await anna.taps("Да", question)
    assert anna.unanswered_taps == 1


async def test_commands_are_registered_per_language(api: BotApi, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand(command="start", description="Start")])
    await bot.set_my_commands([BotCommand(command="start", description="Начать")], language_code="ru")
    assert (await bot.get_my_commands(language_code="ru"))[0].description == "Начать"
    assert api.commands["default", ""] == [{"command": "start", "description": "Start"}]


# Delivery


async def test_an_update_comes_until_it_is_confirmed(api: BotApi, anna: Person, bot: Bot) -> None:
    first, second = await anna.writes("раз"), await anna.writes("два")
    assert [update.update_id for update in await bot.get_updates()] == [first, second]
    assert [update.update_id for update in await bot.get_updates(offset=first, limit=1)] == [first]
    assert [update.update_id for update in await bot.get_updates(offset=first + 1)] == [second]
    assert await bot.get_updates(offset=second + 1) == []
    api.redelivers(first)
    assert [update.update_id for update in await bot.get_updates(offset=second + 1)] == [first]
    assert await bot.get_updates(offset=second + 1) == []


async def test_a_long_poll_ends_when_something_comes(api: BotApi, anna: Person, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await until(lambda: api.is_polled)
    await anna.writes("раз")
    assert len(await asyncio.wait_for(poll, PATIENCE)) == 1


async def test_only_what_was_asked_for_comes(anna: Person, bot: Bot) -> None:
    assert await bot.get_updates(allowed_updates=["callback_query"]) == []
    await bot.send_message(ANNA, "Начнём?", reply_markup=keyboard(["Да"]))
    await anna.writes("раз")
    tapped = await anna.taps("Да")
    assert [update.update_id for update in await bot.get_updates()] == [tapped]


async def test_two_long_polls_are_one_too_many(api: BotApi, bot: Bot, ptb: telegram.Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await until(lambda: api.is_polled)
    second = asyncio.create_task(ptb.get_updates(timeout=50))
    with pytest.raises(exceptions.TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    await bot.set_webhook("http://127.0.0.1:9/")
    with pytest.raises(telegram.error.Conflict, match="terminated by setWebhook request"):
        await second
    with pytest.raises(telegram.error.Conflict, match="can't use getUpdates method while webhook is active"):
        await ptb.get_updates()
    await bot.delete_webhook()
    assert await ptb.get_updates() == ()
    assert [refusal.status for refusal in api.refused] == [409, 409, 409]


@asynccontextmanager
async def webhook(bot: Bot, dispatcher: Dispatcher, secret: str) -> AsyncIterator[str]:
    """aiogram's own webhook handler on loopback; its address."""
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token=secret).register(app, "/updates")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/updates"
    await runner.cleanup()


async def test_a_webhook_hears_each_update_until_it_took_it(api: BotApi, anna: Person, bot: Bot) -> None:
    heard: list[str | None] = []
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def handle(message: Incoming) -> SendMessage:
        heard.append(message.text)
        if len(heard) == 1:
            raise RuntimeError("the first time goes wrong")
        return message.answer(f"{message.text}: <b>понял</b>")

    await anna.writes("раз")
    async with webhook(bot, dispatcher, "hush") as url:
        await bot.set_webhook(url, secret_token="hush")
        await anna.writes("два")
        # The handler answers in the webhook's response, which is a call as good as any.
        assert (await anna.sees("раз: понял")).entities[0]["type"] == "bold"
        await anna.sees("два: понял")
        assert heard == ["раз", "раз", "два"]
        assert (await bot.get_webhook_info()).pending_update_count == 0
        api.redelivers(await anna.writes("три"))
        await anna.sees("три: понял")
        await anna.sees("три: понял")


async def test_a_webhook_with_another_secret_hears_nothing(anna: Person, bot: Bot) -> None:
    async with webhook(bot, Dispatcher(), "hush") as url:
        await bot.set_webhook(url, secret_token="guessed")
        await anna.writes("раз")
        async with asyncio.timeout(PATIENCE):
            while not (info := await bot.get_webhook_info()).last_error_message:
                await asyncio.sleep(0.02)
        assert info.last_error_message == "Wrong response from the webhook: 401 Unauthorized"
        assert info.pending_update_count == 1
        await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


async def test_what_waits_is_there_when_telegram_comes_back(api: BotApi, anna: Person, bot: Bot) -> None:
    await bot.send_message(ANNA, "Здравствуйте")
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await until(lambda: api.is_polled)
    await api.goes_away()
    with pytest.raises(exceptions.TelegramNetworkError):
        await poll
    with pytest.raises(exceptions.TelegramNetworkError):
        await bot.get_me()
    asked = await anna.writes("раз")
    await api.comes_back()
    assert [update.update_id for update in await bot.get_updates()] == [asked]
    assert [message.text for message in anna.screen] == ["Здравствуйте"]


# Faults


async def test_a_call_whose_answer_is_lost_was_processed(api: BotApi, anna: Person, bot: Bot) -> None:
    api.will(Fault("sendMessage", "cut"))
    with pytest.raises(exceptions.TelegramNetworkError):
        await bot.send_message(ANNA, "раз")
    assert [call.method for call in api.calls] == ["sendMessage"]
    await bot.send_message(ANNA, "два")
    assert [message.text for message in anna.screen] == ["раз", "два"]


async def test_a_call_that_is_not_heard_was_not_processed(api: BotApi, anna: Person, ptb: telegram.Bot) -> None:
    api.will(Fault("sendMessage", "refuse", times=2))
    for _ in range(2):
        with pytest.raises(telegram.error.NetworkError):
            await ptb.send_message(ANNA, "раз")
    api.will(Fault("sendMessage", "hang"))
    with pytest.raises(telegram.error.TimedOut):
        await ptb.send_message(ANNA, "раз", read_timeout=1)
    assert [call.method for call in api.calls] == ["getMe"]
    await ptb.send_message(ANNA, "два")
    assert [message.text for message in anna.screen] == ["два"]


async def test_errors_of_a_busy_server(api: BotApi, anna: Person, bot: Bot, ptb: telegram.Bot) -> None:
    boris = api.person(1002, name="Борис")
    api.will(Fault("sendMessage", "429", retry_after=7, chat=ANNA))
    api.will(Fault("sendMessage", "500", chat=ANNA))
    await bot.send_message(boris.id, "раз")
    with pytest.raises(exceptions.TelegramRetryAfter) as wait:
        await bot.send_message(ANNA, "раз")
    assert wait.value.retry_after == 7
    with pytest.raises(telegram.error.NetworkError, match="Internal Server Error"):
        await ptb.send_message(ANNA, "раз")
    await bot.send_message(ANNA, "раз")
    assert [len(person.screen) for person in (anna, boris)] == [1, 1]
    assert [refusal.status for refusal in api.refused] == [429, 500]


async def test_more_messages_than_telegram_takes() -> None:
    # All at the same moment.
    async with BotApi(limits=True, clock=lambda: 0.0) as api, aiogram_bot(api) as bot:
        people = [api.person(user_id) for user_id in range(1, 41)]
        for _ in range(3):
            await bot.send_message(1, "x")
        with pytest.raises(exceptions.TelegramRetryAfter) as wait:
            await bot.send_message(1, "x")
        assert wait.value.retry_after == 1
        all_at_once = await asyncio.gather(
            *(bot.send_message(person.id, "x") for person in people[1:]), return_exceptions=True
        )
        assert sum(isinstance(outcome, exceptions.TelegramRetryAfter) for outcome in all_at_once) == 12
        assert sum(len(person.screen) for person in people) == 30
