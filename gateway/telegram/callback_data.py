"""The callback data of all buttons. Typed, so that data of an older version is recognised as invalid."""

from __future__ import annotations

from enum import StrEnum
from typing import Self
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import model_validator

from schema.coaching.agreements import StepAct
from schema.coaching.marks import ReplyMark
from schema.danger import DangerAbout, DangerHarm, SafetyReply
from schema.profile.layers import ValueName
from schema.profile.messages import View
from schema.profile_vocabulary import NAMES, Layer, Theme
from schema.vocabulary import CrisisKind, Locale


class ConsentCallback(CallbackData, prefix="consent"):
    """Agree or decline, under the consent request that the nonce names."""

    granted: bool
    nonce: str | None


class PrivacyCallback(CallbackData, prefix="privacy"):
    """Show the document behind the consent request."""


class QuestionCallback(CallbackData, prefix="question"):
    """An action under the question that the nonce names. A reply to the message also gets its nonce from here."""

    action: Act
    nonce: str


class Act(StrEnum):
    """The actions on a question besides answering it."""

    SKIP = "skip"
    PAUSE = "pause"
    GO_ON = "go-on"
    STOP = "stop"


class ChoiceCallback(CallbackData, prefix="choice"):
    """One of the choices of the question that the nonce names; its words are those of the button."""

    nonce: str
    index: int


class MendCallback(CallbackData, prefix="mend"):
    """Put what was heard in the voice message that the nonce names in other words."""

    nonce: str


class SafetyCallback(CallbackData, prefix="safety"):
    """An answer to the question of safety, or a cry for help under a concern."""

    answer: SafetyReply
    nonce: str
    crisis: CrisisKind | None
    """The danger that the message was about."""


class CoachSafetyCallback(CallbackData, prefix="safe"):
    """As `SafetyCallback`, where the coach asked."""

    answer: SafetyReply
    reply_id: UUID
    crisis: CrisisKind | None


class CountryCallback(CallbackData, prefix="country"):
    """Whom to reach in another country."""

    country: str
    crisis: CrisisKind
    about: DangerAbout
    harm: DangerHarm | None


class NotQuiteCallback(CallbackData, prefix="not-quite"):
    """The reflection on this answer missed."""

    answer_id: UUID


class ReplyCallback(CallbackData, prefix="reply"):
    """What the person says about a reply of the coach."""

    reply_id: UUID
    mark: ReplyMark


class _ValueCallback(CallbackData, prefix="value"):
    """The base of what is said of one value of a profile."""

    layer: Layer
    name: str

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.name not in NAMES[self.layer]:
            raise ValueError("no such value")
        return self

    @property
    def value(self) -> ValueName:
        """The value that is meant."""
        return ValueName(layer=self.layer, name=self.name)


class WhyCallback(_ValueCallback, prefix="why"):
    """The person asks why a value stands."""


class NotMeCallback(_ValueCallback, prefix="not-me"):
    """The person says that a value is not them."""


class NotTrueCallback(CallbackData, prefix="not-true"):
    """The person says that an insight is not true."""

    insight_id: UUID


class ViewCallback(CallbackData, prefix="view"):
    """Show something of the profile."""

    view: View
    theme: Theme


class StepCallback(CallbackData, prefix="step"):
    """What the person does with a step."""

    act: StepAct
    agreement_id: UUID


class MemoryAct(StrEnum):
    """What a person does with a memory."""

    FORGET = "forget"
    CORRECT = "correct"


class MemoryCallback(CallbackData, prefix="memory"):
    """What the person does with a memory on this page."""

    act: MemoryAct
    memory_id: UUID
    page: int
    asked_by: str | None
    """The update that asked for the page, whose place another one takes."""


class MemoryPageCallback(CallbackData, prefix="memories"):
    """Another page of what is remembered, in the place of this one."""

    page: int
    asked_by: str | None


class LeaveMemoryCallback(CallbackData, prefix="memory-stays"):
    """Leave what is remembered as it is."""


class ZoneCallback(CallbackData, prefix="zone"):
    """The person's time zone, by its name in IANA's database."""

    zone: str


class ResumeCallback(CallbackData, prefix="resume"):
    """Continue after a pause."""


class LanguageCallback(CallbackData, prefix="language"):
    """Choose a language."""

    locale: Locale


class EraseCallback(CallbackData, prefix="erase"):
    """A step of the confirmation to erase everything."""

    step: EraseStep
    asked_at: int
    """Unix seconds when the person was asked. A button that is too old no longer erases."""


class EraseStep(StrEnum):
    """The steps: first yes, second yes, and no."""

    SURE = "sure"
    REALLY_SURE = "really-sure"
    KEEP = "keep"


QuestionCallback.model_rebuild()
EraseCallback.model_rebuild()
