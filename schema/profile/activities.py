"""The port of profile: activities that store analyses and read profiles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from schema.analysis.readings import DeepAnalysis
from schema.base_model import Model
from schema.person import PersonRef
from schema.profile.layers import Profile


class AnalysisToFold(Model):
    """Input of `fold_analysis`."""

    answer_id: str
    user_ref: str
    analysis: DeepAnalysis
    analysed_at: datetime


class AnswerObjectedTo(Model):
    """Input of `object_to_answer`."""

    answer_id: str
    user_ref: str
    objected_at: datetime


class ProfileStore(ABC):
    """Analyses and profiles, in PostgreSQL. All local."""

    @activity.defn
    @abstractmethod
    async def fold_analysis(self, analysed: AnalysisToFold) -> None:
        """Stores an analysis and folds it into the profile and its history, in one transaction. Key: answer id."""

    @activity.defn
    @abstractmethod
    async def object_to_answer(self, objection: AnswerObjectedTo) -> bool:
        """Stores that the reflection on an answer missed; its evidence, even if still to come, then weighs nothing.

        Returns False if the person has no such answer. Key: answer id.
        """

    @activity.defn
    @abstractmethod
    async def read_profile(self, ref: PersonRef) -> Profile:
        """Returns the current profile."""
