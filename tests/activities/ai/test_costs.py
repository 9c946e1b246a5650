"""What is told of a call's tokens: also of what a provider caches, and of replies that break off."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from temporalio.exceptions import ApplicationError

from activities.ai import errors
from activities.ai.anthropic import AnthropicAnalyst
from activities.ai.language_model import LanguageModelAnalyst
from activities.ai.openai import OpenAIAnalyst
from activities.ai.prices import Prices
from tests.activities.ai.conftest import KEY, Wire
from tests.activities.ai.test_language_models import answer
from tests.activities.ai.test_provider_errors import response, streamed

REACTION = '{"reflection": "Quiet nights.", "sentiment": 0.4, "quality": 0.8}'
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
    analyst: LanguageModelAnalyst = (
        OpenAIAnalyst(openai.AsyncOpenAI(api_key=KEY, http_client=http), "reader", ai.enter)
        if provider == "openai"
        else AnthropicAnalyst(anthropic.AsyncAnthropic(api_key=KEY, http_client=http), "reader", ai.enter)
    )
    await analyst.instant(answer())
    [usage] = ai.usages
    assert (usage.tokens_in, usage.tokens_cached, usage.tokens_written, usage.tokens_out) == (900, 200, 600, 60)
    # 100 of the input as usual, 200 for a tenth, 600 for a quarter more.
    prices = Prices(input=Decimal(100), cached=Decimal(10), output=Decimal(1000), written=Decimal(125))
    assert prices.cost(usage) == Decimal("0.147")


@pytest.mark.parametrize("model", ["cut-midway", "stalls"])
async def test_a_reply_that_breaks_off_is_paid_for_as_far_as_its_provider_told(ai: Wire, model: str) -> None:
    with pytest.raises(ApplicationError) as failed:
        await ai.analyst(model).instant(answer())
    assert failed.value.type == errors.UNAVAILABLE
    # Anthropic tells at the beginning what the input takes, OpenAI at the end.
    assert [usage.tokens_in for usage in ai.usages] == ([900] if ai.provider == "anthropic" else [])
