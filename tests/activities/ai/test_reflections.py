"""A whole conversation's reflections: nothing twice, nothing light beside a loss, no claim where somebody jokes."""

from __future__ import annotations

import pytest

from activities.ai.offline.analyst import OfflineAnalyst
from activities.ai.offline.mood import Mood
from activities.ai.offline.quoting import LONGEST
from activities.ai.offline.reflection import reflect, reflections
from schema.analysis.readings import AnswerInContext, EarlierAnswer
from schema.vocabulary import Depth, Domain, Energy, Locale, Trait

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
    "text",
    [
        "I like the sea, but only from far away.",
        "Люблю людей, но не больше двух.",
        "I trust him. Not really.",
        "My mind is a calm lake. With a shopping trolley in it.",
        "Люблю свою тихую голову. С тележкой посередине.",
    ],
)
def test_no_quote_ends_before_what_turns_it(text: str) -> None:
    locale = Locale.RU if "ю" in text else Locale.EN
    first = text.replace(".", ",").split(",")[0]
    line = reflect(text, locale)
    assert first not in line or text.rstrip(".")[: len(first) + LONGEST] in line


@pytest.mark.parametrize(
    ("text", "locale", "unsaid"),
    [
        ("I made a jacket for my girl. I put it on when nobody's here.", Locale.EN, "I put it on"),
        ("Одна бабушка пришла и попросила ту, с рыбкой.", Locale.RU, "попросила ту"),
        ("Сестра всё слышит. Слушает и ругается вместе со мной.", Locale.RU, "Слушает и"),
        ("Спина болит страшно. А дети что, сами поедят?", Locale.RU, "сами поедят"),
        ("Сижу в машине, пока не отпустит, потом еду.", Locale.RU, "«не отпустит"),
        ("Oh, where do I start, I have a lot to say about my city.", Locale.EN, "where do I start"),
    ],
)
def test_nothing_is_quoted_that_points_outside_of_the_quote(text: str, locale: Locale, unsaid: str) -> None:
    assert unsaid.casefold() not in reflect(text, locale).casefold()


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("That's a stupid question.", Locale.EN),
        ("I'd rather not say much about that one.", Locale.EN),
        ("No. And I'm not going to explain it either.", Locale.EN),
        ("Дурацкий вопрос.", Locale.RU),
        ("И при чём тут это вообще", Locale.RU),
        ("Об этом пока не хочется.", Locale.RU),
    ],
)
def test_a_question_that_is_turned_away_is_left_alone(text: str, locale: Locale) -> None:
    assert reflect(text, locale) in reflections(locale).declined


@pytest.mark.parametrize(
    ("text", "locale"),
    [("Not much at all, I won't lie", Locale.EN), ("Не хочу больше молчать про отца", Locale.RU)],
)
def test_what_only_sounds_like_turning_away_is_none(text: str, locale: Locale) -> None:
    assert reflect(text, locale) not in reflections(locale).declined


@pytest.mark.parametrize(("word", "locale"), [("чай", Locale.RU), ("tea", Locale.EN), ("the road", Locale.EN)])
def test_a_word_or_two_are_not_just_said_back(word: str, locale: Locale) -> None:
    assert reflect(word, locale) in reflections(locale).curt


def test_nothing_bright_is_said_to_who_has_been_joking() -> None:
    told = ["I adore meetings. Kidding.", "I love my garden, it makes me so happy."]
    words = reflections(Locale.EN)
    line = reflect(told[1], Locale.EN, told[:1])
    bright = [*words.plain[Mood.BRIGHT], *words.quoting[Mood.BRIGHT]]
    assert not any(line.endswith(template.split("{phrase}")[-1]) for template in bright)


def test_who_jokes_all_along_is_not_quoted_for_the_next_joke_but_for_what_is_meant() -> None:
    jokes = ["I adore meetings. Kidding.", "Lucky me."]
    words = reflections(Locale.EN)
    assert reflect("My mind is a calm lake with a shopping trolley.", Locale.EN, jokes) in words.curt
    assert "miss my sister" in reflect("I miss my sister a lot, honestly.", Locale.EN, jokes)


def test_nobody_s_coming_back_is_remarked_on_beside_a_loss() -> None:
    told = ["My brother taught me to swim.", "I like maps.", "My brother died in March."]
    assert reflect(told[2], Locale.EN, told[:2]) in reflections(Locale.EN).loss


def test_the_aunt_of_somebody_else_has_not_come_back() -> None:
    told = ["The aunt had opinions.", "I like maps.", "My aunt calls me on Sundays."]
    assert "aunt” " not in reflect(told[2], Locale.EN, told[:2])


@pytest.mark.parametrize(
    "line", ["Well, I can't read a map.", "Ты робот тупой", "да", "не знаю", "Горе", "My mother died."]
)
def test_nothing_is_said_twice_to_who_says_the_same_fifteen_times(line: str) -> None:
    told = said([line] * 15, Locale.EN)
    assert len(set(told)) == len(told)


def test_grief_is_remembered_to_the_end_of_a_session_and_a_separation_for_a_while() -> None:
    words = reflections(Locale.EN)
    mourned = said(["My father died in May.", *["I like maps."] * 10], Locale.EN)
    assert all(line in words.gentle for line in mourned[1:])
    parted = said(["We broke up in spring.", *["I like maps."] * 6], Locale.EN)
    assert parted[0] in words.plain[Mood.DARK]
    assert parted[1] in words.gentle
    assert parted[-1] not in words.gentle


async def test_what_is_said_after_a_loss_or_among_jokes_is_no_trait() -> None:
    worry = "I worry about everything and can't sleep."

    async def traits(*earlier: str) -> list[Trait]:
        told = [EarlierAnswer(question="?", text=text) for text in earlier]
        return [found.trait for found in (await OfflineAnalyst().deep(_answer(worry, told))).traits]

    assert Trait.NEUROTICISM in await traits("I like maps.")
    assert Trait.NEUROTICISM not in await traits("My father died in May.", "I like maps.")
    assert Trait.NEUROTICISM not in await traits("I adore meetings. Kidding.", "Lucky me.")


def _answer(text: str, earlier: list[EarlierAnswer]) -> AnswerInContext:
    return AnswerInContext(
        question="?",
        domain=Domain.IDENTITY,
        depth=Depth.SURFACE,
        energy=Energy.NEUTRAL,
        text=text,
        locale=Locale.EN,
        earlier=earlier,
    )
