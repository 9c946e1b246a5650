"""Tells a choice from words: a choice is what was offered with the question that it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def is_choice(text: str, nonce: str | None, offered: Mapping[str, Sequence[str]]) -> bool:
    """Whether a text that a channel hands over as a choice is one. What was not offered is words, and heard as such.

    Nobody here knows what an earlier session offered: what names a question of it stays a choice, and is late.

    Args:
        nonce: the asking that the text names.
        offered: the choices that were shown with each asking of the session, in every language.
    """
    return nonce is not None and (nonce not in offered or text in offered[nonce])
