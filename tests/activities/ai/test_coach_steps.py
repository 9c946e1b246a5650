"""What is a step that somebody means to take, and what only answers the question for one."""

from __future__ import annotations

import pytest

from activities.ai.offline.coach_ear import message
from activities.ai.offline.coach_step import Answered
from schema.vocabulary import Locale

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
