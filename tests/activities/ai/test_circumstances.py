"""Loss and irony are noticed, whatever the words; what only looks like them is not."""

from __future__ import annotations

import pytest

from activities.ai.offline.circumstances import Circumstances, circumstances_of, joked_through
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


@pytest.mark.parametrize(
    "text",
    [
        "Ну да.",
        "Ага, скучаю по ней",
        "Ну да, наверное",
        "Врач сказал, время. Ну да, время.",
        "У него на всё была шутка.",
        "It felt as if I had somewhere to go",
        "Oh yes, every Sunday",
    ],
)
def test_a_plain_yes_and_a_word_for_jokes_are_no_irony(text: str) -> None:
    assert not read(text).irony


@pytest.mark.parametrize(
    "text", ["Ага, обожаю очереди", "Oh yes, I adore meetings", "О да, мечтал всю жизнь о совещаниях"]
)
def test_a_yes_with_great_joy_is_irony(text: str) -> None:
    assert read(text).irony


@pytest.mark.parametrize(
    "text",
    [
        "My brother was ill for years",
        "My aunt is ill, I drive her everywhere",
        "I nursed my father at home",
        "Сестра болеет третий год",
        "Ухаживала за мамой, она лежачая",
    ],
)
def test_illness_of_somebody_close_is_a_strain(text: str) -> None:
    assert read(text).strained


@pytest.mark.parametrize(
    "text",
    [
        "My friends have stopped saying his name",
        "He would have laughed at that",
        "I sleep on my side of the bed",
        "Мама про него в настоящем времени говорит",
        "Номер его не удаляю",
        "Нас было двое братьев",
    ],
)
def test_who_may_be_gone_is_noticed_without_a_word_of_loss(text: str) -> None:
    assert read(text).absence
    assert not read(text).loss


def test_what_is_meant_may_be_said() -> None:
    assert read("I'd like to mind less. That one's not a joke.").earnest
    assert read("хочется, чтобы кто-то ждал, без шуток").earnest


def test_always_so_is_noticed() -> None:
    assert read("I've always worried.").lasting
    assert read("Я всю жизнь тревожусь").lasting
    assert not read("Сейчас тревожусь").lasting


@pytest.mark.parametrize(("jokes", "answers", "through"), [(1, 2, False), (2, 4, True), (2, 9, False), (5, 9, True)])
def test_a_joke_now_and_then_is_no_session_joked_through(jokes: int, answers: int, through: bool) -> None:
    joke, meant = read("I love Mondays lol."), read("I swim on Mondays.")
    assert joked_through([joke] * jokes + [meant] * (answers - jokes)) is through
