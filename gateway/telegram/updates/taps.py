"""Buttons. A tap that has done what it says takes its buttons away; one that came too late changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import BaseMiddleware, Bot, F, Router
from aiogram.types import CallbackQuery, TelegramObject
from cachetools import TTLCache

from gateway.telegram import keyboards
from gateway.telegram.bot_api import telegram_time
from gateway.telegram.buttons import Act, ConsentTap, EraseStep, EraseTap, LanguageTap, QuestionTap, ResumeTap
from gateway.telegram.updates.askings import Askings, InTime
from gateway.telegram.updates.commands import choose_language
from gateway.telegram.updates.guest import Guest, Handler, Line
from schema.onboarding.messages import ConsentAnswer, Gesture, SkipRequest
from schema.person import FromPerson

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


async def consent(query: CallbackQuery, callback_data: ConsentTap, guest: Guest) -> Line | None:
    """Yes or no to beginning."""
    answer = ConsentAnswer(granted=callback_data.granted, nonce=callback_data.nonce, update_id=guest.update_id)
    return await _done(guest, "answer_consent", answer)


async def skip(query: CallbackQuery, callback_data: QuestionTap, guest: Guest) -> Line | None:
    """Another question, please."""
    request = SkipRequest(nonce=callback_data.nonce, message_id=_shown_as(query), update_id=guest.update_id)
    return await _done(guest, "skip", request)


async def pause(query: CallbackQuery, callback_data: QuestionTap, guest: Guest) -> Line | None:
    """A rest."""
    return await _done(guest, "pause", _gesture(query, callback_data, guest))


async def stop(query: CallbackQuery, callback_data: QuestionTap, guest: Guest) -> Line | None:
    """Enough for today."""
    return await _done(guest, "stop", _gesture(query, callback_data, guest))


async def resume(query: CallbackQuery, guest: Guest) -> Line | None:
    """Back from a rest."""
    return await _done(guest, "resume", Gesture(update_id=guest.update_id))


async def go_on(query: CallbackQuery, callback_data: QuestionTap, guest: Guest) -> Line:
    """No rest: the question stands there already and only needs an answer."""
    # Nothing is typed in reply, unless the button is of an earlier question.
    gesture = _gesture(query, callback_data, guest)
    if not await guest.sessions.tell(guest, "go_on", gesture):
        await guest.sees_buttons(None)
        return Line("telegram-no-session")
    await guest.sees_buttons(keyboards.question(guest.texts, callback_data.nonce))
    return Line("telegram-go-on")


async def language(query: CallbackQuery, callback_data: LanguageTap, guest: Guest) -> None:
    """A language."""
    await guest.sees_instead(await choose_language(guest, callback_data.locale))


async def keep(query: CallbackQuery, guest: Guest) -> None:
    """Nothing is erased."""
    await guest.sees_instead(Line("telegram-erase-kept"))


async def ask_again(query: CallbackQuery, callback_data: EraseTap, guest: Guest, bot: Bot) -> None:
    """The first yes is asked about once more."""
    if _came_late(callback_data, bot):
        await guest.sees_instead(Line("telegram-erase-late"))
    else:
        keyboard = keyboards.erase_second(guest.texts, callback_data.asked_at)
        await guest.sees_instead(Line("telegram-erase-ask-again", keyboard=keyboard))


async def erase(query: CallbackQuery, callback_data: EraseTap, guest: Guest, bot: Bot) -> None:
    """The second yes erases everything."""
    if _came_late(callback_data, bot):
        await guest.sees_instead(Line("telegram-erase-late"))
    else:
        # The button has whole seconds: within the one that it names, who was there already is not known.
        asked_at = datetime.fromtimestamp(callback_data.asked_at + 1, UTC)
        await guest.sessions.erase(guest, asked_at, guest.update_id)
        await guest.sees_buttons(None)


async def too_old(query: CallbackQuery, guest: Guest) -> Line:
    """A button of an earlier version."""
    await guest.sees_buttons(None)
    return Line("notice-button-is-old")


def taps(askings: Askings) -> Router:
    """The way of each button."""
    router = Router(name="taps")
    router.callback_query.middleware(Once())
    router.callback_query.middleware(InTime(askings))
    tapped = router.callback_query.register
    tapped(consent, ConsentTap.filter())
    tapped(skip, QuestionTap.filter(F.action == Act.SKIP))
    tapped(pause, QuestionTap.filter(F.action == Act.PAUSE))
    tapped(go_on, QuestionTap.filter(F.action == Act.GO_ON))
    tapped(stop, QuestionTap.filter(F.action == Act.STOP))
    tapped(resume, ResumeTap.filter())
    tapped(language, LanguageTap.filter())
    tapped(keep, EraseTap.filter(F.step == EraseStep.KEEP))
    tapped(ask_again, EraseTap.filter(F.step == EraseStep.SURE))
    tapped(erase, EraseTap.filter(F.step == EraseStep.REALLY_SURE))
    tapped(too_old)
    return router


async def _done(guest: Guest, signal: str, said: FromPerson) -> Line | None:
    """Tells the session, and takes the buttons away once it has it."""
    line = await guest.tell(signal, said)
    await guest.sees_buttons(None)
    return line


def _came_late(tap: EraseTap, bot: Bot) -> bool:
    return telegram_time(bot) - tap.asked_at > SURE_FOR.total_seconds()


def _shown_as(query: CallbackQuery) -> str | None:
    return str(query.message.message_id) if query.message else None


def _gesture(query: CallbackQuery, tapped: QuestionTap, guest: Guest) -> Gesture:
    return Gesture(nonce=tapped.nonce, message_id=_shown_as(query), update_id=guest.update_id)
