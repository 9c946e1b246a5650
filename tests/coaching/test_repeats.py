"""What failed is not proposed again, in whatever words; what is something else may be said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from activities.ai.offline.coach import OfflineCoach
from activities.ai.offline.overlap import overlap
from activities.ai.sentence_encoder import SentenceEncoder
from activities.coaching.repeats import OVERLAPS, NoRepeats, proposal_in
from activities.safety.danger_classifier import DangerClassifier
from activities.safety.second_net import Net
from schema.coaching.context import ReplyContext, Step, Turn
from schema.vocabulary import Locale

PAIRS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "repeats.yaml").read_text(encoding="utf-8")
)


def failed(*steps: str, said: str = "Hello.", locale: Locale = Locale.EN) -> ReplyContext:
    turns = [Turn(speaker="person", text=said)]
    return ReplyContext(locale=locale, turns=turns, failed=[Step(what=step) for step in steps])


async def count(check: NoRepeats, language: str, kind: str) -> tuple[int, int]:
    """How many sentences of a kind are objected to, and of how many."""
    said = [(step["step"], sentence) for step in PAIRS[language] for sentence in step[kind]]
    objected = [bool(await check.objection(sentence, failed(step))) for step, sentence in said]
    return sum(objected), len(objected)


@pytest.mark.parametrize(("language", "misses"), [("en", 2), ("ru", 2)])
async def test_by_meaning_nine_repeats_in_ten_are_found_and_nothing_else(language: str, misses: int) -> None:
    check = NoRepeats(Net(SentenceEncoder(), DangerClassifier.shipped()))
    assert await count(check, language, "again") == (22 - misses, 22)
    assert await count(check, language, "else") == (0, 44)
    # Nor is what repeats one step often taken for one of ten others.
    steps = [step["step"] for step in PAIRS[language]]
    strangers = [
        sentence
        for at, step in enumerate(PAIRS[language])
        for sentence in step["again"]
        if await check.objection(sentence, failed(*steps[:at], *steps[at + 1 :]))
    ]
    assert len(strangers) <= 2


@pytest.mark.parametrize(("language", "found"), [("en", 11), ("ru", 9)])
async def test_by_words_half_of_the_repeats_are_found_and_nothing_else(language: str, found: int) -> None:
    assert await count(NoRepeats(), language, "again") == (found, 22)
    assert await count(NoRepeats(), language, "else") == (0, 44)


@pytest.mark.parametrize(
    "sentence",
    [
        "You tried calling your brother on Sunday, and it did not work.",
        "Вы пробовали позвонить брату, и не получилось.",
        "What was it like to call your brother on Sunday?",
    ],
)
def test_what_tells_of_a_trial_or_only_asks_proposes_nothing(sentence: str) -> None:
    assert proposal_in(sentence) is None


async def test_without_anything_failed_everything_may_be_proposed() -> None:
    assert await NoRepeats().objection("You could call your brother.", failed()) is None


def test_endings_of_words_do_not_matter() -> None:
    assert overlap("звонок брату в это воскресенье", "позвонить брату в воскресенье") >= OVERLAPS


async def test_the_offline_coach_says_when_a_person_names_again_what_failed() -> None:
    said = (
        "I keep putting off a call to my brother.",
        "It hurts, we have not spoken since spring.",
        "Once at Christmas it was easier.",
        "I want us to talk again.",
        "I tried writing to him.",
        "My wife is there for me.",
        "4",
        "It would be 5 if I called him once.",
        "I could call my brother on Sunday.",
    )
    turns, step = list[Turn](), None
    for text in (*said, "I would call in the morning.", "If he picks up."):
        turns.append(Turn(speaker="person", text=text))
        context = ReplyContext(locale=Locale.EN, turns=turns, failed=[Step(what="call my brother on Sunday")])
        reply = await OfflineCoach().write(context)
        turns.append(Turn(speaker="coach", text=reply.text, moves=reply.moves))
        if text == said[-1]:
            assert any(".tried_before." in move for move in reply.moves)
            assert reply.step is None
        step = reply.step
    assert step is not None, "with what is different now, they may try it again"
