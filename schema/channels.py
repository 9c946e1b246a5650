"""The task queues by which channels bring what workflows say."""

from __future__ import annotations

TELEGRAM_QUEUE = "telegram"


def terminal_queue(user_ref: str) -> str:
    """The queue that a person's own terminal serves."""
    return f"terminal-{user_ref}"
