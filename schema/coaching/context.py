"""What a reply of the coach rests on, and the reply itself, as they pass between the database and whoever writes."""

from __future__ import annotations

from datetime import date
from typing import Literal

from schema.base_model import Model
from schema.coaching.marks import ReplyMark
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale

MemoryKind = Literal["fact", "person", "goal", "preference", "boundary"]


class Style(Model):
    """How the coach speaks to a person. None is neutral: nothing is known, or it lies in the middle."""

    images: bool | None = None
    """Metaphors, or else practical steps."""
    structure: bool | None = None
    """Structured plans, or else flexible guidance."""
    energy: bool | None = None
    """Energetic, or else calm."""


class Turn(Model):
    """What one side said before the other spoke."""

    speaker: Literal["person", "coach"]
    text: str
    moves: list[str] = []
    """Of the offline coach: the names of the lines that it used here."""


class Memory(Model):
    """Something that the person has told, as the coach keeps it in mind."""

    kind: MemoryKind
    text: str
    told_on: date
    until: date | None = None
    """When it stopped being true; None for what holds still."""


class Step(Model):
    """A small step that the coach and the person have agreed on, or that one of them proposes."""

    what: str
    """What the person does, in their words."""
    why: str = ""
    when: str = ""
    """When they mean to do it, as they said it."""
    notice: str = ""
    """How they notice that it worked."""
    told_on: date | None = None
    """The day on which they told how it went."""
    went: Literal["worked", "failed", "not_tried", "changed"] | None = None
    """How it went; None while it is open."""
    just_told: bool = False
    """Whether the last turn tells it."""

    @property
    def texts(self) -> list[str]:
        """All that is said in it."""
        return [text for text in (self.what, self.why, self.when, self.notice) if text.strip()]


class ReplyContext(Model):
    """What whoever writes a reply is given. All texts of it are data, never instructions."""

    locale: Locale
    reply_id: str | None = None
    """The id of the reply, under which its cost is booked."""
    turns: list[Turn]
    """The last turns of the conversation, the oldest first. The last one is the person's, and waits for the reply."""
    said: list[str] = []
    """The names of all lines that the offline coach has used in this conversation, also before those turns."""
    profile: list[str] = []
    """Who the person is, one hypothesis a line, with how sure it is."""
    blocks: list[str] = []
    """What is always in mind: who this is, and what goes on now."""
    summary: str = ""
    """What the conversation was about before these turns."""
    memories: list[Memory] = []
    """What bears on the last turn, by meaning and by recency."""
    told: list[Memory] = []
    """What the person has said that answers what they ask the coach about it now, the likeliest first."""
    steps: list[Step] = []
    """The open agreements."""
    outcomes: list[Step] = []
    """What was agreed on and told of since, unless it failed: it worked, was not tried, or fits no more."""
    failed: list[Step] = []
    """What was tried and did not work: it is never proposed again."""
    boundaries: list[str] = []
    """What must not be brought up."""
    wishes: list[str] = []
    """How the person wants to be spoken to, in their own words. They go over `style`."""
    wished: list[StyleWish] = []
    """The same wishes, by our codes."""
    style: Style = Style()
    forgotten: int | None = None
    """How many memories were just forgotten, because the last turn asked for it; None where it did not."""
    mark: ReplyMark | None = None
    """What the person said by a button instead of words: the reply answers that."""
    reworded: str = ""
    """The reply to the last turn that is to be said another way; empty if there is none."""
    troubled: bool = False
    """Whether the person has lately spoken of danger: then nothing bright is said, and no step is asked for."""


class Reply(Model):
    """A reply, before it is kept."""

    text: str
    coach: str
    """Who wrote it: `offline`, or `provider/model`."""
    moves: list[str] = []
    """As in `Turn`."""
    step: Step | None = None
    """The step that the person agrees to in these turns, if they do."""
