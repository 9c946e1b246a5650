"""The task queues of channels, on which workflows schedule deliveries."""

from __future__ import annotations

TELEGRAM_QUEUE = "telegram"


def voice_queue(channel_queue: str) -> str:
    """The task queue of a channel's voice messages: a send never waits behind recordings, which take seconds each."""
    return f"{channel_queue}-voice"


def terminal_queue(user_ref: str) -> str:
    """The task queue that a person's terminal serves."""
    return f"terminal-{user_ref}"
