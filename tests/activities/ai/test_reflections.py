"""A whole conversation's reflections: nothing twice, nothing light beside a loss, no claim where somebody jokes."""

from __future__ import annotations

import pytest

from activities.ai.offline.mood import Mood
from activities.ai.offline.quoting import LONGEST
from activities.ai.offline.reflection import reflect, reflections
from schema.vocabulary import Locale

GRIEVING = [
    "Мама умерла в марте.",
    "Секунд десять после сна мама ещё жива.",
    "Забываю, что её нет, ставлю две чашки.",
    "Я дочь. Больше не дочь.",
    "Злюсь на врачей и на себя. Никому этого не говорила.",
    "Плачу за её номер каждый месяц.",
    "Я просто хочу, чтобы она позвонила.",
    "Работа помогает, там тихо.",
    "Сестра звонит по воскресеньям, мы смеёмся над старыми фотографиями.",
    "Раньше я любила петь, теперь нет.",
    "Боюсь забыть её голос.",
    "Хочу весной посадить её пионы.",
]
TERSE = ["не знаю", "нормально", "работа", "мне ок", "семья", "покой", "не знаю", "нет", "дом", "чай", "да", "всё"]
IRONIC = [
    "Oh, I leap out of bed singing, obviously.",
    "Great question, very deep, ten out of ten. Next.",
    "Whether my ex is happier without me. Kidding.",
    "I love meetings. The more the better, haha.",
    "In five years? Yacht, obviously.",
]


def said(answers: list[str], locale: Locale) -> list[str]:
    return [reflect(text, locale, answers[:at]) for at, text in enumerate(answers)]


@pytest.mark.parametrize(("answers", "locale"), [(GRIEVING, Locale.RU), (TERSE, Locale.RU), (IRONIC, Locale.EN)])
def test_nothing_is_said_twice_in_a_session(answers: list[str], locale: Locale) -> None:
    told = said(answers, locale)
    assert len(set(told)) == len(told)


def test_nothing_bright_or_light_is_said_in_a_session_with_a_loss() -> None:
    words = reflections(Locale.RU)
    light = [*words.plain[Mood.BRIGHT], *words.ironic, *words.curt]
    for line in said(GRIEVING, Locale.RU):
        assert line not in light


def test_a_loss_is_never_quoted_in_half() -> None:
    assert "«Я дочь»" not in reflect("Я дочь. Больше не дочь.", Locale.RU)


def test_irony_is_not_read_into() -> None:
    words = reflections(Locale.EN)
    assert all(line in words.ironic for line in said(IRONIC, Locale.EN))


def test_somebody_who_comes_back_is_noticed_in_every_third_answer() -> None:
    told = ["My brother taught me to swim.", "I like maps.", "My brother still calls on Sundays."]
    assert "brother" in reflect(told[2], Locale.EN, told[:2]).lower()


def test_who_comes_back_again_is_noticed_in_other_words() -> None:
    told = ["My brother taught me to swim.", *["My brother still calls on Sundays."] * 11]
    noticed = [reflect(told[at], Locale.EN, told[:at]) for at in (2, 5, 8, 11)]
    assert len(set(noticed)) == len(noticed)


@pytest.mark.parametrize(
    "text", ["I like the sea, but only from far away.", "Люблю людей, но не больше двух.", "I trust him. Not really."]
)
def test_no_quote_ends_before_what_turns_it(text: str) -> None:
    locale = Locale.RU if "ю" in text else Locale.EN
    first = text.replace(".", ",").split(",")[0]
    line = reflect(text, locale)
    assert first not in line or text.rstrip(".")[: len(first) + LONGEST] in line
