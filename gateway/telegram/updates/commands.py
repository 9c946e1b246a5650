"""Commands, and what each of them does. A handler returns what the gateway itself says, if it says anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import BotCommand, Message, TelegramObject

from gateway.telegram import keyboards
from gateway.telegram.bot_api import telegram_time
from gateway.telegram.updates.contents import nonce_of
from gateway.telegram.updates.guest import Guest, Handler, Line
from gateway.texts import Texts
from schema.onboarding.messages import Gesture, LanguageChoice, SkipRequest
from schema.vocabulary import Locale

LOOKS_LIKE_A_COMMAND = r"^/\w+(@\w+)?(\s|$)"


async def start(message: Message, guest: Guest) -> None:
    """/start begins a conversation, or comes back to it."""
    guest.typing.begins(guest.chat_id)
    await guest.sessions.arrive(guest, guest.update_id)


async def show_help(message: Message, guest: Guest) -> Line:
    """/help names the commands."""
    return Line("telegram-help")


async def pause(message: Message, guest: Guest) -> Line | None:
    """/pause rests the conversation."""
    return await guest.tell("pause", Gesture(update_id=guest.update_id))


async def resume(message: Message, guest: Guest) -> Line | None:
    """/resume goes on after a rest."""
    return await guest.tell("resume", Gesture(update_id=guest.update_id))


async def skip(message: Message, guest: Guest) -> Line | None:
    """/skip asks for another question."""
    nonce = nonce_of(message)
    meant = message.reply_to_message if nonce and message.reply_to_message else message
    request = SkipRequest(nonce=nonce, message_id=str(meant.message_id), update_id=guest.update_id)
    return await guest.tell("skip", request)


async def cancel(message: Message, guest: Guest) -> Line | None:
    """/cancel ends the conversation, with what came together so far."""
    return await guest.tell("stop", Gesture(update_id=guest.update_id))


async def profile(message: Message, guest: Guest) -> None:
    """/profile shows the portrait."""
    guest.typing.begins(guest.chat_id)
    await guest.sessions.show_profile(guest, "card", guest.update_id)


async def insights(message: Message, guest: Guest) -> None:
    """/insights tells in words what the answers say."""
    guest.typing.begins(guest.chat_id)
    await guest.sessions.show_profile(guest, "insights", guest.update_id)


async def language(message: Message, guest: Guest, command: CommandObject) -> Line | None:
    """/language chooses one, by its code or by a button."""
    if command.args is None:
        return Line("telegram-language-ask", keyboard=keyboards.languages())
    code = command.args.strip().lower()
    return await choose_language(guest, Locale(code)) if code in list(Locale) else Line("language-which")


async def choose_language(guest: Guest, locale: Locale) -> Line:
    """Speaks another language from now on: in the open session, else in the one that begins next."""
    guest.speaks(locale)
    told = await guest.tell("choose_language", LanguageChoice(locale=locale, update_id=guest.update_id))
    if told is None:
        return Line("language-chosen")
    await guest.sessions.remember_language(guest)
    return Line("telegram-language-for-later")


async def export(message: Message, guest: Guest) -> None:
    """/export sends all that is kept about the person."""
    guest.typing.begins(guest.chat_id)
    await guest.sessions.export(guest, guest.update_id)


async def delete(message: Message, guest: Guest, bot: Bot) -> Line:
    """/delete asks whether to erase everything. Only the second yes does."""
    return Line("telegram-erase-ask", keyboard=keyboards.erase_first(guest.texts, int(telegram_time(bot))))


async def unknown(message: Message, guest: Guest) -> Line:
    """Any other word with a slash."""
    return Line("unknown-command")


async def overhear(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Words that come with a command, or with one that nobody knows, are heard for a crisis as all others are."""
    guest: Guest = data["guest"]
    command: CommandObject | None = data.get("command")
    words = command.args if command else isinstance(event, Message) and event.text
    # A language's code is all that any command takes.
    if isinstance(event, Message) and words and words.strip().lower() not in list(Locale):
        await guest.is_overheard(event, words=words)
    return await handler(event, data)


async def begin_nothing(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """While its person is being erased, a command does nothing. But who begins anew is greeted when that is over."""
    guest: Guest = data["guest"]
    if data["handler"].callback is not start and await guest.is_being_erased():
        return None
    return await handler(event, data)


COMMANDS: dict[str, Callable[..., Awaitable[Line | None]]] = {
    "start": start,
    "help": show_help,
    "pause": pause,
    "resume": resume,
    "skip": skip,
    "profile": profile,
    "insights": insights,
    "language": language,
    "export": export,
    "delete": delete,
    "cancel": cancel,
}
"""All commands that people are told of, in the order in which Telegram's menu shows them."""


def menu(texts: Texts) -> list[BotCommand]:
    """The commands as Telegram's menu explains them."""
    return [BotCommand(command=name, description=texts.say(f"command-{name}")) for name in COMMANDS]


def commands() -> Router:
    """The way to each command."""
    router = Router(name="commands")
    router.message.middleware(overhear)
    router.message.middleware(begin_nothing)
    for name, handler in COMMANDS.items():
        # aiogram looks into captions, too: what is written below a picture tells the bot to do nothing.
        router.message.register(handler, F.text, Command(name, ignore_case=True))
    # What the same command is called in a terminal.
    router.message.register(cancel, F.text, Command("stop", ignore_case=True))
    router.message.register(unknown, F.text.regexp(LOOKS_LIKE_A_COMMAND))
    return router
