"""The providers of language models, keyed by the first part of a model's name, and the effort of their models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# Copied from the SDKs, which take a second to import; settings must load faster.
OpenAIEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
AnthropicEffort = Literal["low", "medium", "high", "xhigh", "max"]
ThinkingOff = Literal["disabled", "between_tools"]


@dataclass(frozen=True)
class Provider:
    """A provider, and the settings by which operators configure it."""

    name: str
    """The name shown to people and operators."""
    slug: str
    """The first part of an analyst's name."""
    key_setting: str
    """The environment variable with the key."""
    url_setting: str
    """The environment variable that overrides the URL of its API."""
    efforts: tuple[str, ...]
    """Its values of the effort setting. Not every model accepts all of them."""


OPENAI = Provider(
    name="OpenAI",
    slug="openai",
    key_setting="OPENAI_API_KEY",
    url_setting="OPENAI_BASE_URL",
    efforts=get_args(OpenAIEffort),
)
ANTHROPIC = Provider(
    name="Anthropic",
    slug="anthropic",
    key_setting="ANTHROPIC_API_KEY",
    url_setting="ANTHROPIC_BASE_URL",
    efforts=get_args(AnthropicEffort),
)
PROVIDERS = {provider.slug: provider for provider in (OPENAI, ANTHROPIC)}

EMBEDDING_MODEL = "openai/text-embedding-3-small"
"""Of the two providers, only OpenAI offers embeddings."""


VOICE_MODEL = "openai/gpt-transcribe"
"""Writes down recordings. All older models of OpenAI that do are shut down in February 2027."""


@dataclass(frozen=True)
class Reasoning:
    """The effort settings of a model. None sends no setting."""

    instant_effort: str | None = None
    """For a reaction, which a person waits for."""
    deep_effort: str | None = None
    """For a deep analysis, which has 25 s."""
    instant_off: ThinkingOff | None = None
    """The value that turns Anthropic's thinking off for a reaction."""


# From the providers' documentation. All of these think before every answer by default.
_REASONING = {
    "openai/gpt-6-luna": Reasoning("none", "low"),
    "openai/gpt-6.1-terra": Reasoning("none", "low"),
    # Refuses "none".
    "openai/gpt-6.1-sol": Reasoning("low", "medium"),
    "anthropic/claude-haiku-5-5": Reasoning("low", "low", "disabled"),
    # Refuses "disabled".
    "anthropic/claude-sonnet-5-5": Reasoning("low", "low", "between_tools"),
    # Always thinks.
    "anthropic/claude-opus-5-5": Reasoning("low", "low"),
}


def reasoning_of(analyst: str) -> Reasoning:
    """The effort settings of `provider/model`; none for an unknown model, which might refuse them."""
    for model, reasoning in _REASONING.items():
        # Also a dated snapshot: `claude-haiku-5-5-20261007`.
        if analyst == model or analyst.startswith(f"{model}-"):
            return reasoning
    return Reasoning()
