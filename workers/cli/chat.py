"""`selfology chat`: a conversation in this terminal."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from schema.vocabulary import Locale
from workers.optional_dependencies import require_extra

if TYPE_CHECKING:
    import io

    from pydantic import SecretStr

    from gateway.terminal.session_link import Visitor
    from workers.cli.terminal_session import Terminal

DEFAULT_NAME = "me"
LONGEST_NAME = 60


def chat(
    name: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who is talking; each name is a person.")
    ] = DEFAULT_NAME,
    language: Annotated[Locale | None, typer.Option(help="For a new person; otherwise the terminal's own.")] = None,
) -> None:
    """Talk to Selfology in this terminal, or pipe lines into it."""
    require_extra("terminal")
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise typer.BadParameter(f"takes 1 to {LONGEST_NAME} printable characters", param_hint="--as")
    asyncio.run(_chat(name.strip(), language, _piped()))


def language_of(environment: Mapping[str, str]) -> Locale:
    """Returns the language of a terminal, from the first locale variable that is set."""
    said = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return Locale.RU if said.lower().startswith("ru") else Locale.EN


@contextmanager
def reserve_name(folder: Path, pepper: SecretStr, wanted: str) -> Iterator[str]:
    """Yields a name: the first of NAME, NAME-2, ... that no other terminal uses now."""
    from schema.identity import user_ref
    from workers.stack.locks import FileLock

    folder.mkdir(exist_ok=True)
    for number in count(1):
        name = wanted if number == 1 else f"{wanted}-{number}"
        # A person's name may hold characters that a file name may not, and is nobody's business.
        lock = FileLock(folder / f"{user_ref(pepper, f'terminal:{name}')}.lock")
        try:
            if lock.try_exclusive():
                yield name
                return
        finally:
            lock.close()


def _piped() -> Iterator[str] | None:
    """Returns the lines of a pipe or file, or None for an interactive terminal."""
    from gateway.terminal.inbound.lines import lines_of

    # None when the process was started without standard input.
    if sys.stdin is None:
        return iter([])
    typed = sys.stdin.isatty()
    if typed and sys.stdout and sys.stdout.isatty():
        return None
    source = cast("io.BufferedReader", sys.stdin.buffer)
    with _explain_unreadable("nothing of it is recorded"):
        return lines_of(source, sys.stdin.encoding if typed else None)


@contextmanager
def _explain_unreadable(so: str) -> Iterator[None]:
    """Turns `Unreadable` into an `OperatorError`. `so` says what happens to the input."""
    from gateway.terminal.inbound.lines import Unreadable
    from schema.operator_error import OperatorError

    try:
        yield
    except Unreadable:
        raise OperatorError(
            f"The input is not UTF-8 text, so {so}. Convert it, such as by "
            "`iconv -f WINDOWS-1251 -t UTF-8 answers.txt > answers.utf8.txt`."
        ) from None


async def _chat(wanted: str, language: Locale | None, piped: Iterator[str] | None) -> None:
    from rich.console import Console

    from gateway.terminal.outbound.screen import Screen
    from workers.cli.terminal_session import open_terminal

    screen = Screen(Console(highlight=False), language or language_of(os.environ))
    async with open_terminal(screen) as terminal:
        with reserve_name(terminal.home.root / "people", terminal.stack.pepper, wanted) as name:
            if name != wanted:
                screen.say("terminal-name-taken", wanted=wanted, name=name)
            visitor = await terminal.visitor(name)
            with _explain_unreadable("nothing more of it is recorded"):
                ended = await _talk(terminal, visitor, piped)
            command = "make chat" if name == DEFAULT_NAME else f'make chat ARGS="--as {shlex.quote(name)}"'
            screen.say("terminal-come-back" if ended else "terminal-place-kept", command=command)
            if ended:
                terminal.point_to_web_ui(visitor)


async def _talk(terminal: Terminal, visitor: Visitor, piped: Iterator[str] | None) -> bool:
    """Holds the conversation. Returns whether the session has ended; if not, the person left before."""
    from prompt_toolkit.patch_stdout import patch_stdout
    from temporalio.client import WorkflowFailureError

    from gateway.terminal.conversation import PersonErased
    from gateway.terminal.inbound.keyboard import PipedKeyboard, TypedKeyboard

    screen = terminal.screen
    try:
        if piped is not None:
            return await terminal.converse(visitor, PipedKeyboard(screen, piped)) is not None
        # Prints messages above the line that the person is typing.
        with patch_stdout(raw=True):
            screen.say("terminal-hint")
            return await terminal.converse(visitor, TypedKeyboard(screen)) is not None
    except PersonErased:
        return True
    except WorkflowFailureError:
        screen.say("session-gone")
        return True
