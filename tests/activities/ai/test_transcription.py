"""Recordings that OpenAI writes down, on a real wire, and what they cost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from temporalio.exceptions import ApplicationError

from activities.ai import transcription
from activities.ai.prices import Prices, listed_prices
from activities.ai.providers import VOICE_MODEL
from activities.ai.transcription import OpenAITranscriber
from activities.ai.usage import Usage
from tests.activities.ai.conftest import KEY
from tests.ports import free_port
from workers.ai_settings import AISettings, VoiceSettings

SOUND = b"OggS zanzibar-moth"


def transcriber(wire: str, model: str = "gpt-transcribe", key: str = KEY) -> OpenAITranscriber:
    return OpenAITranscriber(key, model, base_url=f"{wire}/v1")


def heard(seconds: float = 0, **tokens: int) -> Usage:
    return Usage(
        **{"tokens_in": 0, "tokens_out": 0, "tokens_cached": 0, **tokens},
        **{"analyst": VOICE_MODEL, "task": "voice", "prompt_version": None, "latency_ms": 1, "seconds": seconds},
    )


async def test_a_recording_is_written_down(wire: str) -> None:
    transcript = await transcriber(wire).transcribe(SOUND, 4)
    assert transcript.text == "I slept badly, the sea was loud."
    assert transcript.analyst == VOICE_MODEL
    assert transcript.seconds == 5, "as the provider counts"


@pytest.mark.parametrize(
    ("model", "kind", "again"),
    [
        ("voice-limited", transcription.BUSY, True),
        ("voice-broken", transcription.UNAVAILABLE, True),
        ("voice-wrong-key", transcription.KEY_REFUSED, False),
        ("voice-unknown", transcription.REFUSED, False),
    ],
)
async def test_a_failure_says_whether_another_attempt_helps_and_quotes_nothing(
    wire: str, model: str, kind: str, again: bool
) -> None:
    with pytest.raises(ApplicationError) as raised:
        await transcriber(wire, model).transcribe(SOUND, 4)
    assert (raised.value.type, raised.value.non_retryable) == (kind, not again)
    assert "zanzibar" not in str(raised.value)
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_a_provider_that_is_away_is_tried_again_and_its_address_is_not_told() -> None:
    port = free_port()
    with pytest.raises(ApplicationError, match="OpenAI could not be reached") as raised:
        await transcriber(f"http://127.0.0.1:{port}").transcribe(SOUND, 4)
    assert not raised.value.non_retryable
    assert str(port) not in str(raised.value)


async def test_a_key_that_breaks_a_header_is_not_quoted(wire: str) -> None:
    with pytest.raises(ApplicationError) as raised:
        await transcriber(wire, key="sk-moth\nX: y").transcribe(SOUND, 4)
    assert "moth" not in str(raised.value)


def test_the_model_is_paid_by_the_minute() -> None:
    prices = listed_prices(VOICE_MODEL)
    assert prices.cost(heard(60)) == Decimal("0.0045")
    assert prices.cost(heard(90)) == Decimal("0.00675")


def test_an_older_model_is_paid_by_tokens() -> None:
    assert listed_prices("openai/gpt-4o-transcribe").cost(heard(60, tokens_in=1000, tokens_out=100)) == Decimal(
        "0.0035"
    )


def test_models_that_only_read_cost_nothing_by_the_minute() -> None:
    assert listed_prices("openai/gpt-6-luna").minute == 0


def test_the_price_of_a_model_that_nobody_lists_is_a_setting() -> None:
    own = VoiceSettings(model="openai/whisper-of-our-own", minute_price=Decimal("0.01")).prices()
    assert own == Prices(input=Decimal(0), cached=Decimal(0), output=Decimal(0), minute=Decimal("0.01"))
    assert VOICE_MODEL in AISettings(_env_file=None).prices()
