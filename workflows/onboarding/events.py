"""What can happen to an onboarding session: the events of its inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schema.model import Model
from schema.person import Channel
from schema.vocabulary import CrisisKind, Locale


class TextHeard(Model):
    """A person wrote."""

    kind: Literal["text"] = "text"
    update_id: str
    text: str
    nonce: str | None
    """The asking that it names; None when it names none, and the order of messages says which it belongs to."""
    heard_at: datetime
    message_id: str | None = None
    """What the channel calls it, where a person can edit it."""
    sends: int = 0
    """How many questions' first sends had begun when it was heard: no later question can be meant."""
    more_expected: bool = False
    """Whether it may be the first part of a longer letter."""
    alarming: bool | None = None
    """Whether it speaks of a crisis; None unless it was screened while it waited behind a delivery."""


class EditHeard(Model):
    """A person changed a message they had sent."""

    kind: Literal["edit"] = "edit"
    message_id: str
    text: str
    alarming: bool | None = None
    """As of a text."""


class ConsentHeard(Model):
    """A person agreed or declined."""

    kind: Literal["consent"] = "consent"
    granted: bool
    nonce: str | None = None


class SkipHeard(Model):
    """A person wants another question."""

    kind: Literal["skip"] = "skip"
    nonce: str | None
    """As of a text."""
    tapped: bool = False
    """Whether the nonce is that of a button, and not of what was on the screen."""
    message_id: str | None = None
    sends: int = 0


class Arrived(Model):
    """A person came (back)."""

    kind: Literal["arrived"] = "arrived"
    channel: Channel
    deliveries: int
    """How many that ask something had come before: if none has since, the person may have an empty screen."""


class LocaleHeard(Model):
    """A person chose a language."""

    kind: Literal["locale"] = "locale"
    locale: Locale


class PauseHeard(Model):
    """The session is to rest."""

    kind: Literal["pause"] = "pause"
    reason: Literal["person", "operator"]
    nonce: str | None = None
    """The asking whose button was tapped, as in the next two."""


class ResumeHeard(Model):
    """A person wants to go on after a rest."""

    kind: Literal["resume"] = "resume"


class GoOnHeard(Model):
    """A person was offered a rest, and goes on."""

    kind: Literal["go_on"] = "go_on"
    nonce: str | None = None


class StopHeard(Model):
    """The session is to end here: by the person's word or an operator's."""

    kind: Literal["stop"] = "stop"
    reason: Literal["person", "operator"]
    nonce: str | None = None


class SilenceFell(Model):
    """Nothing came for a while."""

    kind: Literal["silence"] = "silence"
    due: Literal["nudge", "time_out", "abandon"]
    quiet_since: datetime
    """When the silence began; if the person has been heard since, it is over."""


class CrisisSeen(Model):
    """The deep analysis found a crisis; the local rules may have missed it."""

    kind: Literal["crisis"] = "crisis"
    nonce: str
    crisis: CrisisKind


class QuestionWithdrawn(Model):
    """An operator withdrew the question that is open."""

    kind: Literal["withdrawn"] = "withdrawn"
    question_id: str


Event = Annotated[
    TextHeard
    | EditHeard
    | ConsentHeard
    | SkipHeard
    | Arrived
    | LocaleHeard
    | PauseHeard
    | ResumeHeard
    | GoOnHeard
    | StopHeard
    | SilenceFell
    | CrisisSeen
    | QuestionWithdrawn,
    Field(discriminator="kind"),
]
