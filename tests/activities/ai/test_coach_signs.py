"""Feelings told without their names are heard and said back as a guess; joy is not taken for trouble."""

from __future__ import annotations

import pytest

from activities.ai.offline.coach_bank import Kind, bank
from activities.ai.offline.coach_ear import message
from activities.ai.offline.coach_grief import tells_of_loss
from activities.ai.offline.coach_signs import Sign, signs
from schema.coaching.context import Turn
from schema.vocabulary import Locale
from tests.people.coached.talks import talk
from workflows.analysis.rules.guard import Guard

EN, RU = Locale.EN, Locale.RU
_TOLD = [
    (EN, "I lie awake until four", Sign.SLEEPLESS),
    (EN, "I eat lunch on my own every day", Sign.LONELY),
    (EN, "my mum calls and I tell her it's great", Sign.HIDES),
    (EN, "I can't get out of bed", Sign.SPENT),
    (EN, "I could have screamed", Sign.SEETHES),
    (EN, "they passed me over again", Sign.SLIGHTED),
    (EN, "I snapped at mum", Sign.REGRETS),
    (EN, "my stomach turns on Sundays", Sign.TENSE),
    (EN, "they'll all laugh", Sign.DREADS),
    (EN, "I hold her and feel nothing", Sign.NUMB),
    (EN, "we used to sing together", Sign.MISSES),
    (EN, "my girlfriend moved out on Monday", Sign.PARTED),
    (EN, "my grandad danced for the first time since his stroke", Sign.DELIGHT),
    (RU, "лежу до четырёх и смотрю в потолок", Sign.SLEEPLESS),
    (RU, "у меня руки опускаются", Sign.SPENT),
    (RU, "терплю", Sign.HIDES),
    (RU, "внутри всё клокочет", Sign.SEETHES),
    (RU, "меня опять обошли", Sign.SLIGHTED),
    (RU, "живот крутит по утрам", Sign.TENSE),
    (RU, "я никогда это не сдам", Sign.HOPELESS),
    (RU, "сын сам сделал уроки и чай мне принёс", Sign.DELIGHT),
    (RU, "раньше на кухне по двадцать человек собиралось", Sign.MISSES),
]


@pytest.mark.parametrize(("locale", "said", "sign"), _TOLD)
async def test_a_feeling_without_its_name_is_said_back_as_a_guess(locale: Locale, said: str, sign: Sign) -> None:
    assert message(said, locale).sign is sign
    reply: Turn = (await talk([said], locale))[-1]
    assert any(reply.text.startswith(guess) for guess in signs(locale).says(sign))


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (EN, "the meeting is on Tuesday"),
        (EN, "I went to the bakery"),
        (EN, "he says I should relax"),
        (RU, "отчёт сдаём в пятницу"),
        (RU, "сходили в магазин"),
    ],
)
def test_what_tells_no_feeling_is_given_none(locale: Locale, said: str) -> None:
    assert message(said, locale).sign is None


@pytest.mark.parametrize("locale", Locale)
def test_guesses_pass_the_guard_and_never_claim_to_know(locale: Locale) -> None:
    for sign in Sign:
        for guess in signs(locale).says(sign):
            assert Guard("", locale, "").lets_pass(guess), guess
            assert "?" not in guess
        if sign is not Sign.DELIGHT:
            assert bank(locale).lines(Kind.MATTERS, sign)
            assert len(signs(locale).says(sign)) >= 4


@pytest.mark.parametrize(("locale", "shown"), [(EN, "😍😍"), (RU, "😢")])
async def test_emoji_alone_are_read_where_they_show_a_feeling(locale: Locale, shown: str) -> None:
    sign = message(shown, locale).sign
    assert sign is not None
    assert (await talk([shown], locale))[-1].text in signs(locale).says(sign)


# Joy, and what weighs little

_OF_TROUBLE = {Kind.WEIGHS, Kind.BETTER, Kind.WISH, Kind.SCALE, Kind.TRIED, Kind.RECURS}


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        (
            EN,
            [
                "We got married on Saturday and I still can't believe it",
                "My grandad danced for the first time since his stroke",
            ],
        ),
        (RU, ["Просто хороший день сегодня.", "Лепили с сыном пельмени и смеялись как ненормальные."]),
    ],
)
async def test_joy_is_asked_about_as_joy(locale: Locale, says: list[str]) -> None:
    for turn in (await talk(says, locale))[1::2]:
        kinds = {Kind(name.split(".")[1]) for name in turn.moves if name.count(".") == 2}
        assert Kind.GLAD_MORE in kinds
        assert not kinds & _OF_TROUBLE


async def test_a_small_fear_is_no_trouble_that_has_to_be_borne() -> None:
    reply = (await talk(["Tomorrow we fly to Lisbon.", "a tiny bit scared of flying to be honest"], EN))[-1]
    assert not {Kind(name.split(".")[1]) for name in reply.moves if name.count(".") == 2} & _OF_TROUBLE


# The living are not mourned


@pytest.mark.parametrize(
    ("locale", "said", "mourned"),
    [
        (EN, "My grandad danced again after his stroke", False),
        (EN, "My mother has dementia", False),
        (EN, "My girlfriend moved out on me", False),
        (EN, "My dad passed away in May", True),
        (RU, "У мамы деменция", False),
        (RU, "Отец со мной не разговаривает", False),
        (RU, "В мае умер отец", True),
    ],
)
def test_only_who_died_is_mourned(locale: Locale, said: str, mourned: bool) -> None:
    assert tells_of_loss(said, locale) is mourned


# Long and short

_LONG = (
    "My mother has dementia and moved in with us in spring. She asks forty times a day where her sister is, and her "
    "sister has been dead for eleven years, and each time I have to decide whether to tell her or to say that she's "
    "coming on Sunday. My husband is patient, more patient than I am, and the kids eat in their rooms. I used to sing "
    "in a choir on Wednesdays. I'm not complaining, she did everything for me. But yesterday I ran the tap just to "
    "hear something else."
)


async def test_of_a_very_long_message_it_is_asked_where_to_begin() -> None:
    assert not tells_of_loss(_LONG, EN)
    assert [name.split(".")[1] for name in (await talk([_LONG], EN))[-1].moves] == [Kind.LONG]


@pytest.mark.parametrize(
    ("locale", "told", "said", "kinds"),
    [
        (EN, "Work wears me out.", "no", [Kind.ANOTHER, Kind.RETURN]),
        (RU, "Устаю на работе.", "ладно проехали", [Kind.ANOTHER, Kind.RETURN]),
        (EN, "Work wears me out.", "ok", [Kind.RETURN]),
        (EN, "Work wears me out.", "hm", [Kind.LISTENING]),
        (RU, "Устаю на работе.", "хм", [Kind.LISTENING]),
        (EN, "Work wears me out.", "lol idk", [Kind.EASIER]),
        (RU, "Устаю на работе.", "ну вот, полегче стало", [Kind.RELIEVED]),
        (EN, "I could call my sister on Sunday.", "ok", [Kind.CONFIRM]),
        (EN, "I could call my sister on Sunday.", "👍", [Kind.CONFIRM]),
    ],
)
async def test_a_word_is_met_as_what_it_is(locale: Locale, told: str, said: str, kinds: list[Kind]) -> None:
    reply = (await talk(["I want to see my sister more.", told, said] if "sister" in told else [told, said], locale))[
        -1
    ]
    assert [name.split(".")[1] for name in reply.moves if name.count(".") == 2] == kinds


async def test_who_says_no_to_how_a_step_is_noticed_is_given_no_step() -> None:
    reply = (await talk(["I want to see my sister more.", "I could call my sister on Sunday.", "no"], EN))[-1]
    assert Kind.CONFIRM not in [name.split(".")[1] for name in reply.moves if name.count(".") == 2]
