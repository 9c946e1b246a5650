"""The sources of a person's lines: an editor in a terminal, or a pipe."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.formatted_text import StyleAndTextTuples

from gateway.terminal.choices import Numbered
from gateway.terminal.inbound.input_parser import TooLong, meaning
from gateway.terminal.inbound.lines import Unreadable
from gateway.terminal.outbound.legible import SPINNER, legible
from gateway.terminal.outbound.screen import Screen

_FRAME_SECONDS = 0.1
READ_AHEAD = 1000
"""How many lines of a pipe are read ahead."""


@dataclass(frozen=True)
class Line:
    """A line that a person entered."""

    text: str
    nonce: str | None
    """The nonce of the question or request that was on the screen when they began to write."""
    choices: tuple[Numbered, ...] = ()
    """The choices that were on the screen then. Nobody chooses what they have not seen."""


class Keyboard(Protocol):
    """A source of lines."""

    async def line(self) -> Line | None:
        """Waits for the next line. Returns None when the person leaves. May be cancelled."""

    def unread_lines(self) -> list[str]:
        """Returns the lines that were read and not yet returned, once the conversation is over."""


class TypedKeyboard:
    """The editor of a person at a terminal. They may write at any time; a spinner shows while Selfology reads."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._begun: Line | None = None
        """What was on the screen when the person began to write; None while they have written nothing."""
        self._to_shorten = ""
        self._prompt: PromptSession[str] = PromptSession(message=self._message, refresh_interval=_FRAME_SECONDS)
        self._prompt.default_buffer.on_text_changed += self._note_beginning

    async def line(self) -> Line | None:
        while True:
            if not self._to_shorten:
                self._begun = None
            try:
                # The process keeps its own handlers: prompt_toolkit's would wait for a key after an exception.
                text = await self._prompt.prompt_async(
                    default=self._to_shorten, handle_sigint=False, set_exception_handler=False
                )
            except (EOFError, KeyboardInterrupt):
                return None
            # A text that is too long is returned for screening, and stays in the editor to be shortened.
            self._to_shorten = text if isinstance(meaning(text, ()), TooLong) else ""
            if not _is_whole(text):
                self._screen.say("terminal-unreadable", encoding="UTF-8")
            elif self._begun and text.strip():
                return replace(self._begun, text=text)
            else:
                self._screen.say("answer-empty")

    def unread_lines(self) -> list[str]:
        return []

    def _note_beginning(self, buffer: Buffer) -> None:
        if not buffer.text:
            self._begun = None
        elif self._begun is None:
            self._begun = Line(buffer.text, self._screen.nonce, self._screen.choices)

    def _message(self) -> StyleAndTextTuples:
        encoding = self._screen.console.encoding
        if self._screen.turn.is_set():
            return [("bold", legible("› ", encoding))]
        frame = SPINNER[int(time.monotonic() / _FRAME_SECONDS) % len(SPINNER)]
        reading = self._screen.texts.say("terminal-thinking")
        # What is being written stands in the place of the editor, which is drawn anew, so nothing of it is left behind
        # when the reply comes, nor when the person sends a line.
        written = [] if self._prompt.app.is_done else self._screen.sketched()
        above = "".join(f"{line}\n" for line in (*written, *([""] if written else [])))
        return [
            ("ansigreen", legible(above, encoding)),
            ("ansicyan", legible(f"{frame} ", encoding)),
            ("ansibrightblack", legible(f"{reading} ", encoding)),
        ]


def _is_whole(text: str) -> bool:
    """Returns whether all typed bytes could be decoded; the editor makes surrogates of the others."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


class PipedKeyboard:
    """The lines of a pipe or file. Each waits for the person's turn, so a script needs no timing.

    Lines are read ahead, so that bytes that are no text are found before earlier lines are sent. `line` raises
    `Unreadable`.
    """

    def __init__(self, screen: Screen, lines: Iterator[str]) -> None:
        self._screen = screen
        self._lines = lines
        self._read: asyncio.Queue[str | None] = asyncio.Queue()
        self._room = threading.Semaphore(READ_AHEAD)
        self._reads = False
        self._unreadable: Unreadable | None = None

    async def line(self) -> Line | None:
        if not self._reads:
            self._reads = True
            # A daemon thread, because a blocking read can't be interrupted when the process ends.
            threading.Thread(target=self._read_ahead, args=[asyncio.get_running_loop()], daemon=True).start()
        await self._screen.turn.wait()
        text = await self._read.get()
        if self._unreadable:
            raise self._unreadable
        self._room.release()
        if text is None:
            return None
        self._screen.echo(text)
        return Line(text, self._screen.nonce, self._screen.choices)

    def unread_lines(self) -> list[str]:
        return [text for _ in range(self._read.qsize()) if (text := self._read.get_nowait()) is not None]

    def _read_ahead(self, loop: asyncio.AbstractEventLoop) -> None:
        # RuntimeError: the conversation has ended and closed its event loop.
        with suppress(RuntimeError):
            try:
                for text in self._lines:
                    loop.call_soon_threadsafe(self._read.put_nowait, text)
                    self._room.acquire()
            except Unreadable as error:
                self._unreadable = error
            except OSError:
                # The terminal was closed: the input ends.
                pass
            loop.call_soon_threadsafe(self._read.put_nowait, None)
