"""The workflows of voice, for workers and replay."""

from __future__ import annotations

from workflows.voice.take import TakeSpoken

WORKFLOWS: tuple[type, ...] = (TakeSpoken,)
