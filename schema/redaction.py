"""Keeps secrets out of logs and tracebacks, where libraries write what they like.

What operators are told on purpose needs no redactor: it is made of known words.
"""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

SHORTEST = 4
"""Characters of a secret; a shorter one would take too much else with it, and protects nothing."""

_known: set[str] = set()


def keep_out(secret: str) -> None:
    """Makes a secret known, in every form in which a library may write it."""
    if len(secret) >= SHORTEST:
        _known.update((secret, quote(secret, safe=""), quote(secret), quote_plus(secret)))
        _known.update((repr(secret)[1:-1], json.dumps(secret)[1:-1], ascii(secret)[1:-1]))


def redacted(text: str) -> str:
    """The text with "<secret>" in place of every known secret."""
    # Longest first: one may be the beginning of another.
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, "<secret>")
    return text
