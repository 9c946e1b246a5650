"""The ports of coaching: what keeps conversations, and what writes the coach's replies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from schema.analysis.readings import AnswerReading
from schema.analysis.routing import ModelRef, Tier
from schema.base_model import Model
from schema.coaching.agreements import KeptStep
from schema.person import Channel
from schema.text import CleanText
from schema.vocabulary import Locale


class MessageToKeep(Model):
    """One message of the person."""

    update_id: str
    text: CleanText
    said_at: datetime


class MessagesToHear(Model):
    """Input of `hear`: messages that came together, in order."""

    user_ref: str
    reply_id: str
    """The id of the reply that they get."""
    messages: list[MessageToKeep]
    locale: Locale
    """The language that the channel guesses."""
    conversation_id: str | None = None
    """The conversation that they belong to; None for the latest one, or a first one."""


class Heard(Model):
    """What was heard in messages."""

    known: bool
    """Whether the person has agreed that what they say is kept. Else nothing is."""
    locale: Locale
    """The person's language."""
    reading: AnswerReading
    """What was read in them together, crisis first."""
    conversation_id: str | None = None
    first: bool = True
    """Whether the coach has said nothing yet in this conversation."""
    unanswered: bool = True
    """Whether any of them waits for a reply: all may have been taken before."""
    readers: list[ModelRef] = []
    """The models that may reply, in order of attempt. The offline coach follows them."""
    spent: bool = False
    """Whether the person has had as many replies today as one may have: then they are told, and get none."""


class TopicBegun(Model):
    """Input of `begin_topic`."""

    user_ref: str
    conversation_id: str
    began_at: datetime


class TopicStarted(Model):
    """What became of it."""

    known: bool
    """As in `Heard`: whose talks are not kept can begin none."""
    locale: Locale | None = None
    """The person's language."""


class ReplyToPrepare(Model):
    """Input of `recall`."""

    user_ref: str
    conversation_id: str
    reply_id: str
    locale: Locale


class Recalled(Model):
    """What a reply rests on, in numbers: the texts and their ids stay in the database."""

    parts: dict[str, int]
    """How many things each part of what was recalled has."""
    tokens: int
    """About how many tokens all of it takes."""


class ReplyToWrite(Model):
    """Input of `reply`. The activity reads from the database what was recalled for it."""

    user_ref: str
    reply_id: str
    locale: Locale
    channel: Channel | None = None
    """Where the reply is shown while it is written; None shows it nowhere."""
    tier: Tier = Tier.OFFLINE


class ReplyWritten(Model):
    """A reply as it is kept."""

    text: str
    coach: str
    """Who wrote it: `offline`, or `provider/model`."""
    step: KeptStep | None = None
    """The step that it proposes, as long as nobody has agreed on it."""


class CoachStore(ABC):
    """Keeps conversations and what replies rest on. Local."""

    @activity.defn(name="coaching.hear")
    @abstractmethod
    async def hear(self, said: MessagesToHear) -> Heard:
        """Keeps messages, each once by its id, and reads them, crisis first. Keeps nothing of who has not agreed."""

    @activity.defn(name="coaching.begin_topic")
    @abstractmethod
    async def begin_topic(self, topic: TopicBegun) -> TopicStarted:
        """Begins another conversation. Idempotent."""

    @activity.defn(name="coaching.recall")
    @abstractmethod
    async def recall(self, reply: ReplyToPrepare) -> Recalled:
        """Gathers what the reply is to rest on, within a budget of tokens, and keeps its ids with the reply."""


class Coach(ABC):
    """Writes replies. Remote, on the queue of whoever writes."""

    @activity.defn(name="coaching.reply")
    @abstractmethod
    async def reply(self, reply: ReplyToWrite) -> ReplyWritten:
        """Writes the reply and keeps it. One that is kept already is returned as it is."""
