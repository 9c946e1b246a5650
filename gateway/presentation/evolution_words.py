"""Puts how a level has moved over time into everyday words, the same in every channel."""

from __future__ import annotations

from gateway.presentation import profile_words
from gateway.presentation.dates import short_day
from gateway.presentation.texts.texts import Texts
from schema.profile.layers import Estimate, ValueName, ValueOverTime
from schema.profile_vocabulary import Dynamic, Layer
from schema.vocabulary import Evolution, Trait

MOST_DAYS = 2
"""How many days of a change are named; the picture marks all."""


def drawn(values: list[ValueOverTime]) -> list[ValueOverTime]:
    """Returns the traits and dynamics with at least two estimates: those that have a scale with names for its ends."""
    return [each for each in values if scale_of(each.value) is not None and len(each.estimates) > 1]


def scale_of(value: ValueName) -> Trait | Dynamic | None:
    """Returns the trait or dynamic that a value is; None for any other."""
    match value.layer:
        case Layer.BIG_FIVE if value.name in list(Trait):
            return Trait(value.name)
        case Layer.CORE_DYNAMICS if value.name in list(Dynamic):
            return Dynamic(value.name)
        case _:
            return None


def movement(evolution: Evolution, texts: Texts) -> str:
    """Describes how a level has moved, also when that is unsettled."""
    return profile_words.movement(evolution, texts) or texts.say("evolution-no-direction")


def first_changed(each: ValueOverTime) -> list[Estimate]:
    """Returns the estimates by which a level had reliably changed, without those that only say so still."""
    before = [False, *(estimate.changed for estimate in each.estimates)]
    return [estimate for estimate, told in zip(each.estimates, before, strict=False) if estimate.changed and not told]


def changes(each: ValueOverTime, texts: Texts) -> str:
    """Names the latest days by which a level had reliably changed; empty without any."""
    days = [short_day(estimate.at, texts) for estimate in first_changed(each)]
    return texts.say("evolution-changed", days=", ".join(days[-MOST_DAYS:])) if days else ""


def span(values: list[ValueOverTime], texts: Texts) -> str:
    """Names the first and the last day of all estimates; empty without any."""
    days = sorted(estimate.at for each in values for estimate in each.estimates)
    if not days:
        return ""
    return texts.say("evolution-span", first=short_day(days[0], texts), last=short_day(days[-1], texts))
