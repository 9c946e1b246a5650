"""Handlers of callback queries (button taps). A handled tap removes the buttons; a late one changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from aiogram import BaseMiddleware, Bot, F, Router
from aiogram.types import CallbackQuery, Message, TelegramObject
from cachetools import TTLCache

from gateway.clients.onboarding import Hearer
from gateway.clients.visitor import SendSignal, SignalInput
from gateway.presentation.consent import consent_pages
from gateway.presentation.crisis import contact_lines, country_name
from gateway.presentation.time_zones import zone_named
from gateway.telegram import keyboards
from gateway.telegram.bot_api import telegram_time
from gateway.telegram.callback_data import (
    Act,
    ChoiceCallback,
    CoachSafetyCallback,
    ConsentCallback,
    CountryCallback,
    EraseCallback,
    EraseStep,
    LanguageCallback,
    LeaveMemoryCallback,
    MemoryAct,
    MemoryCallback,
    MemoryPageCallback,
    MendCallback,
    NotMeCallback,
    NotQuiteCallback,
    NotTrueCallback,
    PrivacyCallback,
    QuestionCallback,
    ReplyCallback,
    ResumeCallback,
    SafetyCallback,
    StepCallback,
    ViewCallback,
    WhyCallback,
    ZoneCallback,
)
from gateway.telegram.inbound.askings import Askings, RejectOldButtons
from gateway.telegram.inbound.commands import choose_language
from gateway.telegram.inbound.visitor import Handler, Reply, TelegramVisitor
from gateway.telegram.inbound.voice import mend
from gateway.telegram.typing_sign import LONGEST_FOR_COACH
from schema.coaching.messages import MarkedReply, MemoryToCorrect, SafetyTap
from schema.danger import Danger, SafetyReply
from schema.onboarding.messages import ConsentAnswer, Gesture, SkipRequest, SubmittedAnswer
from schema.safety.messages import SafetyAnswer

SURE_FOR = timedelta(minutes=10)
"""How long the confirmation to erase everything is valid."""

REPEATED_WITHIN = 10.0
"""Seconds in which a second tap on the same button counts as accidental."""
REMEMBERED = 1000
"""How many recently tapped buttons are remembered."""


class IgnoreRepeatedTaps(BaseMiddleware):
    """Middleware: handles the first of several quick taps on one button and answers the others without a text.

    The choices of a question count as one button: only one of them can be its answer.
    """

    def __init__(self) -> None:
        self._tapped: TTLCache[tuple[int, int, str | None], None] = TTLCache(
            REMEMBERED,
            REPEATED_WITHIN,
            timer=lambda: time.monotonic(),  # noqa: PLW0108 - looked up at each call, because a test replaces it
        )
        """The recently tapped buttons, by chat, message and what they carry."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, CallbackQuery) or event.message is None:
            return await handler(event, data)
        tap = data.get("callback_data")
        carried = tap.nonce if isinstance(tap, ChoiceCallback) else event.data
        button = event.message.chat.id, event.message.message_id, carried
        if button in self._tapped:
            return None
        line = await handler(event, data)
        # Only after success: Telegram sends a failed update again.
        self._tapped[button] = None
        return line


async def consent(query: CallbackQuery, callback_data: ConsentCallback, visitor: TelegramVisitor) -> Reply | None:
    """Sends the person's consent or refusal to the session."""
    answer = ConsentAnswer(granted=callback_data.granted, nonce=callback_data.nonce, update_id=visitor.update_id)
    return await _signal_and_clear(visitor, visitor.clients.onboarding.answer_consent, answer)


async def choose(query: CallbackQuery, callback_data: ChoiceCallback, visitor: TelegramVisitor) -> Reply | None:
    """Sends the choice to the session, in the words of its button. The reply says whether it was taken."""
    if not isinstance(query.message, Message):
        return Reply("telegram-choice-unreadable")
    choices = keyboards.choices_shown(query.message.reply_markup)
    if callback_data.index >= len(choices):
        # They were removed, and the person's screen is late.
        return Reply("notice-choice-came-late")
    answer = SubmittedAnswer(
        update_id=visitor.update_id,
        text=choices[callback_data.index],
        nonce=callback_data.nonce,
        message_id=_message_id(query),
        chosen=True,
    )
    return await _signal_and_clear(visitor, visitor.clients.onboarding.submit_answer, answer)


async def skip(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply | None:
    """Asks the session for another question."""
    request = SkipRequest(nonce=callback_data.nonce, message_id=_message_id(query), update_id=visitor.update_id)
    return await _signal_and_clear(visitor, visitor.clients.onboarding.skip, request)


async def pause(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply | None:
    """Pauses the session."""
    return await _signal_and_clear(visitor, visitor.clients.onboarding.pause, _gesture(query, callback_data, visitor))


async def stop(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply | None:
    """Ends the session."""
    return await _signal_and_clear(visitor, visitor.clients.onboarding.stop, _gesture(query, callback_data, visitor))


async def resume(query: CallbackQuery, visitor: TelegramVisitor) -> Reply | None:
    """Resumes a paused session."""
    return await _signal_and_clear(visitor, visitor.clients.onboarding.resume, Gesture(update_id=visitor.update_id))


async def go_on(query: CallbackQuery, callback_data: QuestionCallback, visitor: TelegramVisitor) -> Reply:
    """Declines an offered pause. The question above needs no new message, only its usual buttons."""
    # Without the typing indicator, because the session sends no reply.
    gesture = _gesture(query, callback_data, visitor)
    if not await visitor.clients.onboarding.go_on(visitor, gesture):
        await visitor.replace_keyboard(None)
        return Reply("no-session")
    keyboard = keyboards.question(visitor.texts, callback_data.nonce)
    choices = keyboards.choices_shown(query.message.reply_markup if isinstance(query.message, Message) else None)
    await visitor.replace_keyboard(keyboards.with_choices(choices, callback_data.nonce, keyboard))
    return Reply("telegram-go-on")


async def safety(query: CallbackQuery, callback_data: SafetyCallback, visitor: TelegramVisitor) -> None:
    """Tells the session whether the person is safe; without an open session, the workflow that listens outside."""
    answer = SafetyAnswer(
        answer=callback_data.answer,
        nonce=callback_data.nonce,
        crisis=callback_data.crisis,
        update_id=visitor.update_id,
    )
    if not await visitor.clients.onboarding.answer_safety(visitor, answer):
        await visitor.clients.safety.answer_safety(visitor, answer)
    await _take_away_after(callback_data.answer, visitor)


async def coach_safety(query: CallbackQuery, callback_data: CoachSafetyCallback, visitor: TelegramVisitor) -> None:
    """Tells the coach whether the person is safe, or was misread; while they are erased, the workflow that listens."""
    if await visitor.is_being_erased():
        answer = SafetyAnswer(answer=callback_data.answer, crisis=callback_data.crisis, update_id=visitor.update_id)
        await visitor.clients.safety.answer_safety(visitor, answer)
    else:
        tap = SafetyTap(
            update_id=visitor.update_id,
            reply_id=callback_data.reply_id,
            answer=callback_data.answer,
            crisis=callback_data.crisis,
            channel=visitor.channel,
            locale=visitor.locale,
        )
        await visitor.clients.coaching.answer_safety(visitor, tap)
    await _take_away_after(callback_data.answer, visitor)


async def _take_away_after(answer: SafetyReply, visitor: TelegramVisitor) -> None:
    """Takes the buttons away. Who asks for help may ask again."""
    if answer != "help":
        await visitor.replace_keyboard(None)


async def country(query: CallbackQuery, callback_data: CountryCallback, visitor: TelegramVisitor) -> None:
    """Tells whom to reach in another country. The buttons stay, for another tap."""
    danger = Danger(kind=callback_data.crisis, about=callback_data.about, harm=callback_data.harm)
    lines = contact_lines(danger, visitor.texts, callback_data.country)
    name = country_name(callback_data.country, visitor.texts)
    visitor.send(Reply("crisis-in-country", {"country": name, "lines": lines}))


async def not_quite(query: CallbackQuery, callback_data: NotQuiteCallback, visitor: TelegramVisitor) -> None:
    """Takes it that the reflection missed, during the session or after it."""
    await visitor.clients.profile.object_to(visitor, callback_data.answer_id, visitor.update_id)
    await visitor.remove_not_quite()


async def mark_reply(query: CallbackQuery, callback_data: ReplyCallback, visitor: TelegramVisitor) -> None:
    """Tells the coach what the person says about its reply, which then has no buttons any more."""
    if not await visitor.is_being_erased():
        visitor.typing.start(visitor.chat_id, LONGEST_FOR_COACH)
        marked = MarkedReply(
            update_id=visitor.update_id,
            reply_id=callback_data.reply_id,
            mark=callback_data.mark,
            channel=visitor.channel,
            locale=visitor.locale,
        )
        await visitor.clients.coaching.mark(visitor, marked)
    await visitor.replace_keyboard(None)


async def view(query: CallbackQuery, callback_data: ViewCallback, visitor: TelegramVisitor) -> None:
    """Shows something of the profile. The buttons stay, for another tap."""
    visitor.typing.start(visitor.chat_id)
    shown, theme = callback_data.view, callback_data.theme
    await visitor.clients.profile.show_profile(visitor, shown, visitor.update_id, theme=theme)


async def why(query: CallbackQuery, callback_data: WhyCallback, visitor: TelegramVisitor) -> None:
    """Shows the person's own words behind a value. The buttons stay, for another tap."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.profile.why(visitor, callback_data.value, visitor.update_id)


async def not_me(query: CallbackQuery, callback_data: NotMeCallback, visitor: TelegramVisitor) -> None:
    """Takes it that a value is not the person."""
    await visitor.clients.profile.deny(visitor, callback_data.value, visitor.update_id)
    await visitor.replace_keyboard(None)


async def step(query: CallbackQuery, callback_data: StepCallback, visitor: TelegramVisitor) -> None:
    """Does with a step what the person wants. The buttons of other steps stay."""
    visitor.typing.start(visitor.chat_id)
    agreement_id = callback_data.agreement_id
    await visitor.clients.coaching.act_on_step(visitor, str(agreement_id), callback_data.act, visitor.update_id)
    shown = query.message.reply_markup if isinstance(query.message, Message) else None
    await visitor.replace_keyboard(keyboards.without(shown, StepCallback, agreement_id))


async def not_true(query: CallbackQuery, callback_data: NotTrueCallback, visitor: TelegramVisitor) -> None:
    """Takes it that an insight is not true. The buttons of other insights stay."""
    insight_id = callback_data.insight_id
    await visitor.clients.coaching.deny_insight(visitor, str(insight_id), visitor.update_id)
    shown = query.message.reply_markup if isinstance(query.message, Message) else None
    await visitor.replace_keyboard(keyboards.without(shown, NotTrueCallback, insight_id))


async def forget_memory(query: CallbackQuery, callback_data: MemoryCallback, visitor: TelegramVisitor) -> None:
    """Has a memory forgotten. The page without it takes the place of the one with the button."""
    if await visitor.is_being_erased():
        return
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.show_memories(
        visitor,
        visitor.update_id,
        page=callback_data.page,
        forget=callback_data.memory_id,
        instead_of=callback_data.asked_by,
    )


async def turn_page(query: CallbackQuery, callback_data: MemoryPageCallback, visitor: TelegramVisitor) -> None:
    """Shows another page of what is remembered, in the place of this one."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.show_memories(
        visitor, visitor.update_id, page=callback_data.page, instead_of=callback_data.asked_by
    )


async def correct_memory(query: CallbackQuery, callback_data: MemoryCallback, visitor: TelegramVisitor) -> None:
    """Begins to put a memory right. A session that takes the texts which follow comes first."""
    if await visitor.clients.onboarding.hearer(visitor) is Hearer.SESSION:
        visitor.send(Reply("memory-later"))
    else:
        await _correct(visitor, callback_data.memory_id)


async def leave_memory(query: CallbackQuery, visitor: TelegramVisitor) -> None:
    """Leaves a memory as it is."""
    await _correct(visitor, None)
    await visitor.replace_keyboard(None)


async def _correct(visitor: TelegramVisitor, memory_id: UUID | None) -> None:
    if not await visitor.is_being_erased():
        visitor.typing.start(visitor.chat_id)
        tap = MemoryToCorrect(
            update_id=visitor.update_id, memory_id=memory_id, channel=visitor.channel, locale=visitor.locale
        )
        await visitor.clients.coaching.correct_memory(visitor, tap)


async def zone(query: CallbackQuery, callback_data: ZoneCallback, visitor: TelegramVisitor) -> None:
    """Takes the person's time zone."""
    visitor.typing.start(visitor.chat_id)
    await visitor.clients.coaching.set_contact(visitor, visitor.update_id, time_zone=callback_data.zone)
    await visitor.replace_keyboard(None)


async def language(query: CallbackQuery, callback_data: LanguageCallback, visitor: TelegramVisitor) -> None:
    """Changes the language and confirms it in place of the message."""
    await visitor.replace_message(await choose_language(visitor, callback_data.locale))


async def privacy(query: CallbackQuery, visitor: TelegramVisitor) -> None:
    """Shows the document behind the consent request, whose buttons stay."""
    visitor.send_pages(consent_pages(visitor.texts))


async def keep(query: CallbackQuery, visitor: TelegramVisitor) -> None:
    """Cancels the erasure."""
    await visitor.replace_message(Reply("erase-kept"))


async def ask_again(query: CallbackQuery, callback_data: EraseCallback, visitor: TelegramVisitor, bot: Bot) -> None:
    """Asks for the second confirmation after the first yes."""
    if _is_expired(callback_data, bot):
        await visitor.replace_message(Reply("telegram-erase-late"))
    else:
        keyboard = keyboards.erase_second(visitor.texts, callback_data.asked_at)
        await visitor.replace_message(Reply("erase-ask-again", keyboard=keyboard))


async def erase(query: CallbackQuery, callback_data: EraseCallback, visitor: TelegramVisitor, bot: Bot) -> None:
    """Starts the erasure after the second yes."""
    if _is_expired(callback_data, bot):
        await visitor.replace_message(Reply("telegram-erase-late"))
    else:
        # The button has whole seconds, so the erasure covers the whole second in which the person was asked.
        asked_at = datetime.fromtimestamp(callback_data.asked_at + 1, UTC)
        await visitor.clients.account.erase(visitor, asked_at, visitor.update_id)
        await visitor.replace_keyboard(None)


async def too_old(query: CallbackQuery, visitor: TelegramVisitor) -> Reply:
    """Answers a tap on a button of an earlier version."""
    await visitor.replace_keyboard(None)
    return Reply("notice-button-is-old")


def callbacks(askings: Askings) -> Router:
    """Router for all buttons."""
    router = Router(name="callbacks")
    router.callback_query.middleware(IgnoreRepeatedTaps())
    router.callback_query.middleware(RejectOldButtons(askings))
    tapped = router.callback_query.register
    tapped(consent, ConsentCallback.filter())
    tapped(choose, ChoiceCallback.filter())
    tapped(skip, QuestionCallback.filter(F.action == Act.SKIP))
    tapped(pause, QuestionCallback.filter(F.action == Act.PAUSE))
    tapped(go_on, QuestionCallback.filter(F.action == Act.GO_ON))
    tapped(stop, QuestionCallback.filter(F.action == Act.STOP))
    tapped(safety, SafetyCallback.filter())
    tapped(coach_safety, CoachSafetyCallback.filter())
    tapped(country, CountryCallback.filter())
    tapped(resume, ResumeCallback.filter())
    tapped(mend, MendCallback.filter())
    tapped(not_quite, NotQuiteCallback.filter())
    tapped(mark_reply, ReplyCallback.filter())
    tapped(view, ViewCallback.filter())
    tapped(why, WhyCallback.filter())
    tapped(not_me, NotMeCallback.filter())
    tapped(not_true, NotTrueCallback.filter())
    tapped(step, StepCallback.filter())
    tapped(forget_memory, MemoryCallback.filter(F.act == MemoryAct.FORGET))
    tapped(correct_memory, MemoryCallback.filter(F.act == MemoryAct.CORRECT))
    tapped(turn_page, MemoryPageCallback.filter())
    tapped(leave_memory, LeaveMemoryCallback.filter())
    tapped(zone, ZoneCallback.filter(F.zone.func(zone_named)))
    tapped(language, LanguageCallback.filter())
    tapped(privacy, PrivacyCallback.filter())
    tapped(keep, EraseCallback.filter(F.step == EraseStep.KEEP))
    tapped(ask_again, EraseCallback.filter(F.step == EraseStep.SURE))
    tapped(erase, EraseCallback.filter(F.step == EraseStep.REALLY_SURE))
    tapped(too_old)
    return router


async def _signal_and_clear(
    visitor: TelegramVisitor, send: SendSignal[SignalInput], argument: SignalInput
) -> Reply | None:
    """Signals the session and then removes the buttons. Returns the reply when no session is open."""
    line = await visitor.signal(send, argument)
    await visitor.replace_keyboard(None)
    return line


def _is_expired(tap: EraseCallback, bot: Bot) -> bool:
    return telegram_time(bot) - tap.asked_at > SURE_FOR.total_seconds()


def _message_id(query: CallbackQuery) -> str | None:
    return str(query.message.message_id) if query.message else None


def _gesture(query: CallbackQuery, tapped: QuestionCallback, visitor: TelegramVisitor) -> Gesture:
    return Gesture(nonce=tapped.nonce, message_id=_message_id(query), update_id=visitor.update_id)
