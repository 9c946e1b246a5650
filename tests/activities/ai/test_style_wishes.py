"""How a person wishes to be spoken to, as rules hear it: what says so and nothing else."""

from __future__ import annotations

import pytest

from activities.ai.offline.style_wishes import wishes_in
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale

RU, EN = Locale.RU, Locale.EN


@pytest.mark.parametrize(
    ("locale", "text", "wishes"),
    [
        (EN, "Shorter, please.", [StyleWish.SHORTER]),
        (EN, "I slept badly. And please be shorter.", [StyleWish.SHORTER]),
        (EN, "Could you write longer?", [StyleWish.LONGER]),
        (EN, "Be shorter and no metaphors", [StyleWish.SHORTER, StyleWish.NO_METAPHORS]),
        (EN, "Without metaphors, please", [StyleWish.NO_METAPHORS]),
        (EN, "No more questions please", [StyleWish.NO_QUESTIONS]),
        (EN, "You may ask me questions", [StyleWish.ASK]),
        (EN, "no emoji", [StyleWish.NO_EMOJI]),
        (EN, "Use simpler words", [StyleWish.SIMPLER]),
        (EN, "My boss wants it shorter.", []),
        (EN, "He told me: no questions", []),
        (EN, "It was a short day", []),
        (EN, "Longer.", []),
        (EN, "Too long.", []),
        (RU, "Короче, пожалуйста", [StyleWish.SHORTER]),
        (RU, "пиши подробнее", [StyleWish.LONGER]),
        (RU, "Пиши короче и без метафор", [StyleWish.SHORTER, StyleWish.NO_METAPHORS]),
        (RU, "Давайте перейдём на ты", [StyleWish.INFORMAL]),
        (RU, "на вы, пожалуйста", [StyleWish.FORMAL]),
        (RU, "не задавай вопросов", [StyleWish.NO_QUESTIONS]),
        (RU, "спрашивай меня", [StyleWish.ASK]),
        (RU, "без смайликов", [StyleWish.NO_EMOJI]),
        (RU, "Простыми словами, пожалуйста", [StyleWish.SIMPLER]),
        (RU, "Короче, я опять не спала всю ночь", []),
        (RU, "он сказал короче", []),
        (RU, "Проще.", []),
    ],
)
def test_only_a_sentence_of_its_own_is_a_wish(locale: Locale, text: str, wishes: list[StyleWish]) -> None:
    heard = wishes_in(text, locale)
    assert (heard.wishes, heard.as_before) == (wishes, False)


@pytest.mark.parametrize(
    ("locale", "text", "dropped"),
    [
        (EN, "Write as before, please", True),
        (EN, "as before", False),
        (EN, "Everything is as before.", False),
        (RU, "Пиши как раньше", True),
        (RU, "Говори по-прежнему", True),
        (RU, "Как раньше.", False),
    ],
)
def test_all_wishes_are_dropped_by_words_to_the_coach_alone(locale: Locale, text: str, dropped: bool) -> None:
    assert wishes_in(text, locale).as_before is dropped


def test_a_word_that_begins_a_story_is_no_wish() -> None:
    assert not wishes_in("короче. не вышло", Locale.RU).any
    assert wishes_in("Короче, пожалуйста. Я устаю читать.", Locale.RU).any
    assert wishes_in("короче", Locale.RU).any
