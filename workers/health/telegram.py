"""Whether Telegram answers the bot."""

from __future__ import annotations

from aiogram import Bot
from aiogram.exceptions import AiogramError

from schema.operator_error import OperatorError
from workers.health.probes import LOOKS_WITHIN, Check


def telegram_answers(bot: Bot) -> Check:
    """Whether Telegram answers. The bot is ready without: what people write waits there."""

    async def look() -> None:
        try:
            await bot.get_me(request_timeout=int(LOOKS_WITHIN))
        except AiogramError as error:
            raise OperatorError(f"Telegram does not answer ({type(error).__name__}); nothing is lost.") from None

    return Check("telegram", look, needed=False)
