"""Whole sessions of invented people, offline: none is hurt or parroted, and no portrait says more than they did."""

from __future__ import annotations

import re
from itertools import product

import pytest

from activities.ai.offline.reflection import heard, reflections
from gateway.presentation.profile_words import is_visible
from gateway.terminal.inbound.manners import Manner
from schema.vocabulary import Locale, Trait
from tests.people.scripted import Session, session

SEEDS = range(1, 3)
"""Other questions, and so other answers in another order."""
UNDEFENSIBLE = {
    # What anybody shows who mourns.
    Manner.GRIEVING: {"neuroticism+", "conscientiousness-", "extraversion-", "agreeableness-"},
    # Nervous neighbours and orderly superiors are in her answers, and neither is she.
    Manner.VERBOSE: {"neuroticism+", "conscientiousness+"},
    # Jokes and single words are no evidence.
    Manner.IRONIC: {f"{trait}{end}" for trait in Trait for end in "+-"},
    Manner.TERSE: {f"{trait}{end}" for trait in Trait for end in "+-"},
    # She has reason to be angry; it says nothing of how she is otherwise.
    Manner.ANGRY: {"neuroticism+", "agreeableness-"},
}

each_session = pytest.mark.parametrize(("manner", "locale", "seed"), list(product(Manner, Locale, SEEDS)))


@pytest.fixture
def held(manner: Manner, locale: Locale, seed: int) -> Session:
    """A whole session. It is held when a test asks for it, since every process of a test run imports this module."""
    return session(manner, locale, seed)


def is_one_of(line: str, templates: list[str]) -> bool:
    return any(re.fullmatch(re.escape(t).replace(r"\{phrase\}", ".+"), line) for t in templates)


@each_session
def test_nothing_is_said_twice(held: Session) -> None:
    told = [turn.reflection for turn in held.turns]
    assert len(set(told)) == len(told) == 12


@each_session
def test_only_what_they_wrote_is_quoted(held: Session, locale: Locale) -> None:
    for turn in held.turns:
        if turn.reflection in reflections(locale).unsure:
            continue
        for quote in re.findall(r"«(.+?)»|“(.+?)[.,]?”", turn.reflection):
            assert "".join(quote).casefold() in turn.answer.casefold(), turn


@each_session
def test_two_words_are_not_just_said_back(held: Session, locale: Locale) -> None:
    neutral = reflections(locale).brief["neutral"]  # type: ignore[index]
    for turn in held.turns:
        assert len(turn.answer.split()) > 2 or not is_one_of(turn.reflection, neutral), turn


@each_session
def test_nothing_bright_is_said_near_a_loss(held: Session, manner: Manner, locale: Locale) -> None:
    words = reflections(locale)
    light = [line for kind in (words.quoting, words.plain, words.brief) for line in kind["bright"]]  # type: ignore[index]
    light += words.ironic
    for at, turn in enumerate(held.turns):
        near = any(heard(told.answer, locale).circumstances.loss for told in held.turns[max(0, at - 2) : at + 1])
        if near or manner is Manner.GRIEVING:
            assert not is_one_of(turn.reflection, light), turn


@each_session
def test_the_portrait_says_nothing_that_a_state_a_joke_or_somebody_else_told(held: Session, manner: Manner) -> None:
    told = {f"{t.trait}{'+' if t.score > 0.5 else '-'}" for t in held.layers.traits if is_visible(t.confidence)}
    assert not told & UNDEFENSIBLE.get(manner, set())


@each_session
def test_no_joke_and_no_danger_begins_a_return(held: Session, locale: Locale) -> None:
    if held.returns_to:
        answer = held.turns[-1 - held.returns_to.position].answer
        assert held.returns_to.quote in answer
        assert not heard(answer, locale).circumstances.irony
