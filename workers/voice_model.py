"""What writes down voice messages, for the bot, and what an operator is told of it."""

from __future__ import annotations

from activities.ai.transcription import OpenAITranscriber
from workers.ai_settings import AISettings


def transcriber(settings: AISettings) -> OpenAITranscriber | None:
    """Creates what writes down voice messages when OpenAI's key is set, else None."""
    key = settings.known_voice_key
    if key is None:
        return None
    return OpenAITranscriber(key.get_secret_value(), settings.voice.name, base_url=settings.openai_base_url)
