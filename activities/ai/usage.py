"""The usage of a language model: tokens and latency of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import Field, ValidationInfo, field_validator

from schema.base_model import Model

# No model reads or writes more in one request, and our requests are far smaller.
_MOST_TOKENS = 1_000_000
# Low for English, high for Russian: a figure in place of one that can't be right.
_CHARACTERS_OF_A_TOKEN = 3


class Usage(Model):
    """Usage of one request as its provider reports it, also of a failed one or one with an unusable reply."""

    analyst: str
    """`provider/model`."""
    task: str
    """`instant`, `deep`, `coach`, `insight`, `embed` or `voice`."""
    prompt_version: str | None
    """The prompt's file and version: `deep.ru@1`; None where there is no prompt."""
    tokens_in: int = Field(ge=0)
    """All tokens of the input, cached or not."""
    tokens_out: int = Field(ge=0)
    tokens_cached: int
    """The part of `tokens_in` that was read from the provider's cache."""
    tokens_written: int = 0
    """The part of `tokens_in` that was written into that cache. It costs more; the usage log keeps only the cost."""
    seconds: float = Field(default=0, ge=0)
    """The length of the sound that was heard; some models are paid by it. The usage log keeps only the cost."""
    latency_ms: float

    @field_validator("tokens_cached", "tokens_written")
    @classmethod
    def _part_of_the_input(cls, tokens: int, info: ValidationInfo) -> int:
        # A part larger than the whole would make the remainder, and so the cost, negative.
        rest: int = info.data.get("tokens_in", 0) - info.data.get("tokens_cached", 0)
        return max(0, min(tokens, rest))


def figure(told: object) -> int:
    """A count as a provider reports it; 0 if the value is no count, whatever its declared type."""
    return told if isinstance(told, int) and 0 < told <= _MOST_TOKENS else 0


def at_least(told: int, text: str) -> int:
    """The reported count, or an estimate from the length of the text if none is reported."""
    return told or -(-len(text) // _CHARACTERS_OF_A_TOKEN)


async def book_nothing(answer_id: str | None, usage: Usage) -> None:
    """Records nothing, where nothing costs anything."""


OnUsage = Callable[[str | None, Usage], Awaitable[None]]
"""Records the usage of a request with the id of the answer or reply that it was about.

It never fails and returns quickly: the reply is already paid for, and a person may wait for it.
"""
