"""`selfology safety`: what the rules and the second net hear in texts of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from schema.danger import Danger

safety = typer.Typer(help="What is heard as danger.", no_args_is_help=True)


@safety.callback()
def _group() -> None:
    """Keeps `check` a command of its own while it is the only one."""


@safety.command()
def check(
    file: Annotated[Path, typer.Argument(help="Texts in UTF-8, one a line.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, without the text.")] = False,
) -> None:
    """Tell of each text whether it is heard as danger: how sure, of which kind, about whom, and when."""
    from schema.operator_error import OperatorError

    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise OperatorError(f"{file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise OperatorError(f"{file} is not UTF-8: byte {error.start + 1} is no part of a character.") from None
    _report([(number, line) for number, line in enumerate(lines, start=1) if line.strip()], as_json=as_json)


def _report(texts: list[tuple[int, str]], *, as_json: bool) -> None:
    from activities.safety.second_net import Net
    from workers.optional_dependencies import require_extra
    from workflows.safety.rules.levels import danger_in

    require_extra("encoder")
    net = Net.loaded()
    for number, text in texts:
        told = _told(net.danger_in(text, danger_in(text)))
        if as_json:
            typer.echo(json.dumps({"line": number, **told}))
        else:
            typer.echo("\t".join([*(value or "-" for value in told.values()), text]))


def _told(danger: Danger | None) -> dict[str, str | None]:
    if danger is None:
        return {"level": "none", "kind": None, "about": None, "when": None, "harm": None}
    return {
        "level": danger.level.name.lower(),
        "kind": danger.kind.value,
        "about": danger.about.value,
        "when": danger.when.value,
        "harm": danger.harm.value if danger.harm else None,
    }
