"""What can happen to an onboarding session: the events of its inbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from schema.danger import Danger, SafetyReply
from schema.person import Channel
from schema.vocabulary import CrisisKind, Locale
from workflows.trace_context import Traced


class TextHeard(Traced):
    """A person wrote."""

    kind: Literal["text"] = "text"
    update_id: str
    text: str
    nonce: str | None
    """The asking that it names; None if it names none and the order of messages decides."""
    heard_at: datetime
    message_id: str | None = None
    """The channel's id of the message, if the channel allows edits."""
    sends: int = 0
    """How many questions' first sends had begun when it arrived. It can't answer a later question."""
    more_expected: bool = False
    """Whether it may be the first part of a longer message."""
    chosen: bool = False
    """Whether it is one of the choices that were offered with its question."""
    alarming: bool | None = None
    """Whether it speaks of a crisis; None if it was not screened while it waited for a delivery."""


class EditHeard(Traced):
    """A person changed a message they had sent."""

    kind: Literal["edit"] = "edit"
    message_id: str
    text: str
    alarming: bool | None = None
    """As in `TextHeard`."""


class ConsentHeard(Traced):
    """A person agreed or declined."""

    kind: Literal["consent"] = "consent"
    granted: bool
    nonce: str | None = None


class SkipHeard(Traced):
    """A person wants another question."""

    kind: Literal["skip"] = "skip"
    nonce: str | None
    """As in `TextHeard`."""
    tapped: bool = False
    """Whether the nonce comes from a button and not from the question on the screen."""
    message_id: str | None = None
    sends: int = 0


class Arrived(Traced):
    """A person came (back)."""

    kind: Literal["arrived"] = "arrived"
    channel: Channel
    deliveries: int
    """The number of deliveries that asked something before the arrival. If none followed, the screen may be empty."""


class LocaleHeard(Traced):
    """A person chose a language."""

    kind: Literal["locale"] = "locale"
    locale: Locale


class PauseHeard(Traced):
    """The person or an operator pauses the session."""

    kind: Literal["pause"] = "pause"
    reason: Literal["person", "operator"]
    nonce: str | None = None
    """The asking whose button was tapped; the same in the next two events."""


class ResumeHeard(Traced):
    """A person wants to go on after a rest."""

    kind: Literal["resume"] = "resume"


class GoOnHeard(Traced):
    """A person declines the offer of a rest."""

    kind: Literal["go_on"] = "go_on"
    nonce: str | None = None


class StopHeard(Traced):
    """The person or an operator ends the session."""

    kind: Literal["stop"] = "stop"
    reason: Literal["person", "operator"]
    nonce: str | None = None


class SilenceFell(Traced):
    """The person has been silent for a while."""

    kind: Literal["silence"] = "silence"
    due: Literal["nudge", "time_out", "abandon"]
    quiet_since: datetime
    """When the silence began. The event has no effect if the person has done something since."""


class CrisisSeen(Traced):
    """The deep analysis found a crisis; the local rules may have missed it."""

    kind: Literal["crisis"] = "crisis"
    nonce: str
    crisis: CrisisKind
    danger: Danger | None = None
    """What is known of it beside its kind."""


class SafetyHeard(Traced):
    """A person says whether they are safe."""

    kind: Literal["safety"] = "safety"
    answer: SafetyReply
    nonce: str | None = None
    """The question of safety or the concern whose button was tapped; None for words and numbers."""
    crisis: CrisisKind | None = None
    """The danger that the message with the button was about."""

    @property
    def alarming(self) -> bool:
        """As in `TextHeard`: a cry for help goes before everything else."""
        return self.answer == "help"


class QuestionWithdrawn(Traced):
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
    | SafetyHeard
    | QuestionWithdrawn,
    Field(discriminator="kind"),
]


def in_own_words(heard: Sequence[TextHeard | EditHeard]) -> bool:
    """Whether the person wrote any of it. Choices are texts of the bank, which hold no danger: nothing weighs them."""
    return not all(isinstance(text, TextHeard) and text.chosen for text in heard)
