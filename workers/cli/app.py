"""`selfology`, for operators and developers. Commands import what they need when they run, so that --help is quick."""

from __future__ import annotations

import io
import sys

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from schema.failure_description import described
from schema.operator_error import OperatorError
from schema.redaction import redacted
from workers.cli.backup import backup
from workers.cli.bot import bot
from workers.cli.chat import chat
from workers.cli.coach import coach
from workers.cli.codec import codec
from workers.cli.costs import costs
from workers.cli.db import db
from workers.cli.demo import demo
from workers.cli.deploy import deploy
from workers.cli.doctor import doctor
from workers.cli.erase import erase
from workers.cli.keys import keys
from workers.cli.legacy import legacy
from workers.cli.replay import replay
from workers.cli.safety import safety
from workers.cli.sessions import sessions
from workers.cli.trace import trace
from workers.cli.up import up
from workers.cli.vectors import vectors
from workers.cli.worker import worker
from workers.shutdown import exit_process

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
app.command()(codec)
app.command()(doctor)
app.command()(costs)
app.command()(replay)
app.command()(erase)
app.command()(trace)
app.add_typer(db, name="db")
app.add_typer(sessions, name="sessions")
app.add_typer(safety, name="safety")
app.add_typer(keys, name="keys")
app.add_typer(vectors, name="vectors")
app.add_typer(coach, name="coach")
app.add_typer(backup, name="backup")
app.add_typer(legacy, name="legacy")
app.add_typer(deploy, name="deploy")
_COMMAND = get_command(app)


def main() -> None:
    """Runs the command that this process was started with."""
    for stream in (sys.stdout, sys.stderr):
        # Characters that the console's encoding lacks are replaced. A closed stream is None.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    exit_process(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs a command and returns its exit code: 0 done, 1 an unexpected error, 2 an error that the operator can fix."""
    try:
        # Arguments that are no UTF-8 can be neither looked up nor printed.
        if any("\ud800" <= sign <= "\udfff" for argument in arguments for sign in argument):
            raise OperatorError("The command line takes UTF-8: set the terminal to it.")
        return _COMMAND(arguments, prog_name="selfology", standalone_mode=False) or 0
    except OperatorError as error:
        typer.echo(f"selfology: {error}", err=True)
    except TyperException as error:
        # The message is empty when typer has already printed the help.
        if str(error):
            typer.echo(f"selfology: {_complaint(error)} See `selfology --help`.", err=True)
    except typer.Abort:
        # Nobody said yes, as where the input is no terminal.
        typer.echo("selfology: Nothing was done.", err=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception as error:  # noqa: BLE001 - the interpreter would print it with its secrets
        if (line := _server_failure(error)) is None:
            typer.echo(redacted(described(error)), err=True)
            return 1
        typer.echo(f"selfology: {line}", err=True)
    return 2


def _server_failure(error: Exception) -> OperatorError | None:
    """Describes a server's failure during a command for operators. Returns None for any other error."""
    # Imported here because they are slow; whoever raised such an error has imported them already.
    from asyncpg import InterfaceError, PostgresError
    from temporalio.service import RPCError

    from workers.client import explain_refusal
    from workers.database import explained

    if isinstance(error, RPCError):
        return OperatorError(f"Temporal {explain_refusal(error)}.")
    return explained(error) if isinstance(error, (PostgresError, InterfaceError)) else None


def _complaint(error: TyperException) -> str:
    """Describes what is wrong with the command line, including the option's name."""
    words = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
    return f"{' '.join(words.split()).rstrip('.')}."
