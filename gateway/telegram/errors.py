"""What a failed call of the Bot API means: whether the message may have arrived, and what Temporal is to do.

The texts of aiogram's errors name chats and may quote what was sent. So nothing of them goes on: `failure_of` writes a
new error from the kind of failure and words that are known, and callers raise it `from None`.
"""

from __future__ import annotations

from datetime import timedelta

import aiohttp
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from temporalio.exceptions import ApplicationError

from gateway.telegram.bot_api import OddAnswer

BUSY = "TelegramBusy"
"""Too many messages, by Telegram's count or by ours; tried again when there is room."""
UNAVAILABLE = "TelegramUnavailable"
"""Telegram was not reached, or failed by itself (5xx); the message has not arrived. Tried again."""
NO_ANSWER = "TelegramDidNotAnswer"
"""The message may have arrived, unlike with all other types. Tried again where twice is better than never."""
RECIPIENT_GONE = "RecipientGone"
TOKEN_REFUSED = "TelegramRefusedToken"
REQUEST_REFUSED = "TelegramRefusedRequest"

# How Telegram says that nobody is there any more; a 403 always means so.
_GONE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid", "input_user_deactivated")
# What operators may be told of a refused request. Known words only: others could be a piece of the message, or of an
# address that was meant for nobody else.
_TELLING = (
    "can't parse entities",
    "message is too long",
    "message caption is too long",
    "message text is empty",
    "reply markup",
    "button_data_invalid",
    "wrong file",
    "image_process_failed",
    "photo_invalid_dimensions",
    "https url must be provided",
    "invalid webhook url",
    "failed to resolve host",
    "ip address",
    "webhook can be set up only on ports",
)


def failure_of(error: AiogramError) -> ApplicationError:
    """The error that history may keep for one that aiogram raised; raise it `from None`."""
    match error:
        case TelegramRetryAfter():
            return busy("Telegram asks for a pause", error.retry_after)
        # A network error by its class, though it is an answer.
        case TelegramEntityTooLarge():
            return _refused("the file is too large")
        case TelegramNetworkError():
            return _broken_off(error.__cause__)
        case OddAnswer() if error.status < 300:
            # It may have been a yes.
            return ApplicationError("Telegram's answer could not be read", type=NO_ANSWER)
        case TelegramForbiddenError():
            return recipient_gone()
        case TelegramUnauthorizedError() | TelegramNotFound():
            message = "Telegram refused the bot's token: check it; messages wait meanwhile"
            return ApplicationError(message, type=TOKEN_REFUSED)
        case TelegramBadRequest() if is_gone(error):
            return recipient_gone()
        case TelegramBadRequest():
            return _refused(reason(error))
    what = str(error) if isinstance(error, OddAnswer) else type(error).__name__
    return ApplicationError(f"Telegram failed ({what})", type=UNAVAILABLE)


def busy(what: str, seconds: float) -> ApplicationError:
    """Tried again in so many seconds."""
    return ApplicationError(what, type=BUSY, next_retry_delay=timedelta(seconds=seconds))


def recipient_gone() -> ApplicationError:
    """The person has blocked the bot, or there is no such chat (any more)."""
    return ApplicationError("the person can't be reached", type=RECIPIENT_GONE, non_retryable=True)


def stands_already(error: TelegramBadRequest) -> bool:
    """Whether an edit was refused because the message reads like that already."""
    return bool(_says(error, ("message is not modified",)))


def is_gone(error: TelegramBadRequest) -> bool:
    """Whether a request was refused because nobody is there (any more)."""
    return bool(_says(error, _GONE))


def reason(error: TelegramBadRequest) -> str:
    """Why a request was refused, in words that operators may read."""
    return _says(error, _TELLING) or "for a reason that this version does not know"


def _broken_off(cause: BaseException | None) -> ApplicationError:
    # Both are raised before anything is written.
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return ApplicationError("Telegram could not be reached", type=UNAVAILABLE)
    return ApplicationError("Telegram did not answer a message", type=NO_ANSWER)


def _refused(reason: str) -> ApplicationError:
    return ApplicationError(f"Telegram refused a message: {reason}", type=REQUEST_REFUSED, non_retryable=True)


def _says(error: TelegramAPIError, words: tuple[str, ...]) -> str | None:
    """The first of these words that Telegram's description has."""
    description = error.message.casefold()
    return next((word for word in words if word in description), None)
