"""The ports of voice: who may be heard, who hears, and who takes what was heard."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum

from pydantic import Field
from temporalio import activity

from schema.base_model import Model
from schema.person import PersonRef, PersonRequest
from schema.text import CleanText, OutsideId
from schema.voice.messages import WrittenMessage


class Hearing(StrEnum):
    """Whether a voice message may be heard."""

    ALLOWED = "ALLOWED"
    NOT_BEGUN = "NOT_BEGUN"
    """The person has never agreed to anything."""
    NOT_AGREED = "NOT_AGREED"
    """The person's consent does not name the company that turns recordings into text, or is too old to tell of it."""
    BUDGET_SPENT = "BUDGET_SPENT"


class HearingAllowed(Model):
    """Result of `may_be_heard`."""

    hearing: Hearing


class Recording(Model):
    """Input of `transcribe`."""

    file_id: OutsideId
    seconds: float


class Transcript(Model):
    """What was heard in a recording, and what that used. The recording itself is gone."""

    text: CleanText
    """Empty when there are no words in it."""
    analyst: str
    """`provider/model`."""
    seconds: float = Field(ge=0)
    """What the provider counts, or the recording's length where it counts something else."""
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    latency_ms: float


class HeardUsage(Model):
    """Input of `book`: a transcript without its words."""

    analyst: str
    seconds: float
    tokens_in: int
    tokens_out: int
    latency_ms: float


class WordsToHandOver(Model):
    """Input of `hand_over`."""

    person: PersonRequest
    words: WrittenMessage


class VoiceDesk(ABC):
    """Knows who may be heard, and books what it costs. Local, in workers."""

    @activity.defn(name="voice.may_be_heard")
    @abstractmethod
    async def may_be_heard(self, ref: PersonRef) -> HearingAllowed:
        """Looks at the person's consent and at today's budget."""

    @activity.defn(name="voice.book")
    @abstractmethod
    async def book(self, usage: HeardUsage) -> None:
        """Records the cost in the usage log of models."""


class VoiceEar(ABC):
    """Hears recordings in the process of their channel, which alone can fetch them. Remote, on a queue of its own."""

    @activity.defn(name="voice.transcribe")
    @abstractmethod
    async def transcribe(self, recording: Recording) -> Transcript:
        """Fetches a recording into memory, has the provider write down its words, and lets go of it."""


class VoiceChannel(ABC):
    """Takes what was heard, in the process of a channel. Remote, on the channel's queue."""

    @activity.defn(name="voice.hand_over")
    @abstractmethod
    async def hand_over(self, said: WordsToHandOver) -> None:
        """Hands words to the person's open session, else to the coach, who each take them once by their update id."""
