"""What asking a language model took."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from schema.model import Model


class Usage(Model):
    """What one request took, as its provider tells; also one whose reply could not be used or broke off."""

    analyst: str
    """`provider/model`."""
    task: str
    """`instant`, `deep` or `embed`."""
    prompt_version: str | None
    """The prompt's file and version: `deep.ru@1`; None where there is no prompt."""
    tokens_in: int
    """All tokens of the input, cached or not."""
    tokens_out: int
    tokens_cached: int
    """The part of `tokens_in` that was read from the provider's cache."""
    tokens_written: int = 0
    """The part of `tokens_in` that was written into that cache, which costs more. In the books, it is in the cost."""
    latency_ms: float


OnUsage = Callable[[str | None, Usage], Awaitable[None]]
"""Enters into the books what a request took, and the id of the answer that it was about."""
