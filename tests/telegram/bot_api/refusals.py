"""What the server answers instead of a result."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that Telegram refuses: HTTP status, Telegram's description, and seconds to wait where it names them."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


def bad_request(reason: str) -> Refusal:
    """400, worded as Telegram does: its own sentences begin in lower case, its error codes stay as they are."""
    sentence = reason if reason[1:2] == "_" or reason[1:2].isupper() else reason[:1].lower() + reason[1:]
    return Refusal(400, f"Bad Request: {sentence}")


def forbidden(reason: str) -> Refusal:
    """403."""
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    """409."""
    return Refusal(409, f"Conflict: {reason}")


def too_many_requests(retry_after: int) -> Refusal:
    """429, with the seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", retry_after)


def not_served(what: str) -> Refusal:
    """501: Telegram has it, this server does not."""
    return Refusal(501, f"Not Implemented: the Bot API of the tests does not serve {what}")
