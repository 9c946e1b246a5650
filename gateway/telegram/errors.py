"""Turns aiogram's errors into activity failures: whether the message may have arrived, and whether Temporal retries.

The messages of aiogram's errors name chats and may quote what was sent. So `failure_of` builds a new error from the
kind of failure and from known phrases, and callers raise it `from None`.
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

from gateway.telegram.bot_api import UnexpectedResponse
from schema import metrics

BUSY = "TelegramBusy"
"""The rate limit is reached, Telegram's or our own. Retried after the given delay."""
UNAVAILABLE = "TelegramUnavailable"
"""Telegram was not reached or failed (5xx). The message has not arrived. Retried."""
NO_ANSWER = "TelegramDidNotAnswer"
"""No readable response came, so the message may have arrived; with all other types it has not.

Retried only for messages where a duplicate is better than a loss.
"""
RECIPIENT_GONE = "RecipientGone"
TOKEN_REFUSED = "TelegramRefusedToken"  # noqa: S105
REQUEST_REFUSED = "TelegramRefusedRequest"

# Telegram's phrases in a 400 for a recipient who is gone; a 403 always means that.
_GONE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid", "input_user_deactivated")
# The phrases of a refusal that operators may read. Any other text could quote the message or a secret address.
_KNOWN_REASONS = (
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
    """Returns the activity failure for an aiogram error, safe for workflow history. Raise it `from None`."""
    match error:
        case TelegramRetryAfter():
            metrics.RATE_LIMITED.add(by="telegram")
            return busy("Telegram asks for a pause", error.retry_after)
        # A subclass of TelegramNetworkError, although a response came.
        case TelegramEntityTooLarge():
            return _refused("the file is too large")
        case TelegramNetworkError():
            return _connection_failure(error.__cause__)
        case UnexpectedResponse() if error.status < 300:
            # A 2xx status: Telegram may have accepted the message.
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
    what = str(error) if isinstance(error, UnexpectedResponse) else type(error).__name__
    return ApplicationError(f"Telegram failed ({what})", type=UNAVAILABLE)


def busy(what: str, seconds: float) -> ApplicationError:
    """Returns a failure that Temporal retries after `seconds`."""
    return ApplicationError(what, type=BUSY, next_retry_delay=timedelta(seconds=seconds))


def recipient_gone() -> ApplicationError:
    """Returns the final failure for a person who blocked the bot or a chat that does not exist."""
    return ApplicationError("the person can't be reached", type=RECIPIENT_GONE, non_retryable=True)


def is_unchanged(error: TelegramBadRequest) -> bool:
    """Returns whether Telegram refused an edit because the message already has that content."""
    return bool(_phrase_in(error, ("message is not modified",)))


def is_gone(error: TelegramBadRequest) -> bool:
    """Returns whether Telegram refused a request because the recipient is gone."""
    return bool(_phrase_in(error, _GONE))


def reason(error: TelegramBadRequest) -> str:
    """Returns why Telegram refused a request, in a phrase that operators may read."""
    return _phrase_in(error, _KNOWN_REASONS) or "for a reason that this version does not know"


def _connection_failure(cause: BaseException | None) -> ApplicationError:
    # Both are raised before anything is sent.
    if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return ApplicationError("Telegram could not be reached", type=UNAVAILABLE)
    return ApplicationError("Telegram did not answer a message", type=NO_ANSWER)


def _refused(reason: str) -> ApplicationError:
    return ApplicationError(f"Telegram refused a message: {reason}", type=REQUEST_REFUSED, non_retryable=True)


def _phrase_in(error: TelegramAPIError, words: tuple[str, ...]) -> str | None:
    """Returns the first of these phrases that Telegram's description contains."""
    description = error.message.casefold()
    return next((word for word in words if word in description), None)
