"""Handlers of commands, also in plain words. They return the gateway's own reply, or None when a workflow replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import BotCommand, Message, TelegramObject

from gateway.clients.onboarding import Hearer
from gateway.clients.visitor import SendSignal, SignalInput
from gateway.presentation import layer_words
from gateway.presentation.commands import Asked, asked, in_plain_words
from gateway.presentation.consent import consent_pages
from gateway.presentation.texts.texts import Texts
from gateway.presentation.time_zones import hours_named, zone_named
from gateway.telegram import keyboards
from gateway.telegram.bot_api import telegram_time
from gateway.telegram.inbound.contents import nonce_of
from gateway.telegram.inbound.visitor import Handler, Reply, TelegramVisitor
from schema.coaching.messages import CoachLanguage, NewTopic
from schema.onboarding.messages import Gesture, LanguageChoice, SkipRequest
from schema.vocabulary import Locale


class Asks(Filter):
    """Passes a text that is this command, or any command. A command in a caption is none."""

    def __init__(self, name: str | None = None) -> None:
        self._name = name

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        found = asked(message.text) if message.text else None
        return {"command": found} if found and self._name in (None, found.name) else False


async def start(message: Message, visitor: TelegramVisitor) -> None:
    """/start opens a session or returns to the open one."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.onboarding.arrive(visitor, visitor.update_id)


async def show_help(message: Message, visitor: TelegramVisitor) -> Reply:
    """/help lists the commands."""
    return Reply("telegram-help")


async def pause(message: Message, visitor: TelegramVisitor) -> Reply | None:
    """/pause pauses the session."""
    return await _ask(message, visitor, visitor.clients.onboarding.pause, Gesture(update_id=visitor.update_id))


async def resume(message: Message, visitor: TelegramVisitor) -> Reply | None:
    """/resume continues a paused session."""
    return await _ask(message, visitor, visitor.clients.onboarding.resume, Gesture(update_id=visitor.update_id))


async def skip(message: Message, visitor: TelegramVisitor) -> Reply | None:
    """/skip asks for another question."""
    nonce = nonce_of(message)
    meant = message.reply_to_message if nonce and message.reply_to_message else message
    request = SkipRequest(nonce=nonce, message_id=str(meant.message_id), update_id=visitor.update_id)
    return await _ask(message, visitor, visitor.clients.onboarding.skip, request)


async def stop(message: Message, visitor: TelegramVisitor) -> Reply | None:
    """/stop ends the session with a summary of the answers so far."""
    return await _ask(message, visitor, visitor.clients.onboarding.stop, Gesture(update_id=visitor.update_id))


async def new(message: Message, visitor: TelegramVisitor) -> Reply | None:
    """/new begins another topic with the coach. A session that takes the texts which follow comes first."""
    if await visitor.clients.onboarding.hearer(visitor) is Hearer.SESSION:
        return Reply("topic-later")
    visitor.typing.start(visitor.chat_id)
    topic = NewTopic(update_id=visitor.update_id, channel=visitor.channel, locale=visitor.locale)
    await visitor.clients.coaching.begin_topic(visitor, topic)
    return None


async def profile(message: Message, visitor: TelegramVisitor) -> None:
    """/profile shows the profile card."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.profile.show_profile(visitor, "card", visitor.update_id)


async def insights(message: Message, visitor: TelegramVisitor) -> None:
    """/insights shows the insights as text."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.profile.show_profile(visitor, "insights", visitor.update_id)


async def evolution(message: Message, visitor: TelegramVisitor) -> None:
    """/evolution shows how the person's levels have moved over time."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.profile.show_profile(visitor, "evolution", visitor.update_id)


async def why(message: Message, visitor: TelegramVisitor, command: Asked) -> Reply | None:
    """/why lists all values to ask about, or shows the words behind the one that is named."""
    value = layer_words.named(command.argument, visitor.texts)
    if command.argument.strip() and value is None:
        return Reply("value-unknown")
    visitor.typing.start(visitor.chat_id)
    if value:
        await visitor.clients.profile.why(visitor, value, visitor.update_id)
    else:
        await visitor.clients.profile.show_profile(visitor, "values", visitor.update_id)
    return None


async def find(message: Message, visitor: TelegramVisitor, command: Asked) -> Reply | None:
    """/find searches what the person once said. What they search for is screened as any text is."""
    if not command.argument.strip():
        return Reply("find-how")
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.profile.find(visitor, command.argument.strip(), visitor.update_id)
    return None


async def memory(message: Message, visitor: TelegramVisitor) -> None:
    """/memory shows what the coach remembers of the person, to forget or correct."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.show_memories(visitor, visitor.update_id)


async def steps(message: Message, visitor: TelegramVisitor) -> None:
    """/steps lists what the person and the coach have agreed on."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.show_steps(visitor, visitor.update_id)


async def quiet(message: Message, visitor: TelegramVisitor) -> None:
    """/quiet stops unasked messages, or lets them come again."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.set_contact(visitor, visitor.update_id, toggle_quiet=True)


async def hours(message: Message, visitor: TelegramVisitor, command: Asked) -> Reply | None:
    """/hours takes the hours in which the person may be written to unasked."""
    named = hours_named(command.argument)
    if named is None:
        return Reply("hours-how")
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.set_contact(visitor, visitor.update_id, hours=named)
    return None


async def timezone(message: Message, visitor: TelegramVisitor, command: Asked) -> Reply | None:
    """/timezone takes the city by whose clock the person lives, or shows buttons to choose from."""
    named = zone_named(command.argument)
    if command.argument.strip() and named is None:
        return Reply("zone-unknown")
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.set_contact(visitor, visitor.update_id, time_zone=named)
    return None


async def language(message: Message, visitor: TelegramVisitor, command: Asked) -> Reply | None:
    """/language changes the language to the given code, or shows buttons to choose from."""
    code = command.argument.strip().lower()
    if not code:
        return Reply("telegram-language-ask", keyboard=keyboards.languages())
    return await choose_language(visitor, Locale(code)) if code in list(Locale) else Reply("language-which")


async def choose_language(visitor: TelegramVisitor, locale: Locale) -> Reply:
    """Changes the language of the gateway's replies and of the open session; without one, of all that comes later."""
    visitor.use_locale(locale)
    choice = LanguageChoice(locale=locale, update_id=visitor.update_id)
    if await visitor.signal(visitor.clients.onboarding.choose_language, choice):
        await visitor.clients.account.remember_language(visitor)
    await visitor.clients.coaching.choose_language(visitor, CoachLanguage(locale=locale, update_id=visitor.update_id))
    return Reply("language-chosen")


async def export(message: Message, visitor: TelegramVisitor) -> None:
    """/export sends all stored data about the person."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.account.export(visitor, visitor.update_id)


async def privacy(message: Message, visitor: TelegramVisitor) -> None:
    """/privacy shows the document that a person agrees to."""
    visitor.send_pages(consent_pages(visitor.texts))


async def delete(message: Message, visitor: TelegramVisitor, bot: Bot) -> Reply:
    """/delete asks whether to erase everything. Only a second yes starts the erasure."""
    return Reply("erase-ask", keyboard=keyboards.erase_first(visitor.texts, int(telegram_time(bot))))


async def unknown(message: Message, visitor: TelegramVisitor) -> Reply:
    """Replies to an unknown command."""
    return Reply("unknown-command")


async def screen_arguments(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Middleware: screens the text after a command, and all of an unknown command, for a crisis."""
    visitor: TelegramVisitor = data["visitor"]
    command: Asked = data["command"]
    words = command.argument if command.name in COMMANDS else isinstance(event, Message) and event.text
    # A language code and hours are no words of the person's own.
    if isinstance(event, Message) and words and not (words.strip().lower() in list(Locale) or hours_named(words)):
        await visitor.screen_text(event, words=words)
    return await handler(event, data)


async def ignore_during_erasure(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Middleware: ignores all commands but /start while the person's data is being erased.

    The session that /start opens greets the person after the erasure.
    """
    visitor: TelegramVisitor = data["visitor"]
    if data["handler"].callback is not start and await visitor.is_being_erased():
        return None
    return await handler(event, data)


COMMANDS: dict[str, Callable[..., Awaitable[Reply | None]]] = {
    "start": start,
    "help": show_help,
    "pause": pause,
    "resume": resume,
    "skip": skip,
    "profile": profile,
    "insights": insights,
    "evolution": evolution,
    "why": why,
    "find": find,
    "memory": memory,
    "steps": steps,
    "quiet": quiet,
    "timezone": timezone,
    "hours": hours,
    "language": language,
    "export": export,
    "privacy": privacy,
    "delete": delete,
    "stop": stop,
    "new": new,
}
"""The commands of Telegram's menu, in its order."""


def menu(texts: Texts) -> list[BotCommand]:
    """Returns Telegram's menu in one language."""
    return [BotCommand(command=name, description=texts.say(f"command-{name}")) for name in COMMANDS]


async def _ask(
    message: Message, visitor: TelegramVisitor, send: SendSignal[SignalInput], argument: SignalInput
) -> Reply | None:
    """Signals the open session. Without one, plain words are words to the coach as any others."""
    line = await visitor.signal(send, argument)
    if line and in_plain_words(message.text or ""):
        await visitor.tell_coach(message)
        return None
    return line


def commands() -> Router:
    """Router for all commands."""
    router = Router(name="commands")
    router.message.middleware(screen_arguments)
    router.message.middleware(ignore_during_erasure)
    for name, handler in COMMANDS.items():
        router.message.register(handler, Asks(name))
    router.message.register(unknown, Asks())
    return router
