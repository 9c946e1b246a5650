"""The task queues of channels, on which workflows schedule deliveries."""

from __future__ import annotations

TELEGRAM_QUEUE = "telegram"


def terminal_queue(user_ref: str) -> str:
    """The task queue that a person's terminal serves."""
    return f"terminal-{user_ref}"
