"""An aiogram session that judges a Bot API response by its HTTP status first and by its body second.

Proxies and gateways may respond in Telegram's place, with HTML or an empty body. aiogram reads the body first and
raises the same error for every unexpected one, so a caller can't tell whether the message may have arrived.
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
"""The longest pause in seconds that is accepted from a response."""

DOWNLOAD_WITHIN = 12
"""Timeout in seconds for fetching a file."""

_REFUSALS: dict[int, type[TelegramAPIError]] = {
    400: TelegramBadRequest,
    401: TelegramUnauthorizedError,
    403: TelegramForbiddenError,
    404: TelegramNotFound,
    409: TelegramConflictError,
}


class UnexpectedResponse(AiogramError):
    """A response that the Bot API does not define: from a proxy, another server, or a newer Telegram.

    The message names the status and the fault, and quotes nothing of the response.
    """

    def __init__(self, status: int, what: str, *, accepted: bool = False, result: object = None) -> None:
        super().__init__(f"HTTP {status}, {what}")
        self.status = status
        self.accepted = accepted
        """Whether Telegram accepted the request, and only the result can't be read."""
        self._result = result

    @property
    def message_id(self) -> int | None:
        """The id of the sent message, or None when it can't be read."""
        match self._result:
            case {"message_id": int(message_id)} if 0 < message_id < 2**63:
                return message_id
            case _:
                return None


class BotApiSession(AiohttpSession):
    """aiogram's session with stricter reading of responses.

    Every failure is an `AiogramError`: `TelegramNetworkError` when no response came, aiogram's own class for a refusal
    by Telegram, or `UnexpectedResponse`. Redirects are not followed: they would send a person's text to another host.
    """

    _server_time: tuple[float, float] | None = None
    """Telegram's time of the last response, and the monotonic time at which it came."""

    @property
    def now(self) -> float:
        """Unix seconds by Telegram's clock; by this machine's until the first response."""
        if self._server_time is None:
            return time.time()  # noqa: TID251
        there, here = self._server_time
        return there + time.monotonic() - here

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 (aiogram calls it so)
    ) -> TelegramType:
        """Calls a method. `timeout` is in seconds, or an aiohttp `ClientTimeout`."""
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
            # An error status stands even when the body does not arrive.
            if status < 300:
                raise TelegramNetworkError(method=method, message=type(error).__name__) from error
        result = _result(bot, method, status, headers, json_object(body) or {})
        # Only after a valid response: a proxy may have another clock.
        self._note_time(headers.get("Date", ""))
        return cast("TelegramType", result)

    async def download(self, bot: Bot, path: str, *, at_most: int) -> bytes:
        """Fetches a file into memory. Raises `AiogramError`, also when it has more than `at_most` bytes.

        No error names the address, which holds the token.
        """
        session = await self.create_session()
        content = bytearray()
        try:
            async with session.get(
                self.api.file_url(bot.token, path), timeout=ClientTimeout(DOWNLOAD_WITHIN), allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise UnexpectedResponse(answer.status, "no file")
                async for piece in answer.content.iter_any():
                    content += piece
                    if len(content) > at_most:
                        raise UnexpectedResponse(answer.status, "a larger file than was told")
        except (ClientError, OSError) as error:
            raise UnexpectedResponse(0, f"a file that broke off ({type(error).__name__})") from None
        return bytes(content)

    def _note_time(self, date: str) -> None:
        try:
            self._server_time = parsedate_to_datetime(date).timestamp(), time.monotonic()
        except ValueError:
            # Not every server sends the header.
            return


def telegram_time(bot: Bot) -> float:
    """Returns Unix seconds by Telegram's clock, which all gateways of a bot share (`BotApiSession.now`)."""
    return bot.session.now if isinstance(bot.session, BotApiSession) else time.time()  # noqa: TID251


def _result(
    bot: Bot, method: TelegramMethod[Any], status: int, headers: Mapping[str, str], answer: dict[str, Any]
) -> Any:
    """Returns the method's result. Raises the error that the status means otherwise."""
    said = answer.get("ok")
    if status < 300:
        if said is True:
            return _accepted(bot, method, status, answer.get("result"))
        if said is not False:
            raise UnexpectedResponse(status, "not as the Bot API answers")
        # Some proxies turn every status into 200. `"ok": false` still means that Telegram refused the request.
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
    # Only Telegram itself can say that a token is refused or a person is gone.
    if said is not False:
        raise UnexpectedResponse(status, "not as the Bot API answers")
    raise _REFUSALS.get(status, TelegramAPIError)(method=method, message=description)


def _accepted(bot: Bot, method: TelegramMethod[Any], status: int, result: object) -> Any:
    if result is None:
        raise UnexpectedResponse(status, "a yes without a result", accepted=True)
    try:
        read: Response[Any] = Response[method.__returning__].model_validate(  # type: ignore[name-defined]
            {"ok": True, "result": result}, context={"bot": bot}
        )
    except ValidationError:
        # The ValidationError quotes its input.
        raise UnexpectedResponse(status, "a result of another shape", accepted=True, result=result) from None
    return read.result


def json_object(body: bytes) -> dict[str, Any] | None:
    """Parses a JSON object. Returns None for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _pause(answer: dict[str, Any], headers: Mapping[str, str]) -> int | None:
    """Returns the seconds that the response asks to wait, if it does."""
    match answer:
        case {"parameters": {"retry_after": int(seconds)}} if seconds > 0:
            return min(seconds, LONGEST_PAUSE)
    told = headers.get("Retry-After", "")
    return min(max(int(told), 1), LONGEST_PAUSE) if told.isascii() and told.isdigit() and len(told) < 10 else None
