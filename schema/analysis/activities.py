"""The port of analysis: activities that read an answer by a language model or the offline analyst."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from schema.analysis.readings import DeepAnalysis, InstantFeedback
from schema.analysis.routing import Tier
from schema.base_model import Model
from schema.vocabulary import Locale


class AnswerToAnalyse(Model):
    """Input of `instant_feedback` and `analyse_answer`. The activity reads the text from the database."""

    answer_id: str
    locale: Locale
    tier: Tier = Tier.OFFLINE
    """Selects the model among those that the task queue serves."""


class AnswerAnalysis(ABC):
    """Reading answers with a language model, on its provider's task queue, or offline.

    Fails with the types of `activities.ai.errors`, and with `NoSuchReader` (not retryable) when the queue serves no
    model of that tier any more.
    """

    @activity.defn
    @abstractmethod
    async def instant_feedback(self, answer: AnswerToAnalyse) -> InstantFeedback:
        """The reaction a person sees at once; the offline analyst's, where the guard objects to the model's."""

    @activity.defn
    @abstractmethod
    async def reflect_offline(self, answer: AnswerToAnalyse) -> InstantFeedback:
        """The offline analyst's reaction, when the instant one does not come in time. Local."""

    @activity.defn
    @abstractmethod
    async def analyse_answer(self, answer: AnswerToAnalyse) -> DeepAnalysis:
        """The deep reading that grows the profile."""
