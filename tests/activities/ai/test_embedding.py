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
from activities.ai.offline.embedding import HashingEmbedder
from tests.activities.ai.conftest import KEY, Wire
from workers.ai_settings import AISettings
from workers.language_models import embedder

OFFLINE = HashingEmbedder()


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


@pytest.mark.parametrize(("key", "name"), [(KEY, "openai/text-embedding-3-small"), ("", "offline/hashing")])
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


def likeness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("text", "alike", "other"),
    [
        ("I miss my brother and our summers by the lake", "My brothers and I swam in that lake", "Money worries me"),
        ("Я скучаю по брату и нашему озеру", "Мы с братом купались в озере", "Меня тревожат деньги"),
    ],
)
async def test_offline_texts_that_share_words_are_nearer_than_others(text: str, alike: str, other: str) -> None:
    own, near, far = await OFFLINE.embed([text, alike, other])
    assert likeness(own, near) > likeness(own, far) + 0.1


async def test_offline_vectors_are_the_same_on_every_machine() -> None:
    [vector] = await OFFLINE.embed(["море ночью, the sea"])
    assert [(i, round(x, 4)) for i, x in enumerate(vector) if abs(x) > 0.3] == [
        (85, -0.5),
        (95, 0.5),
        (250, 0.5),
        (279, -0.5),
    ]


@given(st.text(max_size=300))
async def test_any_text_is_a_unit_vector_of_512_numbers_or_nothing(text: str) -> None:
    [vector] = await OFFLINE.embed([text])
    assert len(vector) == 512
    assert math.hypot(*vector) == pytest.approx(1) or not any(vector)
