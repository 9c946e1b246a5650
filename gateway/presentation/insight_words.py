"""Puts what an insight rests on into words, the same in every channel."""

from __future__ import annotations

from gateway.presentation.dates import day
from gateway.presentation.texts.texts import Texts
from schema.analysis.readings import OFFLINE_ANALYST
from schema.coaching.insights import Insight, InsightQuote
from schema.deliveries import Insights


def heading(insight: Insight, number: int, texts: Texts) -> str:
    """The insight with its number; of one that no language model found, it says so."""
    said = texts.say("insight-numbered", number=number, text=insight.text)
    return f"{said} {texts.say('insight-offline')}" if insight.writer == OFFLINE_ANALYST else said


def source(quote: InsightQuote, texts: Texts) -> str:
    """When and where words were said."""
    return texts.say(f"insight-said-{quote.kind}", day=day(quote.said_at, texts))


def not_true(insights: Insights, number: int, texts: Texts) -> str:
    """The words of the button of an insight; among several, its number comes first."""
    words = texts.say("choice-not-true")
    return texts.say("choice-step-numbered", number=number, choice=words) if len(insights.connections) > 1 else words
