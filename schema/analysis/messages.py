"""What goes into the workflow that analyses answers of a session that has ended."""

from __future__ import annotations

from schema.analysis.routing import Route
from schema.model import Model
from schema.person import Channel
from schema.vocabulary import Locale


class RecordedAnswer(Model):
    """An answer that is in the database, and who reads it."""

    answer_id: str
    route: Route | None = None
    """None for answers of before there were models: the offline analyst reads them."""


class UnanalysedAnswer(RecordedAnswer):
    """An answer whose session ended before it was analysed."""

    crisis_heard: bool
    """Whether the person was given crisis support for it already."""


class DeferredAnalysisInput(Model):
    """Input of `DeferredAnalysis`."""

    user_ref: str
    channel: Channel
    locale: Locale
    answers: list[UnanalysedAnswer]
