"""Which question a message belongs to: the newest that had been asked when the message was written."""

from __future__ import annotations

from collections.abc import Mapping


def asking_at(sends: Mapping[str, str | None], begun: int, message_id: str | None) -> str | None:
    """The asking that a message without a nonce belongs to; None when it was written before the first question.

    A question counts as asked from the first byte of its send. Whether a message that was heard after that was also
    written after it, the order of the channel's message ids says; where they say nothing, it was.

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
    """Whether one message certainly came before another; ids that are no numbers say nothing."""
    if not (message_id and other and message_id.isdecimal() and other.isdecimal()):
        return False
    return int(message_id) < int(other)
