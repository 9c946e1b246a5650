"""What people and profiles get from a language model, by both providers, over a real wire."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import asyncpg
import openai
import pytest
from anthropic import transform_schema
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from activities.ai import errors
from activities.ai.analyst import Analyst
from activities.ai.prices import Prices
from activities.ai.replies import DeepReply, InstantReply, fitting
from activities.analysis.model_usage import ModelCalls
from schema.analysis.readings import AnswerInContext, EarlierAnswer
from schema.danger import Danger, DangerAbout, DangerLevel
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Locale, Trait
from tests.activities.ai.conftest import Wire
from workflows.analysis.rules.guard import Guard

BOATS = "I spent the summer by the sea. I sketch every boat I see, and I keep lists for everything."
LODKI = "Летом я жил у моря, рисую каждую лодку и никуда не спешу."


def answer(text: str = BOATS, locale: Locale = Locale.EN, earlier: Sequence[str] = ()) -> AnswerInContext:
    return AnswerInContext(
        question="What stayed with you?",
        domain=Domain.CREATIVITY,
        depth=Depth.CONSCIOUS,
        energy=Energy.OPENING,
        text=text,
        locale=locale,
        earlier=[EarlierAnswer(question="And before that?", text=told) for told in earlier],
    )


# A good day


async def test_a_reaction(ai: Wire) -> None:
    analyst: Analyst = ai.analyst("reader")
    feedback = await analyst.instant(answer())
    assert feedback.reflection == "The nights by the sea stayed with you. There is a longing for quiet in them."
    assert (feedback.sentiment, feedback.quality) == (0.4, 0.8)
    assert feedback.analyst == f"{ai.provider}/reader"


async def test_a_deep_reading(ai: Wire) -> None:
    analysis = await ai.analyst("reader").deep(answer())
    assert [(e.trait, e.score, e.confidence) for e in analysis.traits] == [
        (Trait.OPENNESS, 0.85, 0.3),
        (Trait.CONSCIENTIOUSNESS, 0.65, 0.15),
    ]
    assert analysis.patterns == ["noticing small beauty"]
    assert analysis.insight == "It seems that drawing is how you keep what you love."
    assert analysis.crisis is None
    assert analysis.analyst == f"{ai.provider}/reader"


async def test_a_reaction_follows_the_language_of_the_answer_and_a_reading_that_of_the_person(ai: Wire) -> None:
    in_russian = answer(LODKI, Locale.EN)
    assert "тоска" in (await ai.analyst("reader").instant(in_russian)).reflection
    assert (await ai.analyst("reader").deep(in_russian)).insight == (
        "It seems that drawing is how you keep what you love."
    )
    assert (await ai.analyst("reader").deep(answer(LODKI, Locale.RU))).patterns == ["внимание к малому"]


async def test_what_a_request_cost_is_told(ai: Wire) -> None:
    await ai.analyst("reader").deep(answer())
    [usage] = ai.usages
    assert (usage.analyst, usage.task) == (f"{ai.provider}/reader", "deep")
    assert usage.prompt_version == "deep.en@8"
    assert (usage.tokens_in, usage.tokens_out, usage.tokens_cached) == (900, 120, 0)
    assert usage.latency_ms > 0


async def test_what_is_sent_asks_for_the_schema_and_is_not_kept(ai: Wire) -> None:
    await ai.analyst("reader").deep(answer())
    [sent] = ai.sent
    shape = sent["text"]["format"] if ai.provider == "openai" else sent["output_config"]["format"]
    assert shape["type"] == "json_schema"
    assert list(shape["schema"]["properties"])[:2] == ["evidence", "patterns"]
    assert sent.get("store", False) is False


@pytest.mark.parametrize("shape", [InstantReply, DeepReply])
def test_the_schemas_hold_nothing_that_strict_output_does_not_know(shape: type[InstantReply]) -> None:
    def visit(node: Any) -> None:
        if isinstance(node, list):
            for part in node:
                visit(part)
        if not isinstance(node, dict):
            return
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert set(node["required"]) == set(node["properties"])
        assert not node.keys() & {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "default"}
        for part in node.values():
            visit(part)

    visit(openai.pydantic_function_tool(shape)["function"]["parameters"])
    visit(transform_schema(shape))


# What is believed


async def test_bounds_are_kept_and_inventions_dropped(ai: Wire) -> None:
    analysis = await ai.analyst("wild").deep(answer())
    # Of three pieces of evidence only one is in the person's words.
    assert [(e.trait, e.facet) for e in analysis.traits] == [(Trait.OPENNESS, "aesthetics")]
    assert analysis.patterns == ["one", "two", "three"]
    assert analysis.insight == "Two lines"
    assert analysis.sentiment == -1
    feedback = await ai.analyst("wild").instant(answer())
    assert (feedback.reflection, feedback.sentiment, feedback.quality) == ("Quiet nights.", 1, 0)


async def test_words_of_an_earlier_answer_are_no_evidence(ai: Wire) -> None:
    # The model quotes the answer before this one.
    analysis = await ai.analyst("reader").deep(answer("Nothing much today.", earlier=[BOATS]))
    assert analysis.traits == []
    assert analysis.patterns == ["noticing small beauty"]


async def test_danger_is_seen_by_the_model_and_never_interpreted(ai: Wire) -> None:
    by_model = await ai.analyst("alarmed").deep(answer())
    by_rules = await ai.analyst("reader").deep(answer("I want to kill myself"))
    assert by_model.crisis is CrisisKind.VIOLENCE
    assert by_model.danger == Danger(level=DangerLevel.SURE, kind=CrisisKind.VIOLENCE, about=DangerAbout.OTHER)
    # What the rules hear brought support when the answer came. A person in danger gets no interpretation.
    assert by_rules.crisis is None
    assert by_model.insight is by_rules.insight is None


numbers = st.floats(allow_nan=False, allow_infinity=False)


told = st.fixed_dictionaries(
    {
        "quote": st.text(max_size=60),
        "shows": st.sampled_from(["ideas", "values"]),
        "direction": st.sampled_from(["high", "low"]),
        "strength": st.sampled_from(["weak", "clear"]),
    }
)


@given(st.lists(told, max_size=6), numbers, st.lists(st.text(), max_size=8), st.text(max_size=60))
def test_any_well_formed_reply_becomes_an_analysis_in_bounds(
    evidence: list[dict[str, str]], sentiment: float, patterns: list[str], text: str
) -> None:
    text = " ".join([text, *(place["quote"] for place in evidence)])
    reply = {
        "evidence": evidence,
        "patterns": patterns,
        "insight": None,
        "crisis": None,
        "breakthrough": False,
        "sentiment": sentiment,
    }
    fit = fitting(DeepReply, json.dumps(reply))
    analysis = fit.analysis(answer(text), "somebody", fit.objections(Guard(text, Locale.EN, "")))
    assert len(analysis.traits) <= 2
    assert sum(evidence.confidence for evidence in analysis.traits) <= 0.6 + 1e-9
    assert len(analysis.patterns) <= 3
    assert all(analysis.patterns)
    assert -1 <= analysis.sentiment <= 1


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_malformed(number: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        InstantReply.model_validate_json(json.dumps({"reflection": "Yes.", "sentiment": number, "quality": 0.5}))


# A reply that has to be looked for


@pytest.mark.parametrize("model", ["fences", "remarks", "comments-first", "repeats", "splits"])
async def test_a_reply_costs_one_call_however_it_is_wrapped(ai: Wire, model: str) -> None:
    assert (await ai.analyst(model).instant(answer())).quality == 0.8
    assert (await ai.analyst(model).deep(answer())).patterns == ["noticing small beauty"]
    assert len(ai.sent) == len(ai.usages) == 2


# A reply that does not fit


@pytest.mark.parametrize("model", ["slips-once", "silent", "breaks-off"])
async def test_a_malformed_reply_is_corrected_once_in_the_same_conversation(ai: Wire, model: str) -> None:
    analysis = await ai.analyst(model).deep(answer())
    assert analysis.patterns == ["noticing small beauty"]
    first, second = (sent["input" if ai.provider == "openai" else "messages"] for sent in ai.sent)
    assert second[0] == first[0]
    assert [turn["role"] for turn in second] == ["user", "assistant", "user"]
    assert all(turn["content"] for turn in second)
    assert "could not be read" in second[2]["content"]
    # Both were paid for.
    assert len(ai.usages) == 2


async def test_the_model_is_told_what_does_not_fit(ai: Wire) -> None:
    await ai.analyst("slips-once").deep(answer())
    correction = ai.sent[1]["input" if ai.provider == "openai" else "messages"][2]["content"]
    assert "- sentiment: Input should be a valid number" in correction
    assert "zanzibar" not in correction


@pytest.mark.parametrize("task", ["instant", "deep"])
async def test_a_model_that_stays_malformed_is_given_up(ai: Wire, task: str) -> None:
    analyst = ai.analyst("slips")
    with pytest.raises(ApplicationError) as failed:
        await (analyst.instant(answer()) if task == "instant" else analyst.deep(answer()))
    assert (failed.value.type, failed.value.non_retryable) == (errors.MALFORMED_OUTPUT, True)
    assert len(ai.sent) == len(ai.usages) == 2


# Books that fail


async def test_a_reply_is_not_lost_for_the_sake_of_the_usage_log(
    ai: Wire, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = Prices(input=Decimal(1), cached=Decimal(1), output=Decimal(1))
    calls = ModelCalls(pool, {f"{ai.provider}/reader": prices})
    monkeypatch.setattr(ai, "record", calls.record)
    async with pool.acquire() as someone, someone.transaction():
        await someone.execute("LOCK TABLE analysis_system.model_calls")
        analyst = ai.analyst("reader")
        assert (await analyst.instant(answer())).quality == 0.8
        assert (await analyst.deep(answer())).patterns == ["noticing small beauty"]
    assert len(ai.sent) == 2
    async with asyncio.timeout(30):
        while calls.unrecorded():
            await asyncio.sleep(0.01)


# Time


@pytest.mark.usefixtures("impatient")
async def test_a_slow_model_is_not_waited_for(ai: Wire) -> None:
    with pytest.raises(ApplicationError, match="did not answer in time") as failed:
        await ai.analyst("slow").instant(answer())
    assert (failed.value.type, failed.value.non_retryable) == (errors.UNAVAILABLE, False)
    assert len(ai.sent) == 1
