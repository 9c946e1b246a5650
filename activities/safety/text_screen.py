"""Screens a text for a crisis without storing it."""

from __future__ import annotations

from temporalio import activity

from schema.analysis.readings import AnswerReading
from schema.safety.activities import TextScreen, TextToScreen
from workflows.analysis.rules.local_reading import read_locally


class LocalTextScreen(TextScreen):
    """Screens texts by local rules only."""

    @activity.defn
    async def screen_text(self, text: TextToScreen) -> AnswerReading:
        return read_locally(text.text, text.locale)
