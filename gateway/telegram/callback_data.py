"""What the buttons under messages carry. Typed, so that a button of an older version is known for what it is."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData

from schema.vocabulary import Locale


class ConsentCallback(CallbackData, prefix="consent"):
    """Yes or no to beginning. The nonce names what is agreed to."""

    granted: bool
    nonce: str | None


class QuestionCallback(CallbackData, prefix="question"):
    """Skip or pause, under a question. The nonce names the asking, also to who looks which question a reply is to."""

    action: Act
    nonce: str


class Act(StrEnum):
    """What a person may do with a question besides answering it."""

    SKIP = "skip"
    PAUSE = "pause"
    GO_ON = "go-on"
    STOP = "stop"


class ResumeCallback(CallbackData, prefix="resume"):
    """Go on after a rest."""


class LanguageCallback(CallbackData, prefix="language"):
    """A language."""

    locale: Locale


class EraseCallback(CallbackData, prefix="erase"):
    """The two steps to erasing everything, and the way back."""

    step: EraseStep
    asked_at: int
    """Unix seconds when the person was asked; an old button no longer erases."""


class EraseStep(StrEnum):
    """Where a person stands on the way to erasing everything."""

    SURE = "sure"
    REALLY_SURE = "really-sure"
    KEEP = "keep"


QuestionCallback.model_rebuild()
EraseCallback.model_rebuild()
