"""Of whom words speak: a trait of somebody else is none of the person's."""

from __future__ import annotations

import pytest

from activities.ai.offline.attribution import said_of_others
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.passage import Passage
from schema.vocabulary import Locale

RU, EN = Locale.RU, Locale.EN


def of_others(text: str, word: str, locale: Locale) -> bool:
    passage = Passage.of(text, locale)
    at = [each.plain for each in passage.words].index(word)
    return at in said_of_others(passage, lexicon(locale))


@pytest.mark.parametrize(
    ("text", "word", "locale"),
    [
        ("my mother was anxious", "anxious", EN),
        ("My older sister is anxious", "anxious", EN),
        ("Mom watched us. Always anxious.", "anxious", EN),
        ("My mother's anxiety filled the house", "anxiety", EN),
        ("I love my kids, and they love parties", "parties", EN),
        ("I help someone who's upset", "upset", EN),
        ("I'm calm because my wife worries for both", "worries", EN),
        ("мама всё время боялась за нас", "боялась", RU),
        ("Мама тревожная, всего боялась", "боялась", RU),
        ("Мама у меня тревожная", "тревожная", RU),
        ("Очень тревожная была мама", "тревожная", RU),
        ("In the flat Jo is tidy", "tidy", EN),
        ("My supervisor is organized", "organized", EN),
        ("А вот Галя аккуратная", "аккуратная", RU),
        ("Я спокойна, а муж тревожный", "тревожный", RU),
    ],
)
def test_said_of_somebody_else(text: str, word: str, locale: Locale) -> None:
    assert of_others(text, word, locale)


@pytest.mark.parametrize(
    ("text", "word", "locale"),
    [
        ("I worry about my mother", "worry", EN),
        ("In Leeds I worry", "worry", EN),
        ("Я в Москве тревожусь", "тревожусь", RU),
        ("My mother was anxious, and I'm just like her", "anxious", EN),
        ("My husband is calm but I'm anxious", "anxious", EN),
        ("I'm the kind of person who worries", "worries", EN),
        ("I help my mother, plan her week", "plan", EN),
        ("Anxious, mostly", "anxious", EN),
        ("Мама тревожная, и я такая же", "тревожная", RU),
        ("Муж молчит, а боюсь я", "боюсь", RU),
        ("Муж спокойный, а тревожусь", "тревожусь", RU),
        ("Мама спокойная, мне тревожно", "тревожно", RU),
        ("Тревожусь за маму", "тревожусь", RU),
        ("Бабушка учила меня порядку, и теперь у меня список", "список", RU),
        ("Я человек, который тревожится", "тревожится", RU),
        ("Тревожная, как мама", "тревожная", RU),
    ],
)
def test_said_of_the_person(text: str, word: str, locale: Locale) -> None:
    assert not of_others(text, word, locale)
