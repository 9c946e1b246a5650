"""How much of a person's own words is shown beside a value or a search, the same in every channel."""

from __future__ import annotations

LONGEST_QUOTE = 300
LONGEST_QUESTION = 200
LONGEST_QUERY = 60


def short(words: str, length: int) -> str:
    """Shortens words to one paragraph of at most `length` characters, an ellipsis included."""
    line = " ".join(words.split())
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}…"
