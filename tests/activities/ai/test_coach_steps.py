"""What is a step that somebody means to take, and what only answers the question for one."""

from __future__ import annotations

import pytest

from activities.ai.offline.coach_bank import Kind
from activities.ai.offline.coach_ear import message
from activities.ai.offline.coach_step import Answered
from schema.vocabulary import Locale
from tests.people.coached.talks import talk

EN, RU = Locale.EN, Locale.RU
_ASKED = ["any.step.try"]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (EN, "I could knock on her door on Saturday"),
        (EN, "a walk before breakfast"),
        (EN, "call my sister on Sunday"),
        (EN, "maybe I'll write it down tonight"),
        (EN, "ten minutes without the phone"),
        (EN, "tomorrow I won't check his homework"),
        (RU, "могу позвонить ей в субботу"),
        (RU, "завтра открою первый билет"),
        (RU, "прогулка перед завтраком"),
        (RU, "лечь в одиннадцать"),
        (RU, "завтра не буду проверять дневник"),
        (RU, "попробую поговорить с начальником"),
    ],
)
def test_a_deed_of_their_own_that_lies_ahead_is_a_step(locale: Locale, said: str) -> None:
    assert Answered(message(said, locale), _ASKED).names_step


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (EN, "I wish I could sleep"),
        (EN, "I'm just so tired"),
        (EN, "I already called her"),
        (EN, "should I call her?"),
        (EN, "he could apologise for once"),
        (EN, "my boss should hire somebody"),
        (EN, "I'll die"),
        (EN, "I will never manage"),
        (EN, "I'll probably just stand there like an idiot"),
        (EN, "I don't know what to do"),
        (EN, "nothing helps"),
        (EN, "I could scream"),
        (EN, "I hate the politics of it"),
        (RU, "вот бы всё само прошло"),
        (RU, "мне страшно"),
        (RU, "уже позвонила ей вчера"),
        (RU, "а если он не придёт?"),
        (RU, "пусть он извинится"),
        (RU, "мама могла бы помочь"),
        (RU, "я умру со стыда"),
        (RU, "никогда я этого не смогу"),
        (RU, "я не знаю, что делать"),
        (RU, "хочу спать"),
        (RU, "буду стоять как дура"),
        (RU, "я никогда это не сдам"),
    ],
)
def test_a_wish_a_feeling_a_past_deed_or_somebody_elses_is_none(locale: Locale, said: str) -> None:
    for names in (_ASKED, []):
        assert not Answered(message(said, locale), names).names_step


_NAMES_STEP = [
    "it's mostly the nights, i lie there replaying calls",
    "i think i'll call my brother on sunday",
    "in the evening",
]


def _kinds(moves: list[str]) -> list[str]:
    return [move.split(".")[1] for move in moves if move.count(".") == 2]


async def test_what_does_not_answer_how_a_step_is_noticed_confirms_none() -> None:
    soon = (await talk([*_NAMES_STEP, "if he laughs once"], EN))[-1]
    assert Kind.CONFIRM in _kinds(soon.moves)
    # Who has turned to something else meanwhile, or only wants to talk, has no step read out of what comes.
    for between in (
        ["what do you remember about my cat?", "and of my dog?"],
        ["no advice please, i just want to talk"],
    ):
        later = (await talk([*_NAMES_STEP, *between, "there was a fog on the river today. beautiful"], EN))[-1]
        assert Kind.CONFIRM not in _kinds(later.moves)


async def test_after_a_boundary_nothing_more_is_asked_about_what_was_told_before_it() -> None:
    bounded = (await talk(["my work drains me", "every day", "i don't want to talk about work any more"], EN))[-1]
    assert set(_kinds(bounded.moves)) <= {Kind.BOUNDED, Kind.OPENING}
