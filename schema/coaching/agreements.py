"""Agreements on small steps: what becomes of them, and the port that keeps them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator
from temporalio import activity

from schema.base_model import Model
from schema.person import Channel, FromPerson, PersonRequest
from schema.vocabulary import Locale


class AgreementStatus(StrEnum):
    """What has become of a step."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    WORKED = "worked"
    FAILED = "failed"
    NOT_TRIED = "not_tried"
    CHANGED = "changed"
    """Something has changed, and the step no longer fits."""


class StepAct(StrEnum):
    """What a person does with a step, by a button."""

    AGREE = "agree"
    DECLINE = "decline"
    CANCEL = "cancel"
    MOVE_DAY = "move-day"
    MOVE_THREE_DAYS = "move-three-days"
    MOVE_WEEK = "move-week"
    WORKED = "worked"
    FAILED = "failed"
    NOT_TRIED = "not-tried"
    CHANGED = "changed"
    REOPEN = "reopen"
    """What was heard of how it went is not so."""


MOVES = {
    StepAct.MOVE_DAY: timedelta(days=1),
    StepAct.MOVE_THREE_DAYS: timedelta(days=3),
    StepAct.MOVE_WEEK: timedelta(days=7),
}
"""By how much an act puts off the question how a step went."""

OUTCOMES = {
    StepAct.WORKED: AgreementStatus.WORKED,
    StepAct.FAILED: AgreementStatus.FAILED,
    StepAct.NOT_TRIED: AgreementStatus.NOT_TRIED,
    StepAct.CHANGED: AgreementStatus.CHANGED,
}
"""What an act says of how a step went."""


class FollowUpSettings(Model):
    """The times of a follow-up. Part of its input, so that a change of defaults never breaks a replay."""

    asks_after: timedelta = timedelta(days=3)
    """The time from the agreement to the question how it went."""
    waits_for_answer: timedelta = timedelta(days=14)
    """How long the question waits for an answer, and how long it is put off while it may not be asked."""
    tries_again_after: timedelta = timedelta(hours=3)
    """The wait after a channel was away."""


class StepTap(FromPerson):
    """Signal `tap`: the person did something with a step."""

    act: StepAct
    channel: Channel
    """Where the person did it, and where they are asked later."""


class StepAnswer(Model):
    """What a person says in words of a step: of the one that the last reply proposed, or how an open one went."""

    agreement_id: str
    act: StepAct | None
    """None where they speak of it and leave open how it went."""
    what: str = ""
    """The step itself, where it is said back."""


class StartFollowUp(PersonRequest):
    """Input of `FollowUp`."""

    agreement_id: str
    settings: FollowUpSettings = FollowUpSettings()
    carried: dict[str, Any] | None = None
    """Its state when it continues as new; a client leaves it out."""


class HoursAwake(Model):
    """The hours of a day in which a person may be written to unasked, by their own clock."""

    wakes_at: int = Field(ge=0, le=23)
    sleeps_at: int = Field(ge=1, le=24)
    """The first hour in which they may not."""

    @model_validator(mode="after")
    def _lie_in_one_day(self) -> Self:
        if self.wakes_at >= self.sleeps_at:
            raise ValueError("they end before they begin")
        return self


class ContactRequest(PersonRequest):
    """Input of `SetContact`: what the person wants changed. Without anything, they are asked for their time zone."""

    toggle_quiet: bool = False
    """Whether unasked messages stop, or come again."""
    time_zone: str | None = None
    """Its name in IANA's database."""
    hours: HoursAwake | None = None


class ActOnStep(Model):
    """Input of `act`."""

    user_ref: str
    agreement_id: str
    act: StepAct
    update_id: str
    now: datetime
    asks_after: timedelta


class LocalTime(Model):
    """A moment by a person's own clock."""

    at: datetime
    """As their clock shows it, without an offset."""
    zone: str
    assumed: bool
    """Whether the zone is only guessed by their language."""


class KeptStep(Model):
    """A step as it is kept."""

    agreement_id: str
    status: AgreementStatus
    what: str
    due_at: datetime | None = None
    due: LocalTime | None = None
    """`due_at` by the person's clock."""
    asked_at: datetime | None = None


class Acted(Model):
    """What became of an act."""

    locale: Locale
    step: KeptStep | None
    """None when it has been erased."""
    taken: bool = False
    """Whether the act changed it; else it came too late."""
    asks_zone: bool = False
    """Whether the person is to be asked for their time zone now. It is asked once."""
    now: LocalTime | None = None
    """The moment of the act by the person's clock."""


class MomentOfStep(Model):
    """Input of `claim_asking`."""

    user_ref: str
    agreement_id: str
    now: datetime


class Asking(Model):
    """Whether a person may be asked now how a step went."""

    step: KeptStep | None = None
    """The step to ask about; None if not now."""
    not_before: datetime | None = None
    """When to look again; None, too, when nothing is to be asked any more."""


class PersonAt(Model):
    """Input of `open_steps`."""

    user_ref: str


class Steps(Model):
    """The open steps of a person, the oldest first."""

    steps: list[KeptStep]
    quiet: bool = False


class ContactChange(Model):
    """Input of `change_contact`."""

    user_ref: str
    locale: Locale
    toggle_quiet: bool
    time_zone: str | None
    hours: HoursAwake | None = None
    update_id: str
    now: datetime


class Contact(Model):
    """When and whether a person may be written to unasked."""

    known: bool
    """As in `Heard`: of who has not agreed nothing is kept."""
    quiet: bool
    now: LocalTime
    hours: HoursAwake | None = None
    """None for who has not agreed."""


class AgreementStore(ABC):
    """Keeps agreements, and decides when a person may be asked about one. Local."""

    @activity.defn(name="coaching.act_on_step")
    @abstractmethod
    async def act(self, act: ActOnStep) -> Acted:
        """Does with a step what the person says. Idempotent by the update."""

    @activity.defn(name="coaching.claim_asking")
    @abstractmethod
    async def claim_asking(self, step: MomentOfStep) -> Asking:
        """Takes the person's one unasked message of the day for this step, if it may be sent now. Idempotent."""

    @activity.defn(name="coaching.open_steps")
    @abstractmethod
    async def open_steps(self, person: PersonAt) -> Steps:
        """The steps that the person has agreed to and not told of."""

    @activity.defn(name="coaching.change_contact")
    @abstractmethod
    async def change_contact(self, change: ContactChange) -> Contact:
        """Changes what is to be changed. Idempotent by the update."""
