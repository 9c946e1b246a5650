"""The buttons under messages, in a person's language. What a tap carries is in `callback_data.py`."""

from __future__ import annotations

from typing import Literal

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from gateway.presentation.texts import Texts
from gateway.telegram.callback_data import (
    Act,
    ConsentCallback,
    EraseCallback,
    EraseStep,
    LanguageCallback,
    QuestionCallback,
    ResumeCallback,
)
from schema.vocabulary import Locale


def consent(texts: Texts, nonce: str | None) -> InlineKeyboardMarkup:
    """Whether to begin."""
    return _row(
        (texts.say("choice-agree"), ConsentCallback(granted=True, nonce=nonce)),
        (texts.say("choice-decline"), ConsentCallback(granted=False, nonce=nonce)),
    )


def question(texts: Texts, nonce: str) -> InlineKeyboardMarkup:
    """What a person may do with a question besides answering it."""
    return _row(
        (texts.say("choice-skip"), QuestionCallback(action=Act.SKIP, nonce=nonce)),
        (texts.say("choice-pause"), QuestionCallback(action=Act.PAUSE, nonce=nonce)),
    )


def offer(texts: Texts, nonce: str, suggest: Literal["pause", "end"]) -> InlineKeyboardMarkup:
    """Whether a person who seems tired goes on with the question that is shown."""
    rest = Act.PAUSE if suggest == "pause" else Act.STOP
    return _row(
        (texts.say("choice-go-on"), QuestionCallback(action=Act.GO_ON, nonce=nonce)),
        (texts.say(f"choice-{rest}"), QuestionCallback(action=rest, nonce=nonce)),
    )


def resume(texts: Texts) -> InlineKeyboardMarkup:
    """The way back from a rest."""
    return _row((texts.say("choice-resume"), ResumeCallback()))


def languages() -> InlineKeyboardMarkup:
    """All languages, each called as those who speak it call it."""
    return _row(*((Texts(locale).say("language-name"), LanguageCallback(locale=locale)) for locale in Locale))


def erase_first(texts: Texts, asked_at: int) -> InlineKeyboardMarkup:
    """Whether to erase everything, asked for the first time; `asked_at` in Unix seconds."""
    return _column(_keep(texts, asked_at), _erase(texts, EraseStep.SURE, asked_at))


def erase_second(texts: Texts, asked_at: int) -> InlineKeyboardMarkup:
    """The same, asked for the last time."""
    # The other way round: a finger that taps the same place twice keeps everything.
    return _column(_erase(texts, EraseStep.REALLY_SURE, asked_at), _keep(texts, asked_at))


def _keep(texts: Texts, asked_at: int) -> tuple[str, CallbackData]:
    return texts.say("choice-keep"), EraseCallback(step=EraseStep.KEEP, asked_at=asked_at)


def _erase(texts: Texts, step: EraseStep, asked_at: int) -> tuple[str, CallbackData]:
    return texts.say(f"choice-erase-{step}"), EraseCallback(step=step, asked_at=asked_at)


def _column(*buttons: tuple[str, CallbackData]) -> InlineKeyboardMarkup:
    # Each on a line of its own: nobody taps the wrong one by a finger's width.
    return InlineKeyboardMarkup(inline_keyboard=[[_button(*button)] for button in buttons])


def _row(*buttons: tuple[str, CallbackData]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_button(*button) for button in buttons]])


def _button(text: str, tap: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=tap.pack())
