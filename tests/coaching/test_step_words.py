"""A word that agrees on a step, or declines it."""

from __future__ import annotations

import pytest

from activities.coaching.step_words import act_in
from schema.coaching.agreements import StepAct


@pytest.mark.parametrize(
    "text",
    ["Yes", "yes, agreed.", "OK, deal!", "Let’s do it", "Sure, I will", "Да", "да, договорились", "Давайте)", "ок"],
)
def test_a_plain_yes_agrees(text: str) -> None:
    assert act_in(text) is StepAct.AGREE


@pytest.mark.parametrize("text", ["No", "no, thanks", "Not now.", "Нет", "нет, спасибо", "Лучше не надо"])
def test_a_plain_no_declines(text: str) -> None:
    assert act_in(text) is StepAct.DECLINE


@pytest.mark.parametrize(
    "text",
    [
        *("", "maybe", "I guess so", "yes, but not on Sunday", "no idea", "thanks", "yes no"),
        *("может быть", "да нет", "да, только в понедельник", "не знаю", "если получится", "спасибо"),
    ],
)
def test_whatever_says_more_or_less_is_for_the_coach(text: str) -> None:
    assert act_in(text) is None
