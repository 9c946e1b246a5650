"""How a step went, as people tell it in a talk: what is taken, what is asked, and what is about something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.ai.offline.outcomes import OpenStep, Told, outcome_in
from schema.coaching.agreements import StepAct
from schema.vocabulary import Locale

CALL, CALL_RU = "I could call my brother on Sunday", "позвоню брату в воскресенье"
WORKED, FAILED, NOT_TRIED, CHANGED = StepAct.WORKED, StepAct.FAILED, StepAct.NOT_TRIED, StepAct.CHANGED


def told(step: str, text: str, *, asked: bool = False) -> Told | None:
    return outcome_in(text, [OpenStep(step, asked=asked)], Locale.EN)


@pytest.mark.parametrize(
    ("step", "text", "act"),
    [
        (CALL, "I called him, it went well.", WORKED),
        (CALL, "so I finally called my brother! we talked for an hour and it felt really good", WORKED),
        (CALL, "I called my brother and it was a disaster.", FAILED),
        (CALL, "I never called him.", NOT_TRIED),
        (CALL, "Chickened out of the call again", NOT_TRIED),
        ("go for a walk after dinner", "went for a walk yesterday. it helped", WORKED),
        ("tell my boss that I need a day off", "I told my boss. It went fine, I have Friday off", WORKED),
        (CALL_RU, "я так и не позвонил", NOT_TRIED),
        (CALL_RU, "Позвонила ему, прошло хорошо.", WORKED),
        (CALL_RU, "звонок прошёл ужасно", FAILED),
        (CALL_RU, "Позвонить так и не получилось", FAILED),
        (CALL_RU, "передумал звонить", CHANGED),
        ("лягу до одиннадцати", "Так и не легла вовремя", NOT_TRIED),
        ("поговорю с начальником", "Поговорил с начальником, ничего не вышло", FAILED),
    ],
)
def test_an_outcome_that_names_its_step_is_taken(step: str, text: str, act: StepAct) -> None:
    assert told(step, text) == Told(0, act)


@pytest.mark.parametrize(
    ("step", "text", "act"),
    [
        (CALL, "It went well.", WORKED),
        (CALL, "didn't do it", NOT_TRIED),
        (CALL_RU, "короче. не вышло", FAILED),
        (CALL_RU, "Получилось!", WORKED),
    ],
)
def test_one_that_names_nothing_counts_only_as_an_answer(step: str, text: str, act: StepAct) -> None:
    assert told(step, text) is None
    assert told(step, text, asked=True) == Told(0, act)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        *((CALL, text) for text in ("I called him.", "I called him but he didn't pick up.")),
        *((CALL_RU, text) for text in ("Позвонил.", "Позвонил, но он не взял трубку")),
        ("погулять после ужина", "Гуляла, но легче не стало"),
    ],
)
def test_who_leaves_open_how_it_went_is_asked(step: str, text: str) -> None:
    assert told(step, text) == Told(0, None)
    # A story wants an answer of its own.
    assert told(step, f"{text} And then so much happened that I could fill a whole evening with telling it.") is None


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    ("step", "text"),
    [
        (CALL, "my brother's wedding went well"),
        (CALL, "He called me yesterday."),
        (CALL, "I called my sister, it went well."),
        (CALL, "my boss called me and it went well"),
        (CALL, "I'll call him tomorrow"),
        (CALL, "I haven't called him yet"),
        (CALL, "If I had called him it would have gone well"),
        (CALL, "Should I call him?"),
        (CALL, "He says I never call him"),
        (CALL, "Work is hard. It went badly with my boss today."),
        ("write three lines before bed", "I wrote to my mum"),
        (CALL_RU, "Брат позвонил сам"),
        (CALL_RU, "ещё не позвонила, но собираюсь"),
        (CALL_RU, "если бы позвонил, вышло бы хорошо"),
        (CALL_RU, "На работе всё получилось отлично"),
        (CALL_RU, "Поругались с братом, вышло плохо"),
    ],
)
def test_what_is_about_something_else_or_to_come_is_none(step: str, text: str, *, asked: bool) -> None:
    assert told(step, text, asked=asked) is None


def test_of_several_steps_it_is_the_one_that_is_named_or_was_asked_about_last() -> None:
    steps = [OpenStep("write to Ida", asked=True), OpenStep(CALL, asked=True)]
    assert outcome_in("I called my brother, it helped.", steps, Locale.EN) == Told(1, WORKED)
    assert outcome_in("It worked.", steps, Locale.EN) == Told(0, WORKED)


@given(step=st.text(), text=st.text(), asked=st.booleans())
def test_no_text_breaks_it(step: str, text: str, *, asked: bool) -> None:
    found = told(step, text, asked=asked)
    assert found is None or found.step == 0
