"""Inputs of the workflow that analyses the answers of a closed session."""

from __future__ import annotations

import operator

from pydantic import Field

from schema.analysis.routing import Route
from schema.base_model import Model
from schema.person import Channel
from schema.vocabulary import Locale


class RecordedAnswer(Model):
    """An answer in the database, and its route."""

    answer_id: str
    route: Route | None = None
    """None for answers recorded before routing: the offline analyst reads them."""
    overdue: bool = Field(default=False, exclude_if=operator.not_)
    """Whether the second net has to weigh it yet."""

    def left(self, *, crisis_heard: bool) -> UnanalysedAnswer:
        """The same answer, as one that is left to `DeferredAnalysis`."""
        return UnanalysedAnswer(
            answer_id=self.answer_id, route=self.route, overdue=self.overdue, crisis_heard=crisis_heard
        )


class UnanalysedAnswer(RecordedAnswer):
    """An answer whose session ended before it was analysed."""

    crisis_heard: bool
    """Whether the person has already received crisis support for it."""


class DeferredAnalysisInput(Model):
    """Input of `DeferredAnalysis`."""

    user_ref: str
    channel: Channel
    locale: Locale
    answers: list[UnanalysedAnswer]
