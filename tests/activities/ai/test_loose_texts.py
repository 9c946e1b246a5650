"""What the offline analyst concludes from texts as people write them, and what it does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from activities.ai.offline.analyst import OfflineAnalyst
from schema.analysis.readings import AnswerInContext
from schema.base_model import Model
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale, Trait
from schema.yaml_files import read_yaml

ALONE = 0.08
"""More confidence than one marker that the question itself asks for may give."""
TRAITS = {trait.value[0].upper(): trait for trait in Trait}
MOODS: dict[str, Callable[[float], bool]] = {
    "dark": lambda mood: mood < -0.1,
    "bright": lambda mood: mood > 0.1,
    "even": lambda mood: abs(mood) < 0.1,
    "unbright": lambda mood: mood <= 0.1,
    "undark": lambda mood: mood >= -0.1,
}


class Loose(Model):
    """A text, with what should and should not be concluded."""

    text: str
    question: str = "?"
    listens_for: list[Construct] = []
    concludes: list[str] = []
    unsaid: list[str] = []
    weak: list[str] = []
    mood: Literal["dark", "bright", "even", "unbright", "undark"] | None = None
    fresh: bool = False
    missed: bool = False


def loose(locale: Locale) -> list[Loose]:
    data = read_yaml(Path(__file__).with_name(f"loose_texts.{locale}.yaml").read_text(encoding="utf-8"))
    return [Loose.model_validate({"unsaid" if key == "not" else key: value for key, value in d.items()}) for d in data]


EACH = [
    pytest.param(
        locale,
        case,
        id=f"{locale}-{number}",
        marks=pytest.mark.xfail(strict=True, reason="not understood yet") if case.missed else (),
    )
    for locale in Locale
    for number, case in enumerate(loose(locale), 1)
]


@pytest.mark.parametrize(("locale", "case"), EACH)
async def test_a_loose_text_is_read_as_it_is_meant(locale: Locale, case: Loose) -> None:
    answer = AnswerInContext(
        question=case.question,
        domain=Domain.IDENTITY,
        depth=Depth.SURFACE,
        energy=Energy.NEUTRAL,
        listens_for=case.listens_for,
        text=case.text,
        locale=locale,
    )
    analysis = await OfflineAnalyst().deep(answer)
    leans = {
        f"{trait}{'+' if found.score > 0.5 else '-'}"
        for trait, meant in TRAITS.items()
        for found in analysis.traits
        if found.trait is meant and abs(found.score - 0.5) > 0.05
    }
    assert leans >= set(case.concludes), case.text
    assert not leans & set(case.unsaid), case.text
    assert all(found.confidence < ALONE for found in analysis.traits) or not case.weak, case.text
    assert leans >= set(case.weak), case.text
    assert case.mood is None or MOODS[case.mood](analysis.sentiment), (case.text, analysis.sentiment)


@pytest.mark.parametrize("locale", Locale)
def test_there_are_sixty_texts_a_language_and_half_are_not_tuned_for(locale: Locale) -> None:
    assert len(loose(locale)) >= 60
    assert 2 * sum(case.fresh for case in loose(locale)) >= len(loose(locale)) - 2
