"""The workflows of coaching, for workers and replay."""

from __future__ import annotations

from workflows.coaching.conversation import CoachConversation

WORKFLOWS: tuple[type, ...] = (CoachConversation,)
