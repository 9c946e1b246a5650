"""Public names of safety: its workflow id, and the task queue of the encoder."""

from __future__ import annotations

from schema.id_pattern import IdPattern

LISTENING_ID = IdPattern("listening", "Listening")
ENCODER_QUEUE = "encoder"
"""One process serves it: the one that holds the sentence encoder."""
