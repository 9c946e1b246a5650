"""`selfology trace`: what a message caused, as a tree, for whoever has no viewer of traces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.tree import Tree

    from workers.telemetry.trace_file import Span, Trace


def trace(
    workflow_id: Annotated[str, typer.Option(help="The workflow that took the message.")],
    file: Annotated[
        Path | None, typer.Option(help="What a collector's file exporter wrote; SELFOLOGY_TRACE_FILE when not given.")
    ] = None,
    last: Annotated[int, typer.Option(min=1, help="How many messages to show, the latest last.")] = 1,
) -> None:
    """Print the tree of the last message that a workflow has taken: in which process, when and for how long."""
    from rich.console import Console

    from schema.operator_error import OperatorError
    from workers.telemetry.settings import TelemetrySettings
    from workers.telemetry.trace_file import traces_of

    file = file or TelemetrySettings().trace_file
    if file is None:
        raise OperatorError("No file of spans is known: give --file, or set SELFOLOGY_TRACE_FILE for all processes.")
    found = traces_of(file, workflow_id)
    if not found:
        raise OperatorError(f"{file} has no span of {workflow_id}: it may not be sampled, or not be written yet.")
    console = Console(highlight=False)
    for each in found[-last:]:
        console.print(_tree(each))


def _tree(trace: Trace) -> Tree:
    from rich.tree import Tree

    tree = Tree(f"[bold]{trace.began:%Y-%m-%d %H:%M:%S} UTC")
    _grow(tree, trace, None)
    return tree


def _grow(tree: Tree, trace: Trace, parent: Span | None) -> None:
    from rich.markup import escape

    from workers.telemetry.trace_file import FAILED

    for span, process in trace.under(parent):
        name = f"[red]{escape(span.name)} failed[/]" if span.status.code == FAILED else escape(span.name)
        times = f"[dim]{process}[/] {trace.after(span):,.0f} + {span.milliseconds:,.1f} ms"
        _grow(tree.add(f"{name}  {times}"), trace, span)
