"""`selfology`, for operators and developers. Commands import what they need when they run, so that --help is quick."""

from __future__ import annotations

import typer
from typer.exceptions import TyperException

from workers.cli.bot import bot
from workers.cli.chat import chat
from workers.cli.costs import costs
from workers.cli.db import db
from workers.cli.demo import demo
from workers.cli.doctor import doctor
from workers.cli.replay import replay
from workers.cli.sessions import sessions
from workers.cli.up import up
from workers.cli.worker import worker
from workers.errors import OperatorError
from workers.leaving import leave

app = typer.Typer(
    help="An AI psychological coach whose conversations are durable Temporal workflows.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks show local variables, which may hold what people wrote.
    pretty_exceptions_enable=False,
)
app.command()(chat)
app.command()(bot)
app.command()(demo)
app.command()(up)
app.command()(worker)
app.command()(doctor)
app.command()(costs)
app.command()(replay)
app.add_typer(db, name="db")
app.add_typer(sessions, name="sessions")


def main() -> None:
    """Runs a command. Exit codes: 0 done, 1 an unexpected error, 2 something that the operator has to put right."""
    code = 0
    try:
        code = app(prog_name="selfology", standalone_mode=False) or 0
    except OperatorError as error:
        typer.echo(f"selfology: {error}", err=True)
        code = 2
    except TyperException as error:
        code = 2
        # Without a command the help has been printed already, and there is nothing to add.
        if str(error):
            typer.echo(f"selfology: {_complaint(error)} See `selfology --help`.", err=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    leave(code)


def _complaint(error: TyperException) -> str:
    """What was wrong with the command line, the option's name included."""
    words = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
    return f"{' '.join(words.split()).rstrip('.')}."
