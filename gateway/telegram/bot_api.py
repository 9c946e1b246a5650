"""How the Bot API is asked, and what its answers mean: by their HTTP status first, and only then by their shape.

Telegram is asked over the network, where proxies and gateways answer in its place, in HTML or with nothing. aiogram
reads the shape first: what is not as it expects is one error, whether the message has arrived or not.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientError, ClientTimeout
from pydantic import ValidationError

LONGEST_PAUSE = 24 * 60 * 60
"""Seconds of a pause that are believed."""

_REFUSALS: dict[int, type[TelegramAPIError]] = {
    400: TelegramBadRequest,
    401: TelegramUnauthorizedError,
    403: TelegramForbiddenError,
    404: TelegramNotFound,
    409: TelegramConflictError,
}


class OddAnswer(AiogramError):
    """An answer as the Bot API gives none: another server or a proxy spoke, or a Telegram of later years.

    Its words name the status and what is odd, and nothing of what was answered.
    """

    def __init__(self, status: int, what: str, *, accepted: bool = False, result: object = None) -> None:
        super().__init__(f"HTTP {status}, {what}")
        self.status = status
        self.accepted = accepted
        """Whether it is a yes all the same, of which only the rest can't be read."""
        self._result = result

    @property
    def message_id(self) -> int | None:
        """The id of the message that was sent, when that much can be read."""
        match self._result:
            case {"message_id": int(message_id)} if 0 < message_id < 2**63:
                return message_id
            case _:
                return None


class BotApiSession(AiohttpSession):
    """aiogram's session with a reading of its own.

    Every failure is an `AiogramError`: `TelegramNetworkError` when no answer came, what Telegram's refusals are in
    aiogram, or `OddAnswer`. Redirects are not followed: they would take a person's text to another host.
    """

    _told: tuple[float, float] | None = None
    """The time that Telegram last told, and when it did by a clock that nobody sets."""

    @property
    def now(self) -> float:
        """Seconds since 1970 by Telegram's clock; by this machine's until Telegram has told the time."""
        if self._told is None:
            return time.time()  # noqa: TID251
        there, here = self._told
        return there + time.monotonic() - here

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 (aiogram calls it so)
    ) -> TelegramType:
        """Asks Telegram. `timeout` is in seconds, or aiohttp's own for each part of a request."""
        session = await self.create_session()
        given: Any = self.timeout if timeout is None else timeout
        status, headers, body = 0, cast("Mapping[str, str]", {}), b""
        try:
            async with session.post(
                self.api.api_url(token=bot.token, method=method.__api_method__),
                data=self.build_form_data(bot=bot, method=method),
                timeout=given if isinstance(given, ClientTimeout) else ClientTimeout(given),
                allow_redirects=False,
            ) as answer:
                status, headers = answer.status, answer.headers
                body = await answer.read()
        except (ClientError, OSError) as error:
            # A status that is a no stays one, even when the rest of the answer does not come.
            if status < 300:
                raise TelegramNetworkError(method=method, message=type(error).__name__) from error
        result = _result(bot, method, status, headers, json_object(body) or {})
        # Only now: who answers anything else may have another clock.
        self._note_time(headers.get("Date", ""))
        return cast("TelegramType", result)

    def _note_time(self, date: str) -> None:
        try:
            self._told = parsedate_to_datetime(date).timestamp(), time.monotonic()
        except ValueError:
            # Not every server tells the time.
            return


def telegram_time(bot: Bot) -> float:
    """Seconds since 1970, by the clock that a bot's gateways share: `BotApiSession.now`."""
    return bot.session.now if isinstance(bot.session, BotApiSession) else time.time()  # noqa: TID251


def _result(
    bot: Bot, method: TelegramMethod[Any], status: int, headers: Mapping[str, str], answer: dict[str, Any]
) -> Any:
    """What Telegram was asked for. Raises what the status says otherwise."""
    said = answer.get("ok")
    if status < 300:
        if said is True:
            return _accepted(bot, method, status, answer.get("result"))
        if said is not False:
            raise OddAnswer(status, "not as the Bot API answers")
        # Some servers in between put every answer under a 200; what it says itself is certain, and was not done.
        code = answer.get("error_code")
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
    description = str(answer.get("description") or "")
    pause = _pause(answer, headers)
    if status == 429 or (pause and status >= 500):
        raise TelegramRetryAfter(method=method, message=description, retry_after=pause or 1)
    if status == 413:
        raise TelegramEntityTooLarge(method=method, message=description)
    if status >= 500:
        raise TelegramServerError(method=method, message=description)
    # That a token is refused or a person gone is Telegram's alone to say.
    if said is not False:
        raise OddAnswer(status, "not as the Bot API answers")
    raise _REFUSALS.get(status, TelegramAPIError)(method=method, message=description)


def _accepted(bot: Bot, method: TelegramMethod[Any], status: int, result: object) -> Any:
    if result is None:
        raise OddAnswer(status, "a yes without a result", accepted=True)
    try:
        read: Response[Any] = Response[method.__returning__].model_validate(  # type: ignore[name-defined]
            {"ok": True, "result": result}, context={"bot": bot}
        )
    except ValidationError:
        # It quotes what it could not read.
        raise OddAnswer(status, "a result of another shape", accepted=True, result=result) from None
    return read.result


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a body is; None for whatever is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _pause(answer: dict[str, Any], headers: Mapping[str, str]) -> int | None:
    """Seconds that the answer asks to wait."""
    match answer:
        case {"parameters": {"retry_after": int(seconds)}} if seconds > 0:
            return min(seconds, LONGEST_PAUSE)
    told = headers.get("Retry-After", "")
    return min(max(int(told), 1), LONGEST_PAUSE) if told.isascii() and told.isdigit() and len(told) < 10 else None
