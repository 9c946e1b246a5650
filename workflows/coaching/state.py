"""The state of a conversation with the coach: one serialisable object, which continue-as-new carries in one call."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from schema.base_model import Model
from schema.coaching.messages import (
    CoachLanguage,
    EditedMessage,
    MarkedReply,
    MemoryToCorrect,
    NewTopic,
    SafetyTap,
    SaidToCoach,
)
from schema.danger import Danger
from schema.person import Channel
from schema.vocabulary import Locale
from workflows.trace_context import Traced

REMEMBERED = 200
"""The number of the latest updates that are remembered. The database remembers all messages; this spares it asking."""


class Waiting(Traced):
    """A text that waits to be heard."""

    said: SaidToCoach
    at: datetime


CORRECTED_WITHIN = timedelta(hours=1)
"""How long the next text counts as the correction that was asked for. Later the person has something else in mind."""


class Tapped(Traced):
    """A tap by which the person begins to put a memory right, or leaves it as it is."""

    tap: MemoryToCorrect
    at: datetime


class Corrected(Model):
    """A memory that the next text puts right."""

    memory_id: str
    at: datetime


class Alarm(Model):
    """Danger that was heard in the person's last words, and that they have been told of."""

    reply_id: str
    """The reply that those words got, or were to get."""
    danger: Danger


class CoachState(BaseModel):
    """The whole state of a conversation. All that matters for longer is in the database."""

    model_config = ConfigDict(hide_input_in_errors=True)

    user_ref: str
    channel: Channel | None = None
    """Where the person wrote last."""
    locale: Locale | None = None
    chosen_locale: Locale | None = None
    """The language that the person has chosen and that is not kept yet."""
    known: bool = False
    """Whether the person has agreed that anything is kept."""
    conversation_id: str | None = None
    """The conversation that texts without one belong to; None for the latest that the database knows."""
    waiting: list[Waiting] = []
    topics: list[NewTopic] = []
    marks: list[MarkedReply] = []
    edited: list[EditedMessage] = []
    """Edits of texts that were taken already."""
    told: list[SafetyTap] = []
    """What they said by a button of a danger that was heard, and that waits to be answered."""
    alarm: Alarm | None = None
    """What their next words may answer."""
    unweighed: dict[str, Danger | None] = {}
    """Replies whose words the second net has not weighed yet, and the danger that the rules found in those."""
    taps: list[Tapped] = []
    """Those on memories that wait to be answered."""
    corrects: Corrected | None = None
    thinks: bool = False
    """Whether something was said since what is always in mind was rebuilt."""
    updates: list[str] = []
    """The latest updates that were taken."""

    @property
    def idle(self) -> bool:
        """Whether nothing waits."""
        return not (
            self.waiting or self.topics or self.marks or self.told or self.taps or self.edited or self.chosen_locale
        )

    @property
    def tapped_first(self) -> bool:
        """Whether a tap on a memory came before the texts that wait."""
        return bool(self.taps) and (not self.waiting or self.taps[0].at <= self.waiting[0].at)

    def correction_at(self, at: datetime) -> str | None:
        """Takes the memory that a text of this time puts right. None if the text is like any other."""
        asked, self.corrects = self.corrects, None
        return asked.memory_id if asked and at <= asked.at + CORRECTED_WITHIN else None

    def takes(self, done: SaidToCoach | MarkedReply | MemoryToCorrect | SafetyTap | NewTopic) -> bool:
        """Takes what the person does: where they do it counts from now on. False for what was taken before."""
        if done.update_id in self.updates:
            return False
        self.updates = [*self.updates, done.update_id][-REMEMBERED:]
        self.channel, self.locale = done.channel, self.locale or done.locale
        return True

    def choose_language(self, choice: CoachLanguage) -> None:
        """Takes a language: for what is said next, and to be kept."""
        self.locale = self.chosen_locale = choice.locale

    def speaks(self, locale: Locale) -> None:
        """Takes the language that the database knows, unless the person has chosen another one meanwhile."""
        self.locale = self.chosen_locale or locale

    def edit(self, edited: EditedMessage) -> None:
        """Takes an edit: it replaces what waits still."""
        for at, waiting in enumerate(self.waiting):
            if waiting.said.message_id == edited.message_id:
                said = waiting.said.model_copy(update={"text": edited.text})
                self.waiting[at] = waiting.model_copy(update={"said": said})
                return
        self.edited.append(edited)

    def take_together(self) -> list[Waiting]:
        """Takes the texts that wait and belong to one conversation, the oldest first."""
        conversation = self.waiting[0].said.conversation_id
        taken: list[Waiting] = []
        while self.waiting and self.waiting[0].said.conversation_id == conversation:
            taken.append(self.waiting.pop(0))
        return taken
