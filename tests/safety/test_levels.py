"""What is told of a danger beside its kind, and which of two dangers counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.danger import Danger, DangerAbout, DangerHarm, DangerLevel, DangerTime, graver
from schema.vocabulary import CrisisKind
from schema.yaml_files import read_yaml
from workflows.safety.rules.levels import danger_in
from workflows.safety.rules.safety_reply import denies_danger, safety_reply

DETAILS: dict[str, list[str]] = read_yaml(Path(__file__).with_name("details.yaml").read_text(encoding="utf-8"))
TOLD = [(details, text) for details, lines in DETAILS.items() for line in lines for text in line.split(" | ")]

dangers = st.none() | st.builds(Danger, kind=st.sampled_from(CrisisKind), level=st.sampled_from(DangerLevel))


@pytest.mark.parametrize(("details", "text"), TOLD)
def test_it_is_told_whose_the_danger_is_and_what_has_happened(details: str, text: str) -> None:
    about, when, *harm = details.split()
    danger = danger_in(text)
    assert danger is not None
    assert (danger.about, danger.when) == (DangerAbout(about), DangerTime(when))
    assert danger.harm == (DangerHarm(harm[0]) if harm else None)


@given(dangers, dangers)
def test_the_surer_of_two_dangers_counts_and_a_danger_more_than_none(one: Danger | None, other: Danger | None) -> None:
    both = graver(one, other)
    assert (both is None) == (one is None and other is None)
    assert all(both is not None and both.level >= danger.level for danger in (one, other) if danger)
    if one and other and one.level == other.level:
        assert both == one


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Yes, I'm safe.", "safe"),
        ("да", "safe"),
        ("Да, всё в порядке!", "safe"),
        ("No", "help"),
        ("Нет.", "help"),
        ("помогите", "help"),
        ("You misread me.", "misread"),
        ("Вы меня не так поняли", "misread"),
        ("yes, but only until he comes home", None),
        ("Нет, просто устала", None),
        ("I don't know", None),
    ],
)
def test_a_typed_answer_counts_as_a_tap_only_when_it_says_nothing_else(text: str, reply: str | None) -> None:
    assert safety_reply(text) == reply


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("You misread me, that is the plot of a film. How do I tell my boss?", True),
        ("No, you misread me", True),
        ("lol that was a joke, anyway what about the essay", True),
        ("Вы меня не так поняли, это сюжет фильма. Как сказать начальнику?", True),
        ("Нет, я не в том смысле. Давай про работу", True),
        ("You misread me. Help me", False),
        ("Вы не так поняли, мне нужна помощь", False),
        ("I misread the room again", False),
        ("it was a joke of a meeting", False),
        ("всё не так", False),
        ("", False),
    ],
)
def test_who_was_misread_may_say_more_than_that_unless_it_asks_for_help(text: str, denies: bool) -> None:
    assert denies_danger(text) is denies
