"""Portraits of an invented person, for tests and the pictures of the docs, which `python -m tests.portraits` draws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound.card import draw_card
from gateway.telegram.outbound.evolution import draw_evolution
from schema.coaching.insights import Insight, InsightQuote
from schema.deliveries import EvolutionView
from schema.profile.layers import (
    AspectLevel,
    DomainAffinity,
    DynamicLevel,
    Estimate,
    FacetLevel,
    Profile,
    Reason,
    TraitLevel,
    ValueName,
    ValueOverTime,
)
from schema.profile_vocabulary import ADAPTIVE, NAMES, SIGNATURE, WAYS, Aspect, Dynamic, Facet, Layer
from schema.vocabulary import Domain, Evolution, Locale, Trait

DOCS = Path(__file__).parent.parent / "docs"

PATTERNS = {
    Locale.RU: ["опора на близких", "высокие требования к себе", "откладывание на потом"],
    Locale.EN: ["leaning on close people", "high standards for yourself", "putting off"],
}
FIRST = datetime(2026, 1, 14, 18, tzinfo=UTC)


def connection(words: str = "I told Vera and then I knew") -> Insight:
    """An insight across an answer and a talk."""
    said = [
        InsightQuote(words=words, kind="answer", said_at=FIRST),
        InsightQuote(words=words, kind="talk", said_at=FIRST),
    ]
    return Insight(insight_id=str(UUID(int=5)), text=f"Twice: {words}", quotes=said, made_at=FIRST)


def portrait(locale: Locale) -> Profile:
    """A portrait after two conversations: some of every layer, and some of it not known yet."""
    return Profile(
        traits=[
            TraitLevel(
                trait=Trait.OPENNESS,
                score=0.81,
                confidence=0.62,
                evidence=7,
                evolution=Evolution.INCREASING,
                facets=[facet(Facet.FANTASY, 0.85), facet(Facet.IDEAS, 0.9)],
            ),
            TraitLevel(
                trait=Trait.CONSCIENTIOUSNESS,
                score=0.35,
                confidence=0.44,
                evidence=4,
                facets=[facet(Facet.ORDER, 0.2), facet(Facet.DELIBERATION, 0.5)],
            ),
            TraitLevel(trait=Trait.EXTRAVERSION, score=0.5, confidence=0.31, evidence=3),
            TraitLevel(trait=Trait.AGREEABLENESS, score=0.68, confidence=0.7, evidence=9, evolution=Evolution.STABLE),
            TraitLevel(trait=Trait.NEUROTICISM, score=0.66, confidence=0.2, evidence=1),
        ],
        dynamics=[
            dynamic(Dynamic.SELF_AWARENESS, 0.74, Evolution.INCREASING),
            dynamic(Dynamic.RESILIENCE, 0.45),
        ],
        adaptive=[aspect(Aspect.STRESS_RESPONSE, "freeze")],
        affinities=[affinity(domain, 0.8) for domain in (Domain.CREATIVITY, Domain.RELATIONSHIPS)],
        signature=[
            aspect(Aspect.THINKING_STYLE, "imaginative"),
            aspect(Aspect.DECISION_PATTERN, "intuitive"),
            aspect(Aspect.ENERGY_RHYTHM, None),
            aspect(Aspect.LEARNING_EDGE, "asking_for_help"),
        ],
        patterns=PATTERNS[locale],
        insights=[],
        answers=24,
    )


def everything(locale: Locale, score: float = 0.3) -> Profile:
    """A portrait of all that there can be, each in its longest words."""
    by_length = {each: sorted(ways, key=partial(_length, each, locale)) for each, ways in WAYS.items()}
    return Profile(
        traits=[
            TraitLevel(
                trait=trait,
                score=score,
                confidence=0.5,
                evidence=120,
                evolution=Evolution.OSCILLATING,
                facets=[facet(each, 0.1 if each in list(Facet)[::2] else 0.9) for each in Facet if each.trait is trait],
            )
            for trait in Trait
        ],
        dynamics=[dynamic(each, score, Evolution.OSCILLATING) for each in Dynamic],
        adaptive=[aspect(each, by_length[each][0]) for each in ADAPTIVE],
        affinities=[affinity(domain, 0.9) for domain in Domain],
        signature=[aspect(each, by_length[each][-1]) for each in SIGNATURE],
        patterns=[pattern * 3 for pattern in PATTERNS[locale]],
        insights=[],
        answers=240,
        offline=True,
    )


def evolution_view(levels: Sequence[tuple[Layer, str]] | None = None) -> EvolutionView:
    """How an invented person's levels moved in half a year: up, down, to and fro, not at all."""
    rising = (0.45, 0.5, 0.52, 0.6, 0.66, 0.75, 0.78, 0.84)
    falling = tuple(reversed(rising))
    courses = [
        (rising, (5, 6, 7), Evolution.INCREASING),
        ((0.38, 0.36, 0.4, 0.37, 0.39), (), Evolution.STABLE),
        ((0.5, 0.44, 0.6), (), Evolution.UNSETTLED),
        ((0.3, 0.75, 0.35, 0.8, 0.3, 0.7), (), Evolution.OSCILLATING),
        (falling, (5, 6, 7), Evolution.DECREASING),
    ]
    named = levels or [(Layer.BIG_FIVE, trait) for trait in Trait] + [(Layer.CORE_DYNAMICS, each) for each in Dynamic]
    return EvolutionView(
        values=[
            over_time(layer, name, scores, changed, moved)
            for n, (layer, name) in enumerate(named)
            for scores, changed, moved in [courses[n % len(courses)]]
        ]
    )


def over_time(
    layer: Layer, name: str, scores: Sequence[float], changed: Sequence[int] = (), moved: Evolution = Evolution.STABLE
) -> ValueOverTime:
    """A value with an estimate every few weeks."""
    return ValueOverTime(
        value=ValueName(layer=layer, name=name),
        estimates=[
            Estimate(at=FIRST + timedelta(days=24 * n + 7 * n % 5), score=score, error=0.09, changed=n in changed)
            for n, score in enumerate(scores)
        ],
        evolution=moved,
    )


def every_value() -> list[ValueName]:
    """The names of all values that there are."""
    return [ValueName(layer=layer, name=name) for layer in Layer for name in NAMES[layer]]


def reason(quote: str = "I paint at night.", question: str = "What do you love to do?") -> Reason:
    """Words behind a value."""
    return Reason(quote=quote, question=question, said_at=FIRST)


def facet(each: Facet, score: float) -> FacetLevel:
    """A facet that is clear enough to be told."""
    return FacetLevel(facet=each, score=score, confidence=0.5, evidence=3)


def dynamic(each: Dynamic, score: float, moved: Evolution = Evolution.UNSETTLED) -> DynamicLevel:
    """A dynamic that is clear enough to be told."""
    return DynamicLevel(dynamic=each, score=score, confidence=0.5, evidence=5, evolution=moved)


def aspect(each: str, way: str | None) -> AspectLevel:
    """An aspect in which this way leads, or none."""
    return AspectLevel(aspect=each, way=way, share=0.7 if way else 0.3, confidence=0.5, evidence=4)


def affinity(domain: Domain, score: float) -> DomainAffinity:
    """A domain that is spoken of this warmly."""
    return DomainAffinity(domain=domain, score=score, confidence=0.5, evidence=4, skips=0)


def pictures() -> dict[str, bytes]:
    """The pictures of the docs, by their file."""
    texts = Texts(Locale.EN)
    return {
        "card.png": draw_card(portrait(Locale.EN), texts),
        "evolution.png": draw_evolution(evolution_view(), texts),
    }


def _length(each: Aspect, locale: Locale, way: str) -> int:
    return len(Texts(locale).say(f"way-{each}-{way}".replace("_", "-")))


if __name__ == "__main__":
    for name, picture in pictures().items():
        (DOCS / name).write_bytes(picture)
