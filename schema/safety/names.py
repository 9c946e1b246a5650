"""Public names of safety: its workflow id."""

from __future__ import annotations

from schema.id_pattern import IdPattern

LISTENING_ID = IdPattern("listening", "Listening")
