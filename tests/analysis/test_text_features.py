"""What local rules read in a text before anything else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of, read

RU, EN = Locale.RU, Locale.EN

OPEN_ANSWER = (
    "Я всегда была «хорошей девочкой», потому что мама так хотела. Помню, в детстве мне нельзя было злиться. "
    "Теперь мне 34, и я не понимаю, чего хочу сама. Мне грустно и страшно, но я начала рисовать "
    "по вечерам и чувствую, что оживаю."
)


@given(st.text(max_size=4000), st.sampled_from(Locale))
def test_any_text_is_read_within_bounds_and_the_same_way_twice(text: str, default: Locale) -> None:
    reading = read(text, default)
    assert 0 <= reading.sharing <= 1
    assert reading.words >= 0
    assert reading == read(text, default)


@given(st.text(alphabet="0123456789 .,!?😊🌊…-", max_size=60), st.sampled_from(Locale))
def test_a_text_without_letters_is_in_the_default_language(text: str, default: Locale) -> None:
    assert language_of(text, default) is default


@given(st.lists(st.sampled_from(["мама", "работа", "я боюсь", "в 2019 году", "люблю", "дом"]), min_size=1, max_size=40))
def test_saying_more_never_shares_less(parts: list[str]) -> None:
    shared = [read(". ".join(parts[:n]), RU).sharing for n in range(1, len(parts) + 1)]
    assert shared == sorted(shared)


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("Мне важно быть честной", EN, RU),
        ("I don’t know", RU, EN),
        ("Family, friends, freedom", RU, EN),
        ("Пишу на JavaScript и TypeScript", EN, RU),
        ("I love the word тоска because nothing in English says it", RU, EN),
        ("ya ustal, davay zakonchim", RU, RU),
        ("Ich bin müde und will nach Hause", RU, RU),
        ("שלום, אני מרגיש טוב", EN, EN),
        ("مرحبا، أنا بخير", RU, RU),
        ("😊", EN, EN),
        ("ok", RU, RU),
        ("", EN, EN),
    ],
)
def test_language(text: str, default: Locale, language: Locale) -> None:
    assert language_of(text, default) is language


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("😊😊", 0), ("не знаю", 2), ("I don’t know", 3), ("кое-что из-за тебя", 3), ("в 2019", 2)],
)
def test_words_are_counted_as_a_person_counts_them(text: str, words: int) -> None:
    assert read(text, RU).words == words


def test_an_open_answer_shares_much_and_a_refusal_almost_nothing() -> None:
    assert read(OPEN_ANSWER, RU).sharing > 0.55
    assert read("не знаю", RU).sharing < 0.05
    assert read("nothing really", EN).sharing < 0.05


def test_a_short_heartfelt_answer_shares_more_than_a_long_dry_one() -> None:
    heartfelt = "Я боюсь остаться одна, как мама"
    dry = "Обычный график с девяти до шести, обеденный перерыв, отчёты, совещания, почта и дорога обратно"
    assert read(heartfelt, RU).sharing > read(dry, RU).sharing


def test_the_same_word_again_and_again_shares_nothing_more() -> None:
    assert read("бла " * 200, RU).sharing < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "устал",
        "Я очень устала сегодня",
        "Не знаю. Устала.",
        "Хватит",
        "Хватит на сегодня",
        "на сегодня хватит",
        "давай закончим",
        "Давайте на этом закончим, спасибо",
        "Всё, я устал отвечать",
        "Мне надоели эти вопросы",
        "Ваши вопросы меня утомили",
        "Не хочу больше отвечать",
        "Можно сделать паузу?",
        "мне пора",
        "Сегодня был длинный день, приехала мама, потом готовили ужин на всех. Давай продолжим завтра, пожалуйста.",
        "I'm tired",
        "I’m tired of these questions",
        "enough for today",
        "Can we stop here?",
        "no more questions please",
        "I don't want to answer any more questions",
        "Had a long day with my kids and my boss was horrible as usual. Can we finish here?",
        "I have to go",
    ],
)
def test_a_person_who_wants_to_stop_is_heard(text: str) -> None:
    assert read(text, RU).tired


@pytest.mark.parametrize(
    "text",
    [
        "",
        "устал на работе вчера",
        "Я не устал",
        "Я устала от работы",
        "Устала быть сильной",
        "Я устал отвечать за всех",
        "Надоели вопросы родителей про внуков",
        "Хватит ли мне денег?",
        "Хватит бояться",
        "Муж сказал: хватит, давай закончим",
        "В голове слишком много вопросов",
        "Хочу закончить университет и уехать",
        "Можно остановиться и посмотреть на закат, это моё счастье",
        "Мама пришла с работы. Устала. Легла спать. Я сидел рядом и думал, что так выглядит любовь.",
        "I'm not tired",
        "I'm tired of my job",
        "tired of answering emails all day",
        "I've had enough of his lies",
        "I want to stop smoking",
        "My boss said: that's enough for today",
        "I need a break from my family",
    ],
)
def test_tiredness_that_the_answer_tells_about_is_no_wish_to_stop(text: str) -> None:
    assert not read(text, RU).tired
