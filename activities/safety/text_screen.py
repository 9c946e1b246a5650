"""Screens a text for a crisis without storing it."""

from __future__ import annotations

from temporalio import activity

from activities.safety.text_reader import TextReader
from schema.analysis.readings import AnswerReading
from schema.safety.activities import TextScreen, TextToScreen


class LocalTextScreen(TextScreen):
    """Screens texts by what reads them."""

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader

    @activity.defn
    async def screen_text(self, text: TextToScreen) -> AnswerReading:
        return await self._reader.read(text.text, text.locale)
