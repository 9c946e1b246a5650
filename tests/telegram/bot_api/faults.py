"""Faults that a test plays: what networks, busy servers and whatever stands between do to a bot."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["429", "500", "hang", "cut", "refuse", "answer", "hold", "late"]


@dataclass
class Fault:
    """What happens to the next calls of a method.

    `429` and `500` are answers, `hang` is none, ever; `refuse` closes the connection before the call is processed, and
    `cut` processes the call and closes the connection before the reply. `answer` gives another answer than Telegram's:
    instead of it, or with `processed` in its place. `hold` processes and answers the call when it is `released`; `late`
    processes it at once, and answers when it is.
    """

    method: str
    kind: Kind
    times: int = 1
    """How many calls it still hits."""
    chat: int | None = None
    """Only calls of this chat."""
    retry_after: int = 1
    """Seconds that a 429 asks to wait."""
    status: int = 200
    """Of an `answer`, as the next two."""
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    processed: bool = False
    """Whether the call of an `answer` is processed all the same."""
    holds: asyncio.Event = field(default_factory=asyncio.Event)
    """Set as soon as a call is held, or its answer."""
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """What a call or an answer that is held waits for."""


class Faults:
    """The faults that are still to be played, first come first."""

    def __init__(self) -> None:
        self._coming: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plays this one, too."""
        self._coming.append(fault)

    def next(self, method: str, chat: object) -> Fault | None:
        """The fault of this call, if one is due; it is used up by that."""
        for fault in self._coming:
            if fault.method == method and (fault.chat is None or str(fault.chat) == str(chat)):
                fault.times -= 1
                if not fault.times:
                    self._coming.remove(fault)
                return fault
        return None
