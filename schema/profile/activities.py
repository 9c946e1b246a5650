"""The port of profile: activities that store analyses and read profiles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from schema.analysis.readings import DeepAnalysis
from schema.base_model import Model
from schema.person import PersonRef
from schema.profile.layers import Profile, Reason, ValueName, ValueOverTime
from schema.vocabulary import Locale


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


class ValueAskedAbout(Model):
    """Input of `explain_value`."""

    user_ref: str
    value: ValueName
    locale: Locale


class ValueExplained(Model):
    """What a value rests on."""

    reasons: list[Reason]
    """The latest first."""
    more: int
    """The number of further ones."""


class ValueDenied(Model):
    """Input of `deny_value`."""

    user_ref: str
    value: ValueName
    denied_at: datetime


class LevelsOverTime(Model):
    """The levels of a person that have more than one estimate."""

    values: list[ValueOverTime]


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

    @activity.defn(name="profile.read_evolution")
    @abstractmethod
    async def read_evolution(self, ref: PersonRef) -> LevelsOverTime:
        """Returns how the levels that evolve have moved, in the order of the profile."""

    @activity.defn(name="profile.explain_value")
    @abstractmethod
    async def explain_value(self, asked: ValueAskedAbout) -> ValueExplained:
        """Returns the person's own words behind a value, without those that a crisis told."""

    @activity.defn(name="profile.deny_value")
    @abstractmethod
    async def deny_value(self, denied: ValueDenied) -> bool:
        """Stores that a value is not the person; what was said for it until then weighs nothing, read or not yet read.

        Returns False if nothing speaks for it. Key: the value and the time.
        """
