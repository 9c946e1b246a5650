"""Where a person's lines come from: an editor in a terminal, or a pipe."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.validation import ValidationError, Validator

from gateway.terminal.screen import Screen
from schema.session import ANSWER_LIMIT

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAME_SECONDS = 0.1


@dataclass(frozen=True)
class Line:
    """A line that a person entered."""

    text: str
    nonce: str | None
    """The asking that was on the screen when they began to write."""


class Keyboard(Protocol):
    """Where lines come from."""

    async def line(self) -> Line | None:
        """The next line; None when the person leaves. May be cancelled."""


class TypedKeyboard:
    """A person at a terminal. They may write at any time; a spinner shows while Selfology reads."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._begun_at: str | None = None
        self._prompt: PromptSession[str] = PromptSession(
            message=self._message,
            validator=_Fits(screen),
            validate_while_typing=False,
            refresh_interval=_FRAME_SECONDS,
        )
        self._prompt.default_buffer.on_text_changed += self._note_beginning

    async def line(self) -> Line | None:
        while True:
            self._begun_at = None
            try:
                # The session's own handlers stay in place: that of exceptions would stop the person and eat their keys.
                text = await self._prompt.prompt_async(handle_sigint=False, set_exception_handler=False)
            except (EOFError, KeyboardInterrupt):
                return None
            if text.strip():
                return Line(text, self._begun_at)
            self._screen.say("answer-empty")

    def _note_beginning(self, buffer: Buffer) -> None:
        if not buffer.text:
            self._begun_at = None
        elif self._begun_at is None:
            self._begun_at = self._screen.nonce

    def _message(self) -> StyleAndTextTuples:
        if self._screen.turn.is_set():
            return [("bold", "› ")]
        frame = _FRAMES[int(time.monotonic() / _FRAME_SECONDS) % len(_FRAMES)]
        return [("ansicyan", f"{frame} "), ("ansibrightblack", f"{self._screen.texts.say('terminal-thinking')} ")]


class _Fits(Validator):
    """Keeps what is too long in the editor, with a word on it, so that it can be shortened."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def validate(self, document: Document) -> None:
        length = len(document.text)
        if length > ANSWER_LIMIT:
            told = self._screen.texts.say("answer-too-long", length=length, limit=ANSWER_LIMIT)
            raise ValidationError(cursor_position=length, message=told)


class PipedKeyboard:
    """Lines of a pipe or file. One is read only when it is the person's turn; so a script needs no timing."""

    def __init__(self, screen: Screen, source: BinaryIO) -> None:
        self._screen = screen
        self._source = source

    async def line(self) -> Line | None:
        await self._screen.turn.wait()
        raw = await self._read()
        if not raw:
            return None
        text = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        self._screen.echo(text)
        return Line(text, self._screen.nonce)

    async def _read(self) -> bytes:
        loop = asyncio.get_running_loop()
        line: asyncio.Future[bytes] = loop.create_future()

        def read() -> None:
            raw = self._source.readline()
            # The conversation may have ended meanwhile, and its loop with it.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, line, raw)

        # A daemon, because nothing can interrupt a read: the process may end in the middle of it.
        threading.Thread(target=read, daemon=True).start()
        return await line


def _settle(line: asyncio.Future[bytes], raw: bytes) -> None:
    if not line.done():
        line.set_result(raw)
