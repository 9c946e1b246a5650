"""Finds the question that a message answers: the newest one asked when the message was written."""

from __future__ import annotations

from collections.abc import Mapping


def asking_at(sends: Mapping[str, str | None], begun: int, message_id: str | None) -> str | None:
    """The asking that a message without a nonce belongs to; None when it was written before the first question.

    A question counts as asked when its send begins. A message that arrives later may have been written earlier: the
    order of the channel's message ids decides. Without comparable ids, it counts as written later.

    Args:
        sends: the askings whose sends have begun, the oldest first, each with the id of the message that showed it
            first; None where that is not known.
        begun: how many of these sends had begun when the message was heard.
        message_id: the message's own id; None in channels without an order.
    """
    for nonce, shown_as in reversed(list(sends.items())[:begun]):
        if not _is_before(message_id, shown_as):
            return nonce
    return None


def _is_before(message_id: str | None, other: str | None) -> bool:
    """Whether one message certainly came before another; False if an id is no number."""
    if not (message_id and other and message_id.isdecimal() and other.isdecimal()):
        return False
    return int(message_id) < int(other)
