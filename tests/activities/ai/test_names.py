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
    """Not understood yet."""


def of_others_in(whose: Literal["others", "own"], *, missed: bool) -> dict[str, bool]:
    """By the text of a clause, whether it is read as somebody else's."""
    clauses = [(locale, Clause.model_validate(each)) for locale in Locale for each in listed(locale)[whose]]
    return {clause.text: of_others(locale, clause) for locale, clause in clauses if clause.missed is missed}


def listed(locale: Locale) -> dict[str, list[object]]:
    data = read_yaml(Path(__file__).with_name(f"names.{locale}.yaml").read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def of_others(locale: Locale, clause: Clause) -> bool:
    passage = Passage.of(clause.text, locale)
    at = [word.plain for word in passage.words].index(clause.word)
    return at in said_of_others(passage, lexicon(locale))


@pytest.mark.parametrize("missed", [False, True])
def test_a_name_as_the_subject_makes_the_clause_theirs(missed: bool) -> None:
    assert [text for text, theirs in of_others_in("others", missed=missed).items() if theirs is missed] == []


@pytest.mark.parametrize("missed", [False, True])
def test_any_other_capital_leaves_it_the_person_s(missed: bool) -> None:
    assert [text for text, theirs in of_others_in("own", missed=missed).items() if theirs is not missed] == []
