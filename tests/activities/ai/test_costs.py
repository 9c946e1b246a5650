"""What is told of a call's tokens: of what is cached, of calls that fail, and in figures that can't be right."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from activities.ai import errors
from activities.ai.anthropic import AnthropicModel
from activities.ai.chat_model import ChatModel
from activities.ai.language_model import LanguageModelAnalyst
from activities.ai.openai import OpenAIModel
from activities.ai.prices import Prices
from activities.ai.usage import Usage
from tests.activities.ai.conftest import KEY, Loopback, Wire
from tests.activities.ai.test_language_models import answer
from tests.activities.ai.test_provider_errors import response, streamed

REACTION = '{"reflection": "Quiet nights.", "sentiment": 0.4, "quality": 0.8}'
EVENTS = {"content-type": "text/event-stream"}
JSON = {"content-type": "application/json"}
CACHED = {"cached_tokens": 200, "cache_write_tokens": 600}


def openais() -> httpx2.Response:
    text = {"type": "output_text", "text": REACTION, "annotations": []}
    message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [text]}
    return response(
        output=[message],
        usage={"input_tokens": 900, "output_tokens": 60, "total_tokens": 960, "input_tokens_details": CACHED},
    )


def anthropics() -> httpx2.Response:
    usage = {"input_tokens": 100, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 600}
    message: dict[str, Any] = {"id": "m", "type": "message", "role": "assistant", "model": "reader", "content": []}
    return streamed(
        {
            "type": "message_start",
            "message": {**message, "stop_reason": None, "stop_sequence": None, "usage": {**usage, "output_tokens": 1}},
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": REACTION}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 60}},
        {"type": "message_stop"},
    )


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_what_is_read_from_a_cache_and_written_into_it_is_told(provider: str) -> None:
    ai = Wire(provider, "")
    answered = openais() if provider == "openai" else anthropics()
    http = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda request: answered))
    model: ChatModel = (
        OpenAIModel(openai.AsyncOpenAI(api_key=KEY, http_client=http), "reader", ai.record)
        if provider == "openai"
        else AnthropicModel(anthropic.AsyncAnthropic(api_key=KEY, http_client=http), "reader", ai.record)
    )
    await LanguageModelAnalyst(model).instant(answer())
    [usage] = ai.usages
    assert (usage.tokens_in, usage.tokens_cached, usage.tokens_written, usage.tokens_out) == (900, 200, 600, 60)
    # 100 of the input as usual, 200 for a tenth, 600 for a quarter more.
    prices = Prices(input=Decimal(100), cached=Decimal(10), output=Decimal(1000), written=Decimal(125))
    assert prices.cost(usage) == Decimal("0.147")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("model", ["cut-midway", "stalls"])
async def test_a_reply_that_breaks_off_is_paid_for_as_far_as_its_provider_told(ai: Wire, model: str) -> None:
    with pytest.raises(ApplicationError) as failed:
        await ai.analyst(model).instant(answer())
    assert failed.value.type == errors.UNAVAILABLE
    # Anthropic tells at the beginning what the input takes, OpenAI at the end.
    assert [usage.tokens_in for usage in ai.usages] == ([900] if ai.provider == "anthropic" else [])


# Failures that name what they took


FAILED = {"status": "failed", "error": {"code": "server_error", "message": "m"}}
FILTERED = {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
USAGE = {
    "openai": {"input_tokens": 900, "output_tokens": 60, "total_tokens": 960, "input_tokens_details": CACHED},
    "anthropic": {
        "input_tokens": 100, "cache_read_input_tokens": 200, "cache_creation_input_tokens": 600, "output_tokens": 60
    },
}  # fmt: skip


@pytest.mark.parametrize("fields", [FAILED, FILTERED])
async def test_a_response_that_failed_is_paid_for(fields: dict[str, Any]) -> None:
    failed = Loopback(body=response(**fields, usage=USAGE["openai"]).text, headers=EVENTS)
    ai = Wire("openai", "")
    async with failed.running():
        ai.url = failed.url
        with pytest.raises(ApplicationError):
            await ai.analyst("reader").deep(answer())
    await ai.close()
    [usage] = ai.usages
    assert (usage.tokens_in, usage.tokens_cached, usage.tokens_written, usage.tokens_out) == (900, 200, 600, 60)


@pytest.mark.parametrize("status", [400, 429, 500])
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_a_refusal_that_names_its_usage_is_paid_for_and_one_that_names_none_is_not(
    provider: str, status: int
) -> None:
    refused = {"type": "error", "error": {"type": "api_error", "message": "m"}}
    ai = Wire(provider, "")
    for body in (refused, {**refused, "usage": USAGE[provider]}, {**refused, "usage": "none"}, ["?"]):
        async with Loopback(body=json.dumps(body), status=status, headers=JSON).running() as server:
            ai.url = server.url
            with pytest.raises(ApplicationError):
                await ai.analyst("reader").deep(answer())
    await ai.close()
    [usage] = ai.usages
    assert (usage.tokens_in, usage.tokens_cached, usage.tokens_written, usage.tokens_out) == (900, 200, 600, 60)


async def test_a_refusal_in_the_middle_is_paid_for_as_far_as_it_was_told() -> None:
    begun, *_, delta, _ = anthropics().text.strip().split("\n\n")
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "m"}}
    body = "\n\n".join([begun, delta, f"event: error\ndata: {json.dumps(error)}"]) + "\n\n"
    ai = Wire("anthropic", "")
    async with Loopback(body=body, headers=EVENTS).running() as server:
        ai.url = server.url
        with pytest.raises(ApplicationError):
            await ai.analyst("reader").deep(answer())
    await ai.close()
    assert [(usage.tokens_in, usage.tokens_out) for usage in ai.usages] == [(900, 60)]


# Figures that can't be right


@pytest.mark.parametrize(
    "told",
    [
        {"input_tokens": -900, "output_tokens": -60, "total_tokens": 0, "input_tokens_details": {"cached_tokens": -5}},
        {"input_tokens": 10**30, "output_tokens": 10**30, "total_tokens": 0},
        {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0},
        {"input_tokens": "many", "output_tokens": None},
        {},
        None,
        # A part that is more than the whole.
        {"input_tokens": 1, "output_tokens": 1, "input_tokens_details": {"cached_tokens": 9, "cache_write_tokens": 9}},
    ],
)
async def test_no_figure_of_a_provider_makes_a_call_free_or_the_day_spent(told: dict[str, Any] | None) -> None:
    text = {"type": "output_text", "text": REACTION, "annotations": []}
    message = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": [text]}
    ai = Wire("openai", "")
    async with Loopback(body=response(output=[message], usage=told).text, headers=EVENTS).running() as server:
        ai.url = server.url
        # The reply is as good as any.
        assert (await ai.analyst("reader").instant(answer())).quality == 0.8
    await ai.close()
    [usage] = ai.usages
    cost = Prices(input=Decimal(10), cached=Decimal(1), output=Decimal(50), written=Decimal(20)).cost(usage)
    assert Decimal("0.00001") < cost < Decimal("0.1")


@pytest.mark.parametrize("tokens", [-900, 10**30, None])
async def test_the_same_of_anthropics_figures(tokens: int | None) -> None:
    body = anthropics().text
    for number in ("100", "200", "600", "60"):
        body = body.replace(f'_tokens": {number}', f'_tokens": {json.dumps(tokens)}')
    ai = Wire("anthropic", "")
    async with Loopback(body=body, headers=EVENTS).running() as server:
        ai.url = server.url
        assert (await ai.analyst("reader").instant(answer())).quality == 0.8
    await ai.close()
    [usage] = ai.usages
    assert 100 < usage.tokens_in < 2000
    assert 10 < usage.tokens_out < 100


@given(st.integers(), st.integers(), st.integers(min_value=0), st.integers(min_value=0))
def test_no_parts_make_a_cost_less_than_nothing(cached: int, written: int, read: int, out: int) -> None:
    usage = Usage(
        analyst="openai/reader",
        task="deep",
        prompt_version=None,
        tokens_in=read,
        tokens_out=out,
        tokens_cached=cached,
        tokens_written=written,
        latency_ms=1,
    )
    cost = Prices(input=Decimal(10), cached=Decimal(1), output=Decimal(50), written=Decimal(20)).cost(usage)
    assert cost >= Decimal(read + 50 * out) / 1_000_000
