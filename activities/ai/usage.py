"""What asking a language model took."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import Field, ValidationInfo, field_validator

from schema.model import Model

# No model reads or writes more at a time, and no request of ours comes near it.
_MOST_TOKENS = 1_000_000
# Low for English, high for Russian: a figure in place of one that can't be right.
_CHARACTERS_OF_A_TOKEN = 3


class Usage(Model):
    """What one request took, as its provider tells; also one that failed, or whose reply could not be used."""

    analyst: str
    """`provider/model`."""
    task: str
    """`instant`, `deep` or `embed`."""
    prompt_version: str | None
    """The prompt's file and version: `deep.ru@1`; None where there is no prompt."""
    tokens_in: int = Field(ge=0)
    """All tokens of the input, cached or not."""
    tokens_out: int = Field(ge=0)
    tokens_cached: int
    """The part of `tokens_in` that was read from the provider's cache."""
    tokens_written: int = 0
    """The part of `tokens_in` that was written into that cache, which costs more. In the books, it is in the cost."""
    latency_ms: float

    @field_validator("tokens_cached", "tokens_written")
    @classmethod
    def _part_of_the_input(cls, tokens: int, info: ValidationInfo) -> int:
        # A part that is larger than the whole would make the rest, and with it the cost, less than nothing.
        rest: int = info.data.get("tokens_in", 0) - info.data.get("tokens_cached", 0)
        return max(0, min(tokens, rest))


def figure(told: object) -> int:
    """A count as a provider tells it; 0 where it is none, whatever its type says."""
    return told if isinstance(told, int) and 0 < told <= _MOST_TOKENS else 0


def at_least(told: int, text: str) -> int:
    """A count as told, or else one by the length of the text: nothing is read or written for free."""
    return told or -(-len(text) // _CHARACTERS_OF_A_TOKEN)


OnUsage = Callable[[str | None, Usage], Awaitable[None]]
"""Enters into the books what a request took, and the id of the answer that it was about.

It neither fails nor takes long: the reply is paid for, and a person may wait for it.
"""
