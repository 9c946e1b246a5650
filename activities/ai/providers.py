"""The providers of language models, by the first part of a model's name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """Who answers, and what operators set to reach them."""

    name: str
    """As people and operators know it."""
    slug: str
    """The first part of an analyst's name."""
    key_setting: str
    """The environment variable with the key."""


OPENAI = Provider(name="OpenAI", slug="openai", key_setting="OPENAI_API_KEY")
ANTHROPIC = Provider(name="Anthropic", slug="anthropic", key_setting="ANTHROPIC_API_KEY")
PROVIDERS = {provider.slug: provider for provider in (OPENAI, ANTHROPIC)}

EMBEDDING_MODEL = "openai/text-embedding-3-small"
"""The only provider of the two with embeddings."""
