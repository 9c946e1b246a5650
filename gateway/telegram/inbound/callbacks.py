"""Buttons. A tap that has done what it says takes its buttons away; one that came too late changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import BaseMiddleware, Bot, F, Router
from aiogram.types import CallbackQuery, TelegramObject
from cachetools import TTLCache

from gateway.clients.visitor import Said, Tell
from gateway.telegram import keyboards
from gateway.telegram.bot_api import telegram_time
from gateway.telegram.callback_data import (
    Act,
    ConsentCallback,
    EraseCallback,
    EraseStep,
    LanguageCallback,
    QuestionCallback,
    ResumeCallback,
)
from gateway.telegram.inbound.askings import Askings, InTime
from gateway.telegram.inbound.commands import choose_language
from gateway.telegram.inbound.visitor import Handler, Reply, TelegramVisitor
from schema.onboarding.messages import ConsentAnswer, Gesture, SkipRequest

SURE_FOR = timedelta(minutes=10)
"""How long the question whether to erase everything stands; a later yes no longer counts."""

AGAIN_WITHIN = 10.0
"""Seconds in which the same button is tapped again by an impatient finger; later, by somebody who means it."""
REMEMBERED = 1000
"""How many buttons are known to have been tapped just now."""


class Once(BaseMiddleware):
    """Of several taps on one button the first does what it says. The others are answered, and nothing is said."""

    def __init__(self) -> None:
        self._tapped: TTLCache[tuple[int, int, str | None], None] = TTLCache(
            REMEMBERED,
            AGAIN_WITHIN,
            timer=lambda: time.monotonic(),  # noqa: PLW0108 - looked up anew each time: a test changes the clock
        )
        """The buttons that were tapped just now, by their message and what they carry."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, CallbackQuery) or event.message is None:
            return await handler(event, data)
        button = event.message.chat.id, event.message.message_id, event.data
        if button in self._tapped:
            return None
        line = await handler(event, data)
        # Only now: one that could not be handled comes again.
        self._tapped[button] = None
        return line


async def consent(query: CallbackQuery, callback_data: ConsentCallback, visitor: TelegramVisitor) -> Reply | None:
    """Yes or no to beginning."""
    answer = ConsentAnswer(granted=callback_data.granted, nonce=callback_data.nonce, update_id=visitor.update_id)
    return await _done(visitor, visitor.clients.onboarding.answer_consent, answer)


async def skip(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply | None:
    """Another question, please."""
    request = SkipRequest(nonce=callback_data.nonce, message_id=_shown_as(query), update_id=visitor.update_id)
    return await _done(visitor, visitor.clients.onboarding.skip, request)


async def pause(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply | None:
    """A rest."""
    return await _done(visitor, visitor.clients.onboarding.pause, _gesture(query, callback_data, visitor))


async def stop(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply | None:
    """Enough for today."""
    return await _done(visitor, visitor.clients.onboarding.stop, _gesture(query, callback_data, visitor))


async def resume(query: CallbackQuery, visitor: TelegramVisitor) -> Reply | None:
    """Back from a rest."""
    return await _done(visitor, visitor.clients.onboarding.resume, Gesture(update_id=visitor.update_id))


async def go_on(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply:
    """No rest: the question stands there already and only needs an answer."""
    # Nothing is typed in reply, unless the button is of an earlier question.
    gesture = _gesture(query, callback_data, visitor)
    if not await visitor.clients.onboarding.go_on(visitor, gesture):
        await visitor.sees_buttons(None)
        return Reply("telegram-no-session")
    await visitor.sees_buttons(keyboards.question(visitor.texts, callback_data.nonce))
    return Reply("telegram-go-on")


async def language(query: CallbackQuery, callback_data: LanguageCallback, visitor: TelegramVisitor) -> None:
    """A language."""
    await visitor.sees_instead(await choose_language(visitor, callback_data.locale))


async def keep(query: CallbackQuery, visitor: TelegramVisitor) -> None:
    """Nothing is erased."""
    await visitor.sees_instead(Reply("telegram-erase-kept"))


async def ask_again(query: CallbackQuery, callback_data: EraseCallback, visitor: TelegramVisitor, bot: Bot) -> None:
    """The first yes is asked about once more."""
    if _came_late(callback_data, bot):
        await visitor.sees_instead(Reply("telegram-erase-late"))
    else:
        keyboard = keyboards.erase_second(visitor.texts, callback_data.asked_at)
        await visitor.sees_instead(Reply("telegram-erase-ask-again", keyboard=keyboard))


async def erase(query: CallbackQuery, callback_data: EraseCallback, visitor: TelegramVisitor, bot: Bot) -> None:
    """The second yes erases everything."""
    if _came_late(callback_data, bot):
        await visitor.sees_instead(Reply("telegram-erase-late"))
    else:
        # The button has whole seconds: within the one that it names, who was there already is not known.
        asked_at = datetime.fromtimestamp(callback_data.asked_at + 1, UTC)
        await visitor.clients.account.erase(visitor, asked_at, visitor.update_id)
        await visitor.sees_buttons(None)


async def too_old(query: CallbackQuery, visitor: TelegramVisitor) -> Reply:
    """A button of an earlier version."""
    await visitor.sees_buttons(None)
    return Reply("notice-button-is-old")


def callbacks(askings: Askings) -> Router:
    """The way to each button."""
    router = Router(name="callbacks")
    router.callback_query.middleware(Once())
    router.callback_query.middleware(InTime(askings))
    tapped = router.callback_query.register
    tapped(consent, ConsentCallback.filter())
    tapped(skip, QuestionCallback.filter(F.action == Act.SKIP))
    tapped(pause, QuestionCallback.filter(F.action == Act.PAUSE))
    tapped(go_on, QuestionCallback.filter(F.action == Act.GO_ON))
    tapped(stop, QuestionCallback.filter(F.action == Act.STOP))
    tapped(resume, ResumeCallback.filter())
    tapped(language, LanguageCallback.filter())
    tapped(keep, EraseCallback.filter(F.step == EraseStep.KEEP))
    tapped(ask_again, EraseCallback.filter(F.step == EraseStep.SURE))
    tapped(erase, EraseCallback.filter(F.step == EraseStep.REALLY_SURE))
    tapped(too_old)
    return router


async def _done(visitor: TelegramVisitor, tell: Tell[Said], said: Said) -> Reply | None:
    """Tells the session, and takes the buttons away once it has it."""
    line = await visitor.tell(tell, said)
    await visitor.sees_buttons(None)
    return line


def _came_late(tap: EraseCallback, bot: Bot) -> bool:
    return telegram_time(bot) - tap.asked_at > SURE_FOR.total_seconds()


def _shown_as(query: CallbackQuery) -> str | None:
    return str(query.message.message_id) if query.message else None


def _gesture(query: CallbackQuery, tapped: QuestionCallback, visitor: TelegramVisitor) -> Gesture:
    return Gesture(nonce=tapped.nonce, message_id=_shown_as(query), update_id=visitor.update_id)
