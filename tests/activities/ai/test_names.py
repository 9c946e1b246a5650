"""A capital within a sentence makes a clause somebody else's only where it is a name, and the subject of the clause."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from activities.ai.offline.attribution import said_of_others
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.passage import Passage
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_yaml


class Clause(Model):
    """A text, and the word of it in question."""

    text: str
    word: str
    missed: bool = False


def clauses(whose: Literal["others", "own"]) -> list[object]:
    return [
        pytest.param(
            locale,
            clause,
            id=f"{locale}-{number}",
            marks=pytest.mark.xfail(strict=True, reason="not understood yet") if clause.missed else (),
        )
        for locale in Locale
        for number, clause in enumerate(map(Clause.model_validate, listed(locale)[whose]), 1)
    ]


def listed(locale: Locale) -> dict[str, list[object]]:
    data = read_yaml(Path(__file__).with_name(f"names.{locale}.yaml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def of_others(locale: Locale, clause: Clause) -> bool:
    passage = Passage.of(clause.text, locale)
    at = [word.plain for word in passage.words].index(clause.word)
    return at in said_of_others(passage, lexicon(locale))


@pytest.mark.parametrize(("locale", "clause"), clauses("others"))
def test_a_name_as_the_subject_makes_the_clause_theirs(locale: Locale, clause: Clause) -> None:
    assert of_others(locale, clause), clause.text


@pytest.mark.parametrize(("locale", "clause"), clauses("own"))
def test_any_other_capital_leaves_it_the_person_s(locale: Locale, clause: Clause) -> None:
    assert not of_others(locale, clause), clause.text
