"""Public names of voice: its workflow id."""

from __future__ import annotations

from schema.id_pattern import IdPattern

VOICE_ID = IdPattern("voice", "voice.take_spoken")
