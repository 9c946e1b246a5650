"""How long models are asked to think, from an operator's settings to the wire, and in words that each model takes."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args, get_type_hints

import anthropic
import openai
import pytest
from anthropic.types import OutputConfigParam, ThinkingConfigBetweenToolsParam, ThinkingConfigDisabledParam
from openai.types.shared import ReasoningEffort

from activities.ai.providers import ANTHROPIC, OPENAI, ThinkingOff
from schema.analysis.routing import Tier
from tests.activities.ai.conftest import KEY, Wire
from tests.activities.ai.test_language_models import answer
from workers.ai_settings import AISettings
from workers.language_models import language_models


@pytest.fixture(autouse=True)
def clean(no_servers: None) -> None:
    """No setting but those of the test."""


async def thought(ai: Wire, monkeypatch: pytest.MonkeyPatch, tier: Tier) -> list[tuple[str | None, str | None]]:
    """Effort and thinking, as the model of a tier is asked for a reaction and then for a deep analysis."""
    url = f"{ai.url}/v1" if ai.provider == "openai" else ai.url
    monkeypatch.setenv(f"{ai.provider.upper()}_API_KEY", KEY)
    monkeypatch.setenv(f"{ai.provider.upper()}_BASE_URL", url)
    for sdk in (openai, anthropic):
        noting = partial(sdk.DefaultAsyncHttpxClient, event_hooks={"request": [ai.note]})
        monkeypatch.setattr(sdk, "DefaultAsyncHttpxClient", noting)
    async with language_models(AISettings(), ai.record) as models:
        [analyst] = [model.analyst for model in models if model.reader.tier is tier]
        await analyst.instant(answer())
        await analyst.deep(answer())
    return [_asked(sent) for sent in ai.sent]


def _asked(sent: dict[str, Any]) -> tuple[str | None, str | None]:
    effort = (sent.get("reasoning") or sent.get("output_config") or {}).get("effort")
    return effort, sent.get("thinking", {}).get("type")


@pytest.mark.parametrize(
    ("provider", "tier", "instant", "deep"),
    [
        ("openai", Tier.SMALL, ("none", None), ("low", None)),
        ("openai", Tier.STANDARD, ("none", None), ("low", None)),
        ("openai", Tier.PREMIUM, ("low", None), ("medium", None)),
        ("anthropic", Tier.SMALL, ("low", "disabled"), ("low", None)),
        ("anthropic", Tier.STANDARD, ("low", "between_tools"), ("low", None)),
        ("anthropic", Tier.PREMIUM, ("low", None), ("low", None)),
    ],
)
async def test_the_default_models_hardly_think_about_a_reaction(  # noqa: PLR0917 - pytest hands them in by name
    wire: str,
    monkeypatch: pytest.MonkeyPatch,
    provider: str,
    tier: Tier,
    instant: tuple[str, str | None],
    deep: tuple[str, str | None],
) -> None:
    assert await thought(Wire(provider, wire), monkeypatch, tier) == [instant, deep]


@pytest.mark.parametrize(
    ("model", "said", "instant", "deep"),
    [
        # To name the default changes nothing.
        ("openai/gpt-6-luna", {}, ("none", None), ("low", None)),
        ("anthropic/claude-haiku-5-5", {}, ("low", "disabled"), ("low", None)),
        # Another model comes with its own, a dated one with those of its family.
        ("openai/gpt-6.1-sol", {}, ("low", None), ("medium", None)),
        ("anthropic/claude-sonnet-5-5-20260928", {}, ("low", "between_tools"), ("low", None)),
        # Nobody knows what an unknown one takes.
        ("openai/reader", {}, (None, None), (None, None)),
        ("anthropic/reader", {}, (None, None), (None, None)),
        # What an operator sets is sent, and nothing that would be refused beside it.
        ("openai/gpt-6-luna", {"INSTANT_EFFORT": "minimal"}, ("minimal", None), ("low", None)),
        ("openai/reader", {"DEEP_EFFORT": "high"}, (None, None), ("high", None)),
        ("anthropic/claude-haiku-5-5", {"INSTANT_EFFORT": "high"}, ("high", "disabled"), ("low", None)),
        ("anthropic/claude-haiku-5-5", {"INSTANT_EFFORT": "xhigh"}, ("xhigh", None), ("low", None)),
        ("anthropic/claude-sonnet-5-5", {"DEEP_EFFORT": "max"}, ("low", "between_tools"), ("max", None)),
    ],
)
async def test_what_an_operator_names_is_asked_as_it_takes_it(  # noqa: PLR0917 - pytest hands them in by name
    wire: str,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    said: dict[str, str],
    instant: tuple[str | None, str | None],
    deep: tuple[str | None, str | None],
) -> None:
    for name, value in {"MODEL": model, **said}.items():
        monkeypatch.setenv(f"SELFOLOGY_AI_SMALL__{name}", value)
    ai = Wire(model.split("/", maxsplit=1)[0], wire)
    assert await thought(ai, monkeypatch, Tier.SMALL) == [instant, deep]


def test_the_words_are_those_of_the_installed_sdks() -> None:
    [openais, _] = get_args(ReasoningEffort)
    [anthropics, _] = get_args(_type_of(OutputConfigParam, "effort"))
    assert OPENAI.efforts == get_args(openais)
    assert ANTHROPIC.efforts == get_args(anthropics)
    off = [_type_of(shape, "type") for shape in (ThinkingConfigDisabledParam, ThinkingConfigBetweenToolsParam)]
    assert get_args(ThinkingOff) == tuple(word for literal in off for word in get_args(get_args(literal)[0]))


def _type_of(shape: type, field: str) -> Any:
    return get_type_hints(shape, include_extras=True)[field]
