"""Texts as vectors, by OpenAI over a real wire and without a model."""

from __future__ import annotations

import math
import traceback
from datetime import timedelta

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from activities.ai import errors
from activities.ai.embedding import OpenAIEmbedder
from activities.ai.offline.embedding import UniversalSentenceEmbedder
from activities.ai.sentence_encoder import SentenceEncoder
from activities.qdrant.vector_store import DIMENSIONS
from tests.activities.ai.conftest import KEY, Wire
from workers.ai_settings import AISettings
from workers.language_models import embedder


@pytest.fixture
def asked(wire: str) -> tuple[OpenAIEmbedder, Wire]:
    ai = Wire("openai", wire)
    client = openai.AsyncOpenAI(api_key=KEY, base_url=f"{wire}/v1", http_client=ai.http, max_retries=2)
    return OpenAIEmbedder(client, ai.record), ai


async def test_openai_is_asked_for_512_dimensions_and_the_cost_is_told(asked: tuple[OpenAIEmbedder, Wire]) -> None:
    openai_embedder, ai = asked
    assert await openai_embedder.embed(["the sea at night"]) == [[0.6, 0.8]]
    [sent] = ai.sent
    assert (sent["model"], sent["dimensions"]) == ("text-embedding-3-small", 512)
    assert [(u.analyst, u.task) for u in ai.usages] == [("openai/text-embedding-3-small", "embed")]
    assert await openai_embedder.embed([]) == []


async def test_a_rate_limit_waits_and_repeats_nothing_of_the_text(asked: tuple[OpenAIEmbedder, Wire]) -> None:
    openai_embedder, ai = asked
    texts = ["zanzibar is full"]
    with pytest.raises(ApplicationError) as failed:
        await openai_embedder.embed(texts)
    assert failed.value.type == errors.BUSY
    assert failed.value.next_retry_delay is not None
    assert failed.value.next_retry_delay > timedelta(seconds=4)
    assert "zanzibar" not in "".join(traceback.format_exception(failed.value))
    assert len(ai.sent) == 1


@pytest.mark.parametrize(
    ("key", "name"), [(KEY, "openai/text-embedding-3-small"), ("", f"offline/{SentenceEncoder.name()}")]
)
async def test_a_key_of_openai_chooses_its_embeddings(
    wire: str, no_servers: None, monkeypatch: pytest.MonkeyPatch, key: str, name: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{wire}/v1")
    ai = Wire("openai", wire)
    async with embedder(AISettings(), ai.record) as chosen:
        assert chosen.name == name
        [vector] = await chosen.embed(["the sea at night"])
    assert math.hypot(*vector) == pytest.approx(1)
    assert [usage.analyst for usage in ai.usages] == ([name] if key else [])


@pytest.fixture(scope="module")
def offline() -> UniversalSentenceEmbedder:
    return UniversalSentenceEmbedder(SentenceEncoder())


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("text", "alike", "other"),
    [
        ("I miss my brother and our summers by the lake", "I long for the days with my sibling", "Money worries me"),
        ("Я скучаю по брату и нашему озеру", "Мне не хватает родного человека", "Меня тревожат деньги"),
        ("I miss my brother", "Я скучаю по брату", "I miss my bus"),
    ],
)
async def test_offline_texts_of_one_meaning_are_nearer_than_others(
    offline: UniversalSentenceEmbedder, text: str, alike: str, other: str
) -> None:
    own, near, far = await offline.embed([text, alike, other])
    assert likeness(own, near) > likeness(own, far) + 0.1


async def test_an_offline_vector_does_not_depend_on_what_else_is_embedded(offline: UniversalSentenceEmbedder) -> None:
    [alone] = await offline.embed(["море ночью, the sea"])
    _, among, _ = await offline.embed(["a", "море ночью, the sea", "many words " * 500])
    assert among == pytest.approx(alone, abs=1e-5)
    assert await offline.embed([]) == []


@given(text=st.text(max_size=300))
async def test_any_text_is_a_unit_vector_of_512_numbers(offline: UniversalSentenceEmbedder, text: str) -> None:
    [vector] = await offline.embed([text])
    assert len(vector) == DIMENSIONS
    assert math.hypot(*vector) == pytest.approx(1, abs=1e-5)
