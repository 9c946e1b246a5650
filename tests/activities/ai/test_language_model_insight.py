"""A language model looks for a connection, over a real wire: what it sees, what counts, and what is booked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from activities.ai.insight import Material, OwnText, Quoted
from activities.ai.language_model_insight import LanguageModelInsights
from activities.ai.prompts.prompts import insight_prompt, mark
from schema.vocabulary import Locale
from tests.activities.ai.conftest import Wire
from tests.activities.ai.test_prompts import ATTACKS, fenced

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)
TEXTS = ["It was strange: I told Vera and then I knew.", "Again, saying it aloud made the choice. Easy."]


def material(*texts: str, kinds: tuple[str, ...] = ("talk", "talk"), apart: timedelta = timedelta(days=3)) -> Material:
    return Material(
        look_id="look",
        locale=Locale.EN,
        texts=[
            OwnText.model_validate(
                {"source_id": f"{n}", "kind": kind, "text": text, "language": "en", "said_at": MONDAY + n * apart}
            )
            for n, (text, kind) in enumerate(zip(texts, kinds, strict=True))
        ],
        known=["Work returns."],
        boundaries=["my father"],
    )


@pytest.mark.parametrize("name", ["reader", "slips-once"])
async def test_a_connection_comes_with_its_words_and_is_booked(ai: Wire, name: str) -> None:
    texts = material(*TEXTS)
    found = await LanguageModelInsights(ai.model(name)).connect(texts)
    assert found is not None
    assert found.gist == "telling comes before deciding"
    assert [quote.words for quote in texts.borne(found.quotes)] == [
        "I told Vera and then I knew",
        "saying it aloud made the choice",
    ]
    assert {usage.task for usage in ai.usages} == {"insight"}


@pytest.mark.parametrize("name", ["diagnoses", "quiet"])
async def test_what_may_not_be_said_is_none_nor_is_nothing(ai: Wire, name: str) -> None:
    assert await LanguageModelInsights(ai.model(name)).connect(material(*TEXTS)) is None


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("attack", ATTACKS)
def test_all_that_was_said_stays_inside_its_fence(attack: str, locale: Locale) -> None:
    texts = material(attack, "harmless")
    request = insight_prompt(locale).request(texts)
    common = mark(attack, "harmless", "Work returns.", "my father")
    assert fenced(request, f"TEXT-{common}") == [attack, "harmless"]
    assert fenced(request, f"KNOWN-{common}") == ["Work returns."]
    assert fenced(request, f"BOUNDARIES-{common}") == ["my father"]


@pytest.mark.parametrize(
    ("quotes", "borne"),
    [
        (["I told Vera and then I knew", "saying it aloud"], True),
        (["I told Vera", "he said it aloud"], False),
        (["I told Vera", "Again"], False),
        (["I told Vera"], False),
    ],
)
def test_a_connection_rests_on_two_texts_word_for_word(quotes: list[str], borne: bool) -> None:
    said = [Quoted(source_id=f"{at}", words=words) for at, words in enumerate(quotes)]
    assert bool(material(*TEXTS).borne(said)) is borne


def test_it_takes_two_days_or_an_answer_and_a_talk() -> None:
    said = [Quoted(source_id=f"{at}", words=" ".join(text.split()[:3])) for at, text in enumerate(TEXTS)]
    hour = timedelta(hours=1)
    assert material(*TEXTS).borne(said)
    assert not material(*TEXTS, apart=hour).borne(said)
    assert material(*TEXTS, kinds=("answer", "talk"), apart=hour).borne(said)
    # Two quotes of one text are one.
    assert not material(*TEXTS).borne([said[0], said[0].model_copy(update={"words": "then I knew"})])
