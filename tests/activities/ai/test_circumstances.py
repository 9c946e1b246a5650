"""Loss and irony are noticed, whatever the words; what only looks like them is not."""

from __future__ import annotations

import pytest

from activities.ai.offline.circumstances import Circumstances, circumstances_of
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.passage import Passage
from schema.vocabulary import Locale

RU, EN = Locale.RU, Locale.EN


def read(text: str) -> Circumstances:
    locale = RU if any("а" <= letter <= "я" for letter in text.lower()) else EN
    return circumstances_of(Passage.of(text, locale), lexicon(locale))


@pytest.mark.parametrize(
    "text",
    [
        "My son hasn't spoken to me in three years.",
        "The war took my brother.",
        "My wife left me for my best friend.",
        "we buried dad in march",
        "We put our old dog down on Friday.",
        "We lost our baby at twenty weeks.",
        "Mum has dementia and calls me by her sister's name",
        "I still have her last voicemail.",
        "Секунд десять мама ещё жива. Потом вспоминаю.",
        "Иногда забываю, что её нет",
        "Я дочь. Больше не дочь.",
        "Муж ушёл к другой",
        "папы не стало в мае",
        "Мы потеряли сына",
        "Я просто хочу, чтобы она позвонила. Мама умерла.",
        "Сын со мной не разговаривает третий год",
        "У мамы рак",
    ],
)
def test_a_loss_is_noticed(text: str) -> None:
    assert read(text).loss


@pytest.mark.parametrize(
    "text",
    [
        "My brother left for work and I stayed with the kids",
        "I lost my keys again",
        "It was a stroke of luck that my sister called",
        "Dead tired, my kid kept me up",
        "Муж ушёл на работу, тихо пью кофе",
        "Потеряла ключи, как обычно",
        "С мамой читали «Война и мир»",
        "I love my dog and my mother",
    ],
)
def test_what_only_looks_like_a_loss_is_none(text: str) -> None:
    assert not read(text).loss


@pytest.mark.parametrize(
    "text",
    [
        "I leap out of bed singing. Obviously.",
        "Great question, very deep, ten out of ten. Next.",
        "Whether my ex is happier without me. Kidding.",
        "I'm fine. Everybody's fine.",
        "Oh sure, I adore meetings.",
        "I love Mondays, of course.",
        "Very very deep.",
        "Ага, прям мечтаю о понедельниках",
        "Обожаю людей)))",
        "Вскакиваю с песней, разумеется.",
        "Ну конечно, я самый спокойный человек на свете",
        "Всё прекрасно. Шучу.",
    ],
)
def test_irony_is_noticed(text: str) -> None:
    assert read(text).irony


@pytest.mark.parametrize(
    "text",
    [
        "Of course I miss her",
        "Of course, I miss my brother.",
        "She died. I cry a lot, of course.",
        "Ну, мне сейчас тревожно",
        "I'm not sure what I want",
        "I make sure the bills are paid",
        "Конечно я скучаю",
        "Люблю море :)",
        "Это не шутка, мне страшно",
        "I obviously worry a lot about my exams",
    ],
)
def test_what_is_meant_is_no_irony(text: str) -> None:
    assert not read(text).irony


def test_always_so_is_noticed() -> None:
    assert read("I've always worried.").lasting
    assert read("Я всю жизнь тревожусь").lasting
    assert not read("Сейчас тревожусь").lasting
