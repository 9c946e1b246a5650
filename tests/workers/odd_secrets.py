"""Fifty secrets that somebody has as a password, and the pieces by which each would be known again."""

from __future__ import annotations

import re
from urllib.parse import quote

_SIGNS = "#/?%[]^@ :;&=+,$!'\"`\\<>{}|~*()._-"
_ENDS = ("#{0}", "{0}#", "/{0}", "{0}@", "?{0}", "%{0}", " {0}", "{0} ", ":{0}", "{0}:5432", "[{0}]", "{0}%")
_WHOLE = (
    "qzword%41kvtail",
    "qzword%zzkvtail",
    "${HOMEqz}kvtail",
    "qzabслово#хвостvwxk",
    "qzab🙂vwxk/kvtail",
    "qzab@vwxk:5432/kvtail?sslmode=xjunk#wfend",
)

SECRETS = [
    *(f"qzword{sign}kvtail{sign}xjunk" for sign in _SIGNS),
    *(end.format("qzwordkvtail") for end in _ENDS),
    *_WHOLE,
]

SHORTEST_PIECE = 4


def pieces(secret: str) -> set[str]:
    """What gives a secret away: it, as addresses spell it, and each part of it that is no common word."""
    parts = {part for part in re.split(r"[^a-z]+", secret) if len(part) >= SHORTEST_PIECE and part != "sslmode"}
    return {secret, quote(secret, safe=""), *parts}
