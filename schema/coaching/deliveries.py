"""What the coach says to a person, as channels get it."""

from __future__ import annotations

from typing import Literal

from schema.base_model import Model
from schema.coaching.agreements import AgreementStatus, HoursAwake, KeptStep, LocalTime
from schema.coaching.marks import ReplyMark
from schema.coaching.memory import MemoryPage
from schema.coaching.wishes import NOT_OFFLINE, StyleWish


class CoachReply(Model):
    """A reply of the coach."""

    kind: Literal["coach_reply"] = "coach_reply"
    reply_id: str
    text: str
    offline: bool = False
    """Whether the offline coach wrote it."""
    first: bool = False
    """Whether it is the first one of a conversation."""
    marks: list[ReplyMark] = []
    """What the person may say about it by a button."""
    insight_waits: bool = False
    """Whether it ends with a line that there is a new insight to see."""


class WishKept(Model):
    """Says once that a wish of how to be spoken to is kept; comes before the reply."""

    kind: Literal["wish_kept"] = "wish_kept"
    wish: StyleWish | None
    """None when all wishes are dropped."""
    offline: bool = False
    """Whether the offline coach speaks, which can grant only some of them."""

    @property
    def text(self) -> Literal["wish-dropped", "wish-noted", "wish-kept"]:
        """The key of the text that says so."""
        if self.wish is None:
            return "wish-dropped"
        return "wish-noted" if self.offline and self.wish in NOT_OFFLINE else "wish-kept"


class StepMessage(Model):
    """What is said of steps, and of when their person is asked how they went: worded in one place, for each channel."""


class StepProposal(StepMessage):
    """Asks whether the person agrees on the step that they have named."""

    kind: Literal["step_proposal"] = "step_proposal"
    agreement_id: str
    what: str


class StepAgreed(StepMessage):
    """Says when the person is asked how a step went."""

    kind: Literal["step_agreed"] = "step_agreed"
    agreement_id: str
    due: LocalTime
    moved: bool = False
    """Whether it was agreed on before, and only the day has changed."""


class StepQuestion(StepMessage):
    """Asks how a step went."""

    kind: Literal["step_question"] = "step_question"
    agreement_id: str
    what: str


class StepNoted(StepMessage):
    """Says that what the person told in a talk of how a step went is kept; comes after the reply."""

    kind: Literal["step_noted"] = "step_noted"
    agreement_id: str
    what: str
    status: AgreementStatus


class StepOutcome(StepMessage):
    """Thanks for what the person has said of how a step went."""

    kind: Literal["step_outcome"] = "step_outcome"
    status: AgreementStatus


class OpenSteps(StepMessage):
    """All open steps, when the person asks for them."""

    kind: Literal["open_steps"] = "open_steps"
    steps: list[KeptStep]
    quiet: bool = False


class MemoryList(Model):
    """A page of what the coach remembers, when the person asks for it."""

    kind: Literal["memory_list"] = "memory_list"
    page: MemoryPage
    forgotten: bool = False
    """Whether the person has just had something forgotten."""
    asked_by: str | None = None
    """The update that asked for it, so that another page can take its place."""


class MemoryQuestion(Model):
    """Asks what is true in place of a memory. The next text is it."""

    kind: Literal["memory_question"] = "memory_question"
    text: str
    """What is remembered now."""


class ZoneQuestion(StepMessage):
    """Asks for the person's time zone."""

    kind: Literal["zone_question"] = "zone_question"
    now: LocalTime


class ZoneKept(StepMessage):
    """Says what time it is by the person's clock and when they are written to, after they have changed either."""

    kind: Literal["zone_kept"] = "zone_kept"
    now: LocalTime
    hours: HoursAwake | None = None
