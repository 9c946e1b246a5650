"""A profile as the coach keeps it in mind."""

from __future__ import annotations

import re

import pytest

from activities.coaching.recall.hypotheses import hypotheses
from schema.profile.layers import AspectLevel, DomainAffinity, DynamicLevel, Profile, TraitLevel
from schema.profile_vocabulary import WAYS, Aspect, Dynamic
from schema.vocabulary import Domain, Locale, Trait


def profile(**more: object) -> Profile:
    return Profile.model_validate({"traits": [], "patterns": [], "insights": [], "answers": 9, **more})


def level(score: float, confidence: float = 0.7) -> dict[str, float | int]:
    return {"score": score, "confidence": confidence, "evidence": 5}


def aspect(name: Aspect, way: str | None, confidence: float = 0.7) -> AspectLevel:
    return AspectLevel(aspect=name, way=way, share=0.8, confidence=confidence, evidence=4)


@pytest.mark.parametrize("locale", Locale)
def test_every_value_has_words_in_both_languages(locale: Locale) -> None:
    for score in (0.1, 0.9):
        said = hypotheses(
            profile(
                traits=[TraitLevel(trait=trait, **level(score)) for trait in Trait],
                dynamics=[DynamicLevel(dynamic=dynamic, **level(score)) for dynamic in Dynamic],
            ),
            locale,
        )
        assert len(set(said)) == len(Trait) + len(Dynamic)
    ways = [aspect(name, way) for name, ways in WAYS.items() for way in ways]
    said = hypotheses(profile(signature=ways), locale)
    assert len(set(said)) == len(ways)
    for domain in Domain:
        [line] = hypotheses(profile(affinities=[DomainAffinity(domain=domain, skips=0, **level(0.9))]), locale)
        assert locale is Locale.EN or not re.search("[a-z]", line)


def test_the_surest_is_said_first_and_what_is_in_the_middle_or_hardly_seen_is_not() -> None:
    said = hypotheses(
        profile(
            traits=[
                TraitLevel(trait=Trait.OPENNESS, **level(0.8, 0.5)),
                TraitLevel(trait=Trait.CONSCIENTIOUSNESS, **level(0.5)),
                TraitLevel(trait=Trait.EXTRAVERSION, **level(0.2, 0.3)),
                TraitLevel(trait=Trait.AGREEABLENESS, **level(0.9, 0.2)),
            ],
            signature=[aspect(Aspect.DECISION_PATTERN, "deliberate", 0.9), aspect(Aspect.THINKING_STYLE, None)],
            adaptive=[aspect(Aspect.DECISION_PATTERN, "deliberate"), aspect(Aspect.STRESS_RESPONSE, "freeze", 0.4)],
            patterns=["putting off hard things"],
        ),
        Locale.EN,
    )
    assert said == [
        "rather sure (0.90): weighs everything before deciding",
        "likely (0.50): drawn to ideas, pictures and what is new",
        "a first hint (0.40): lately: goes numb, cannot move or speak",
        "a first hint (0.30): gains energy in quiet and says little",
        "returns in what they write: putting off hard things",
    ]
