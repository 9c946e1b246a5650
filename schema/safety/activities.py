"""The ports of safety: local rules that screen a text, and the second net beside them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

from temporalio import activity

from schema.analysis.readings import AnswerReading
from schema.base_model import Model
from schema.danger import Danger
from schema.text import CleanText
from schema.vocabulary import Locale

WEIGHED_WITHIN = timedelta(milliseconds=300)
"""How long the second net may take. A person waits for it, and the rules have read the text already."""


class TextToScreen(Model):
    """Input of `screen_text`: a text that is not an answer and is not kept."""

    text: CleanText
    locale: Locale
    found: Danger | None = None
    """For the second net: the danger that the rules found in it."""


class TextScreen(ABC):
    """Screening of texts for a crisis by local rules, and by the second net where it is at hand. Local."""

    @activity.defn
    @abstractmethod
    async def screen_text(self, text: TextToScreen) -> AnswerReading:
        """Reads a text, crisis first, and keeps nothing."""


class AnswerToWeigh(Model):
    """Input of `weigh_answer`. The activity reads the text from the database."""

    answer_id: str
    found: Danger | None = None
    """The danger that the rules found in it."""


class MessagesToWeigh(Model):
    """Input of `weigh_messages`. The activity reads from the database what the person wrote to the coach."""

    reply_id: str
    """The reply that they wait for."""
    found: Danger | None = None
    """The danger that the rules found in them."""


class Weighing(Model):
    """What the rules and the second net hear in a text together."""

    danger: Danger | None


class SecondNet(ABC):
    """The second net beside the rules: a classifier over a sentence encoder. Remote, on the encoder's task queue."""

    @activity.defn
    @abstractmethod
    async def weigh_answer(self, answer: AnswerToWeigh) -> Weighing:
        """Weighs a recorded answer, and stores with it whether a danger is sure. Fails with `AnswerGone`."""

    @activity.defn
    @abstractmethod
    async def weigh_text(self, text: TextToScreen) -> Weighing:
        """Weighs a text that is not kept."""

    @activity.defn(name="safety.weigh_messages")
    @abstractmethod
    async def weigh_messages(self, messages: MessagesToWeigh) -> Weighing:
        """Weighs messages to the coach, and stores with them whether a danger is sure. Fails with `AnswerGone`."""
