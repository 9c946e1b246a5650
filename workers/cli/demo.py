"""`selfology demo`: a whole session with an invented person and their talk with the coach, live."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.terminal.inbound.manners import Manner
from schema.operator_error import OperatorError
from schema.vocabulary import Locale
from workers.cli.chat import language_of
from workers.optional_dependencies import require_extra

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 92


def demo(
    language: Annotated[Locale | None, typer.Option(help="Otherwise the terminal's own.")] = None,
    person: Annotated[Manner, typer.Option(help="Who answers, by their manner.")] = Manner.OPEN,
    fast: Annotated[bool, typer.Option(help="Without the pauses that let one read along.")] = False,
    questions: Annotated[int, typer.Option(min=3, max=15, help="How long the session is.")] = 12,
    save_svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the screen as a picture.")] = None,
) -> None:
    """Watch an invented person in a session and with the coach: their words were written before, all else is real."""
    require_extra("terminal")
    if save_svg and not save_svg.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no directory {save_svg.parent}", param_hint="--save-svg")
    locale = language or language_of(os.environ)
    asyncio.run(_demo(locale, person, fast=fast, questions=questions, save_svg=save_svg))


async def _demo(locale: Locale, person: Manner, *, fast: bool, questions: int, save_svg: Path | None) -> None:
    from rich.console import Console

    from gateway.terminal.inbound.persona import AT_ONCE, Pace, PersonaKeyboard, load_persona
    from gateway.terminal.outbound.screen import Screen
    from schema.onboarding.messages import SessionSettings
    from workers.cli.terminal_session import open_terminal

    console = Console(highlight=False, record=save_svg is not None, width=WIDTH if save_svg else None)
    screen = Screen(console, locale)
    persona = load_persona(locale, person)
    keyboard = PersonaKeyboard(persona, screen, AT_ONCE if fast else Pace())
    async with open_terminal(screen) as terminal:
        name = f"demo-{secrets.token_hex(4)}"
        visitor = await terminal.visitor(name)
        screen.say("terminal-demo")
        begun = time.monotonic()
        outcome = await terminal.converse(
            visitor, keyboard, SessionSettings(planned_questions=questions), with_coach=bool(persona.coaching)
        )
        if outcome is None:
            return
        seconds = round(time.monotonic() - begun, 1)
        screen.say("terminal-demo-took", seconds=seconds, answers=outcome.answers)
        if save_svg:
            _save(console, save_svg)
        terminal.point_to_web_ui(visitor)


def _save(console: Console, file: Path) -> None:
    picture = console.export_svg(title="make demo")
    try:
        # Without web fonts, so that the picture loads nothing from elsewhere.
        file.write_text(re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL), encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"{file} can't be written: {error.strerror}.") from None
