"""The providers of language models, by the first part of a model's name, and how long their models are to think."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

# The SDKs' own words. They stand here because the SDKs take a second to import, which settings can't wait for.
OpenAIEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
AnthropicEffort = Literal["low", "medium", "high", "xhigh", "max"]
ThinkingOff = Literal["disabled", "between_tools"]


@dataclass(frozen=True)
class Provider:
    """Who answers, and what operators set to reach them."""

    name: str
    """As people and operators know it."""
    slug: str
    """The first part of an analyst's name."""
    key_setting: str
    """The environment variable with the key."""
    url_setting: str
    """The environment variable with another address of its API."""
    efforts: tuple[str, ...]
    """Its words for how long a model thinks. Not every model knows them all."""


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
"""The only provider of the two with embeddings."""


@dataclass(frozen=True)
class Reasoning:
    """How long a model is to think; None says nothing of it to the model."""

    instant_effort: str | None = None
    """About a reaction, which a person waits for."""
    deep_effort: str | None = None
    """About a deep analysis, which must be done within 25 s."""
    instant_off: ThinkingOff | None = None
    """How Anthropic is told that a reaction needs no thinking before it."""


# By the providers' documentation. All of these think before every answer if nobody says otherwise.
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
    """How long `provider/model` is to think; a model that is not known gets no word that it could refuse."""
    for model, reasoning in _REASONING.items():
        # Also a dated snapshot: `claude-haiku-5-5-20261007`.
        if analyst == model or analyst.startswith(f"{model}-"):
            return reasoning
    return Reasoning()
