"""A model's words are checked before a person reads them; warm ones, and those that take up the person's own, pass."""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.ai.offline.analyst import OfflineAnalyst
from activities.ai.prompts.prompts import prompt
from schema.vocabulary import Locale, Objection
from tests.activities.ai.offline_answers import answer
from workflows.analysis.rules.guard import Guard

HERE = Path(__file__).parent


def replies(locale: Locale) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / f"guard.{locale}.yaml").read_text(encoding="utf-8"))
    return found


WITHHELD = [
    (locale, Objection(kind), example)
    for locale in Locale
    for kind, examples in replies(locale)["withheld"].items()
    for example in examples
]
PASSES = [(locale, example) for locale in Locale for example in replies(locale)["passes"]]


def guard(answer: str, locale: Locale) -> Guard:
    return Guard(answer, locale, prompt("instant", locale).instructions)


def objections(example: dict[str, str], locale: Locale) -> list[Objection]:
    return guard(example.get("to", ""), locale).objections(example["reply"])


def test_what_may_not_be_said_is_withheld() -> None:
    said = [(kind, example) for locale, kind, example in WITHHELD if kind not in objections(example, locale)]
    assert said == []


def test_a_warm_reply_passes() -> None:
    withheld = [(example, found) for locale, example in PASSES if (found := objections(example, locale))]
    assert withheld == []


def test_each_language_has_sixty_replies() -> None:
    for locale in Locale:
        assert len([1 for of, *_ in [*WITHHELD, *PASSES] if of is locale]) >= 60


async def test_what_our_own_analyst_says_passes() -> None:
    """It may be said to anybody: it takes up a person's words in every shape that it has."""
    offline = OfflineAnalyst()
    for locale, example in PASSES:
        asked = answer(example["to"], locale)
        reading = await offline.deep(asked)
        for text in ((await offline.instant(asked)).reflection, *reading.patterns, reading.insight or ""):
            assert guard(asked.text, locale).objections(text) == [], text


@given(st.text(), st.text(), st.sampled_from(Locale))
def test_any_text_is_read(answer: str, text: str, locale: Locale) -> None:
    assert set(guard(answer, locale).objections(text)) <= set(Objection)


PIECES = [
    *("you should", "leave", "him", "stop taking", "pills", "вам стоит", "уйти", "от него", "таблетки", "a", "1", "+"),
    *("(", ".", ",", "@", "«", '"', "{", "a.", "1 ", "call ", "его ", "she is ", "у вас ", "и ", "the ", "ii", "_"),
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.booleans(), st.sampled_from(Locale))
def test_no_text_takes_long(pieces: list[str], spaced: bool, locale: Locale) -> None:
    """Twice the text takes about twice the time, and never four times."""
    text = ((" " if spaced else "").join(pieces) + " " * spaced) * 8000

    def seconds(size: int) -> float:
        reader = guard(text[:size], locale)
        begun = process_time()
        reader.objections(text[:size])
        return process_time() - begun

    half, whole = [], []
    for _ in range(3):
        # Other processes only ever make one slower.
        half.append(seconds(4000))
        whole.append(seconds(8000))
        if grows_as_it_should := min(whole) < 3.4 * min(half) + 0.02:
            break
    assert grows_as_it_should
