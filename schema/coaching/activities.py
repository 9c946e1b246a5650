"""The ports of coaching: what keeps conversations, and what writes the coach's replies."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from schema.analysis.readings import OFFLINE_ANALYST, AnswerReading
from schema.analysis.routing import ModelRef, Tier
from schema.base_model import Model
from schema.coaching.agreements import KeptStep, StepAnswer
from schema.coaching.marks import ReplyMark
from schema.coaching.memory import MemoryPage
from schema.coaching.wishes import StyleWish
from schema.person import Channel, PersonRef
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


class WishHeard(Model):
    """How the person wishes to be spoken to from now on."""

    wish: StyleWish | None
    """None when they wish that it is as before."""


class HeardBefore(Model):
    """The first of some messages, which were heard before by themselves, and the reply that they get."""

    messages: int
    reply_id: str


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
    before: HeardBefore | None = None
    """Set when the first of them were heard before, without the others: then nothing of this is kept."""
    readers: list[ModelRef] = []
    """The models that may reply, in order of attempt. The offline coach follows them."""
    wish: WishHeard | None = None
    """The last wish in them of how to be spoken to, if there is one. It is kept."""
    spent: bool = False
    """Whether the person has had as many replies today as one may have: then they are told, and get none."""
    step: StepAnswer | None = None
    """What they say of the step that the last reply proposed, when they say nothing else."""
    insight_waits: bool = False
    """Whether the reply is to tell of an insight that the person has not seen: once of each."""


class MarkToKeep(Model):
    """Input of `keep_mark`."""

    user_ref: str
    marked_id: str | None
    """The reply that was marked; None for the latest one."""
    mark: ReplyMark
    update_id: str
    reply_id: str
    """The id of the reply that the mark gets."""
    marked_at: datetime


class MarkKept(Model):
    """What became of it."""

    fresh: bool = False
    """Whether it waits for a reply. A second tap gets none, nor what is too late to be said another way."""
    known: bool = False
    """Whether there is such a reply of the coach to this person."""
    locale: Locale | None = None
    conversation_id: str | None = None
    may_reword: bool = False
    """Whether the reply to it may be said another way once more."""
    readers: list[ModelRef] = []
    """As in `Heard`."""


class Acquaintance(Model):
    """How well a person and the coach know each other."""

    locale: Locale | None = None
    """The person's language; None for whose talks are not kept."""
    finished: bool = False
    """Whether they have come to the end of a session."""


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
    writer: str = OFFLINE_ANALYST
    """Who is to write it, as `ReplyWritten.coach`."""
    models_before: int = 0
    """How many models have failed to write it, so that what this one shows replaces what they have shown."""


class ReplyWritten(Model):
    """A reply as it is kept."""

    text: str
    """Empty when the person stopped it before there was a sentence; then nothing is kept."""
    coach: str
    """Who wrote it: `offline`, or `provider/model`."""
    step: KeptStep | None = None
    """The step that it proposes, as long as nobody has agreed on it."""


class WordsToRemember(Model):
    """Input of `remember`. The activity reads from the database what was said."""

    user_ref: str
    reply_id: str | None = None
    """The reply to the words; None to remember what was told in sessions alone."""
    locale: Locale
    tier: Tier = Tier.OFFLINE


class Remembered(Model):
    """What became of it."""

    changes: int
    """How many memories are new, confirmed, closed or forgotten."""


class MemoryRef(Model):
    """Input of `open_memory`."""

    user_ref: str
    memory_id: str


class OpenMemory(Model):
    """A memory that its person wants to put right."""

    text: str | None = None
    """None if it holds no more."""
    locale: Locale | None = None
    """The person's language; None for whose talks are not kept."""


class MemoryCorrection(Model):
    """Input of `correct_memory`. The activity reads from the database what was said."""

    user_ref: str
    memory_id: str
    reply_id: str
    """The reply that the correction gets."""


class MemoryTask(Model):
    """Input of `tend_memory`: what a person wants to see of what is remembered, and may want forgotten first."""

    user_ref: str
    page: int = 0
    forget: str | None = None
    """The memory to be forgotten."""


class Remembering(ABC):
    """Reads what is to be remembered. Remote, on the queue of whoever reads."""

    @activity.defn(name="coaching.remember")
    @abstractmethod
    async def remember(self, words: WordsToRemember) -> Remembered:
        """Remembers what the person said, each message once, and never what the coach said."""


class MemoryStore(ABC):
    """Keeps memories and what is always in mind. Local."""

    @activity.defn(name="coaching.reflect")
    @abstractmethod
    async def reflect(self, ref: PersonRef) -> None:
        """Rebuilds what is always in mind."""

    @activity.defn(name="coaching.tend_memory")
    @abstractmethod
    async def tend_memory(self, task: MemoryTask) -> MemoryPage:
        """A page of what is remembered, after what the person wants forgotten is gone. Idempotent."""

    @activity.defn(name="coaching.open_memory")
    @abstractmethod
    async def open_memory(self, ref: MemoryRef) -> OpenMemory:
        """The memory that a person wants to put right."""

    @activity.defn(name="coaching.correct_memory")
    @abstractmethod
    async def correct_memory(self, correction: MemoryCorrection) -> Remembered:
        """Puts the first of the words that get this reply in the place of a memory.

        A question or a long text changes nothing, and is then read as any words are.
        """


class CoachStore(ABC):
    """Keeps conversations and what replies rest on. Local."""

    @activity.defn(name="coaching.hear")
    @abstractmethod
    async def hear(self, said: MessagesToHear) -> Heard:
        """Keeps messages, each once by its id, and reads them, crisis first. Keeps nothing of who has not agreed."""

    @activity.defn(name="coaching.keep_mark")
    @abstractmethod
    async def keep_mark(self, mark: MarkToKeep) -> MarkKept:
        """Keeps what the person says about a reply. Keys: the reply and the mark."""

    @activity.defn(name="coaching.recognise")
    @abstractmethod
    async def recognise(self, ref: PersonRef) -> Acquaintance:
        """Returns whether the person may go on talking where they arrive, without questions before it."""

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
        """Writes the reply and keeps it. One that is kept already is returned as it is.

        When it is cancelled, the person has stopped it: what was shown so far is then the reply.
        """
