"""How a phrase may stand in a text otherwise than it is listed, and still be found."""

from __future__ import annotations

from operator import attrgetter

import pytest

from activities.ai.offline.lexicon import QuoteRules
from activities.ai.offline.passage import Passage
from activities.ai.offline.phrasebook import Looseness, Phrasebook
from schema.vocabulary import Locale

LOOSE = Looseness(
    fillers=frozenset({"always", "really", "всегда"}),
    negators=frozenset({"don't", "не"}),
    spellings={"i'm": ["i am", "im"], "don't": ["do not", "dont"]},
)


def found(phrases: list[str], text: str, locale: Locale = Locale.EN) -> list[tuple[str, str]]:
    """The phrases found in a text, each with the words that it covers there."""
    book = Phrasebook(((phrase, phrase) for phrase in phrases), attrgetter("plain"), str, frozenset(), looseness=LOOSE)
    words = Passage.of(text, locale).words
    return [(hit.meaning, " ".join(word.plain for word in words[hit.start : hit.end])) for hit in book.find(words)]


@pytest.mark.parametrize(
    ("phrase", "text", "locale"),
    [
        ("i make a list", "I always really make a list", Locale.EN),
        ("i'm a worrier", "I am a worrier", Locale.EN),
        ("i'm a worrier", "im always a worrier", Locale.EN),
        ("don't finish", "do not finish", Locale.EN),
        ("я составляю список", "Я всегда составляю список", Locale.RU),
    ],
)
def test_a_phrase_is_found_with_small_words_within_and_in_other_spellings(
    phrase: str, text: str, locale: Locale
) -> None:
    assert found([phrase], text, locale) == [(phrase, text.lower())]


@pytest.mark.parametrize(
    ("phrase", "text", "locale"),
    [
        ("don't finish", "I don't always finish", Locale.EN),
        ("не планирую", "Я не всегда планирую", Locale.RU),
        ("make a list", "I make always, a list", Locale.EN),
        ("im", "I am", Locale.EN),
    ],
)
def test_what_changes_the_meaning_is_no_small_word(phrase: str, text: str, locale: Locale) -> None:
    assert found([phrase], text, locale) == []


def test_what_is_listed_itself_comes_before_another_spelling() -> None:
    assert found(["i'm", "i'm here", "i am here"], "I am here") == [("i am here", "i am here")]


def test_a_phrase_with_its_own_adverb_is_the_longer_one() -> None:
    assert found(["i make", "i always make lists"], "I always make lists") == [
        ("i always make lists", "i always make lists")
    ]


def test_choices_in_a_list_stand_for_all_their_phrases() -> None:
    rules = QuoteRules.model_validate(dict.fromkeys(QuoteRules.model_fields, "keep|make a list, at once"))
    assert rules.openers == ["keep a list", "make a list", "at once"]
