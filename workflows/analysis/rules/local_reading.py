"""Reads a text by local rules before any model does, crisis first."""

from __future__ import annotations

from schema.analysis.readings import AnswerReading
from schema.vocabulary import Locale
from workflows.analysis.rules.stated_age import OF_AGE, stated_age
from workflows.analysis.rules.text_features import read
from workflows.safety.rules.levels import danger_in
from workflows.safety.rules.safety_reply import denies_danger, safety_reply


def read_locally(text: str, locale: Locale) -> AnswerReading:
    """Reads a text. `locale` is its language if the text itself shows none."""
    # Crisis before anything else.
    danger = danger_in(text)
    reading = read(text, locale)
    age = stated_age(text)
    return AnswerReading(
        language=reading.language,
        words=reading.words,
        sharing=reading.sharing,
        tired=reading.tired,
        crisis=danger and danger.kind,
        danger=danger,
        on_safety=safety_reply(text),
        denies_danger=denies_danger(text),
        minor=age is not None and age < OF_AGE,
    )
