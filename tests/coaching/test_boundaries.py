"""A model's sentence that brings up what the person wants left alone is not said; others are."""

from __future__ import annotations

import pytest

from activities.coaching.boundaries import KeepsBoundaries
from schema.coaching.context import ReplyContext, Turn
from schema.vocabulary import Locale

EN = ("please don't talk to me about my mum", "dont ask me abt my gpa or what schools btw", "don't suggest diets")
RU = ("не спрашивай меня про мой вес и еду", "О моём брате Николае со мной не заговаривайте", "не надо мне про маму")


def after(said: str, locale: Locale) -> ReplyContext:
    boundaries = list(EN if locale is Locale.EN else RU)
    return ReplyContext(locale=locale, turns=[Turn(speaker="person", text=said)], boundaries=boundaries)


@pytest.mark.parametrize(
    ("sentence", "locale"),
    [
        ("What would your mother say to that?", Locale.EN),
        ("How is your mum?", Locale.EN),
        ("Which school do you hope for?", Locale.EN),
        ("Some find that a diet helps.", Locale.EN),
        ("А что вы сегодня ели из еды?", Locale.RU),
        ("Как дела у вашего брата?", Locale.RU),
        ("Николай знает об этом?", Locale.RU),
        ("Что сказала бы ваша мама?", Locale.RU),
    ],
)
async def test_what_is_to_be_left_alone_is_not_brought_up(sentence: str, locale: Locale) -> None:
    assert await KeepsBoundaries().objection(sentence, after("Bad day." if locale is Locale.EN else "Плохо.", locale))


@pytest.mark.parametrize(
    ("sentence", "locale"),
    [
        ("What would you like to talk about?", Locale.EN),
        ("You could ask your sister, never mind the rest.", Locale.EN),
        ("Who else knows what that means to you?", Locale.EN),
        ("Что вам хочется об этом говорить?", Locale.RU),
        ("Как вам кажется, надо ли спрашивать себя об этом?", Locale.RU),
        ("Кто со мной и с вами в этой лодке?", Locale.RU),
    ],
)
async def test_the_rest_may_be_said(sentence: str, locale: Locale) -> None:
    check = KeepsBoundaries()
    assert await check.objection(sentence, after("Bad day." if locale is Locale.EN else "Плохо.", locale)) is None


async def test_who_speaks_of_it_themselves_may_be_answered() -> None:
    assert await KeepsBoundaries().objection("How is your mum now?", after("Mum rang.", Locale.EN)) is None
    assert await KeepsBoundaries().objection("Как мама сейчас?", after("Звонила мама.", Locale.RU)) is None
