"""aiogram as the tests use it, and what they send with it."""

from __future__ import annotations

import io

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from PIL import Image

from tests.telegram.bot_api.server import BotApi


def aiogram_bot(api: BotApi, token: str | None = None) -> Bot:
    """aiogram, which formats in HTML."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(api.url))
    return Bot(token or api.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))


def keyboard(*rows: list[str], data: str = "tap") -> InlineKeyboardMarkup:
    """Inline buttons that all carry the same data."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data) for text in row] for row in rows]
    )


def picture(width: int, height: int) -> BufferedInputFile:
    """A picture of this size."""
    content = io.BytesIO()
    Image.new("1", (width, height)).save(content, "PNG")
    return BufferedInputFile(content.getvalue(), "card.png")
