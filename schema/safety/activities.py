"""The port of safety: the activity that screens a text by local rules."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from schema.analysis.readings import AnswerReading
from schema.base_model import Model
from schema.text import CleanText
from schema.vocabulary import Locale


class TextToScreen(Model):
    """Input of `screen_text`: a text that is not an answer and is not kept."""

    text: CleanText
    locale: Locale


class TextScreen(ABC):
    """Screening of texts for a crisis by local rules. Local."""

    @activity.defn
    @abstractmethod
    async def screen_text(self, text: TextToScreen) -> AnswerReading:
        """Reads a text by local rules, crisis first, and keeps nothing."""
