"""What people tell of themselves in twelve answers, read by the offline analyst: it misses much, and claims little."""

from __future__ import annotations

import pytest

from schema.vocabulary import Locale
from tests.people.told import counts, files, heard, read

HALVES = [(half, locale) for half in ("tuned", "fresh") for locale in Locale]


@pytest.mark.parametrize(("half", "locale"), HALVES)
def test_every_piece_rests_on_the_person_s_own_words(half: str, locale: Locale) -> None:
    for person in map(read, files(half, locale)):
        for answer, analysis in zip(person.told.answers, person.analyses, strict=True):
            said = " ".join(answer.text.split())
            for _, label, quote in heard(analysis):
                assert quote, label
                assert quote in said, label


@pytest.mark.parametrize(("half", "locale"), HALVES)
def test_no_portrait_shows_a_trait_that_an_attentive_reader_would_not(half: str, locale: Locale) -> None:
    people = [read(file) for file in files(half, locale)]
    assert len(people) == 6
    assert counts(people)["shown", "unlabelled"] == 0


@pytest.mark.parametrize("locale", list(Locale))
def test_what_the_lists_were_widened_for_is_heard(locale: Locale) -> None:
    found = counts([read(file) for file in files("tuned", locale)])
    for kind in ("trait", "dynamic", "way"):
        assert found[kind, "heard"] >= found[kind, "missed"]
