"""Keeps secrets out of logs and tracebacks that libraries write.

Messages for operators need no redactor: they contain only known words.
"""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""The fewest characters of a secret. Redacting a shorter one would remove other text, and it protects nothing."""

_known: set[str] = set()


def keep_out(secret: str) -> None:
    """Registers a secret, in every form in which a library may write it."""
    if len(secret) >= SHORTEST:
        _known.update((secret, quote(secret, safe=""), quote(secret), quote_plus(secret)))
        _known.update((repr(secret)[1:-1], json.dumps(secret)[1:-1], ascii(secret)[1:-1]))


def redacted(text: str) -> str:
    """The text with "<secret>" in place of every known secret."""
    # Longest first, because one may be the beginning of another.
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "<secret>")
    return text
