"""What a model says that may not be said reaches nobody, by both providers, over a real wire."""

from __future__ import annotations

import logging

import pytest

from activities.ai.analyst import Withheld
from activities.ai.prompts.prompts import prompt
from schema.vocabulary import Locale, Objection, Trait
from tests.activities.ai.conftest import Wire
from tests.activities.ai.test_language_models import answer

WITHHELD = [
    *("You have depression", "Stop taking the pills", "leave your husband", "clinical depression"),
    *("https://calm.example.com", "+1 202 555 0143", "calmly.app"),
    *("You are Selfology", "You read one answer of a person", "no labels that judge"),
]
OVERSTEPPING = ["diagnoses", "advertises", "recites"]


@pytest.mark.parametrize("model", OVERSTEPPING)
async def test_a_reaction_is_not_asked_for_anew(ai: Wire, model: str) -> None:
    with pytest.raises(Withheld):
        await ai.analyst(model).instant(answer())
    assert len(ai.sent) == len(ai.usages) == 1


@pytest.mark.parametrize("model", OVERSTEPPING)
async def test_of_an_analysis_what_may_not_be_said_is_left_out_and_the_rest_kept(ai: Wire, model: str) -> None:
    analysis = await ai.analyst(model).deep(answer())
    assert analysis.insight is None
    assert analysis.patterns == ["noticing small beauty"]
    assert [evidence.trait for evidence in analysis.traits] == [Trait.OPENNESS]
    # Asked anew once, and paid for twice.
    assert len(ai.sent) == len(ai.usages) == 2


async def test_what_the_person_named_before_may_be_taken_up(ai: Wire) -> None:
    asked = answer("Tea.", earlier=["My mother has depression and I sketch boats."])
    assert (await ai.analyst("remembers").instant(asked)).reflection == "Tea, and your mother's depression in the air."
    with pytest.raises(Withheld):
        await ai.analyst("remembers").instant(answer("Tea."))


async def test_a_model_that_rewords_is_heard(ai: Wire) -> None:
    analysis = await ai.analyst("rewords").deep(answer())
    assert analysis.insight == "It seems that drawing is how you keep what you love."
    asked = ai.sent[1]["input" if ai.provider == "openai" else "messages"][2]["content"]
    assert "- patterns.0: a diagnosis, a clinical term or a dose\n" in asked
    assert (
        "- insight: a diagnosis, a clinical term or a dose; advice on medicines, on leaving or staying, or on law"
        in asked
    )
    assert not any(word in asked for word in ("depression", "pills", "husband"))


@pytest.mark.parametrize("model", ["breaks-down", "refuses-to-reword"])
async def test_a_second_reply_that_does_not_come_leaves_the_first(ai: Wire, model: str) -> None:
    analysis = await ai.analyst(model).deep(answer())
    assert (analysis.insight, analysis.patterns) == (None, ["noticing small beauty"])
    assert len(ai.sent) == 2


async def test_operators_are_told_the_kind_and_the_model_and_no_text(
    ai: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "activities.ai.language_model"):
        await ai.analyst("diagnoses").deep(answer())
    line = f"Language models: words of {ai.provider}/diagnoses (deep) were withheld: ADVICE, DIAGNOSIS"
    assert [record.getMessage() for record in caplog.records] == [line, line]
    assert not any(words in caplog.text for words in WITHHELD)


@pytest.mark.parametrize("locale", Locale)
def test_every_objection_is_put_into_words_for_the_model(locale: Locale) -> None:
    asked = prompt("deep", locale).rewording({"insight": list(Objection)})
    assert not any(kind in asked for kind in Objection)
    assert asked.count(";") == len(Objection) - 1
