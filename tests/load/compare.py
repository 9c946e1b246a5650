"""`make bench AGAINST=<commit>`: this tree beside a commit, each by its own bench, five runs of each in turn.

Medians, with their spread. What lies within the spread of the other is no difference that was measured.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parents[2]
LOCK = "requirements/dev.txt"

Run = dict[str, float]


def compare(
    commit: Annotated[str, typer.Argument(help="What this tree is compared with.")],
    runs: Annotated[int, typer.Option(min=2, max=50, help="Runs of each.")] = 5,
    options: Annotated[str, typer.Option(help="Options of each bench, such as '--newcomers 1000'.")] = "",
) -> None:
    """Print medians and spread of this tree and of a commit."""
    console = Console()
    with _checked_out(commit) as there:
        measured: dict[Path, list[Run]] = {there: [], HERE: []}
        with console.status("") as status:
            for number in range(runs):
                for tree, figures in measured.items():
                    status.update(f"Run {number + 1} of {runs}: {commit if tree is there else 'this tree'}")
                    figures.append(_run(tree, options.split()))
    console.print(_table(commit, measured[there], measured[HERE]))


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    """A commit in a worktree of its own, with a `.venv` of its own if its lock is another one."""
    with tempfile.TemporaryDirectory(prefix="selfology-against-") as folder:
        there = Path(folder) / "tree"
        _git("worktree", "add", "--quiet", "--detach", str(there), commit)
        try:
            if (there / LOCK).read_bytes() != (HERE / LOCK).read_bytes():
                subprocess.run(["make", "-s", "-C", str(there), ".venv/installed-dev"], check=True)
            yield there
        finally:
            _git("worktree", "remove", "--force", str(there))


def _git(*command: str) -> None:
    done = subprocess.run(["git", "-C", str(HERE), *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise typer.BadParameter(done.stderr.strip())


def _run(tree: Path, options: list[str]) -> Run:
    own = tree / ".venv/bin/python"
    done = subprocess.run(
        [own if own.exists() else sys.executable, "-m", "tests.load.bench", "--json", *options],
        cwd=tree,
        # The tree's own code, also in the processes that the bench starts from elsewhere.
        env={**os.environ, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise typer.BadParameter(f"the bench of {tree} failed: {done.stderr.strip()}")
    figures = json.loads(done.stdout.splitlines()[-1])
    ours, bare = figures["ours"], figures["bare"]
    ratios = {f"{name}, x bare": ours[name] / bare[name] for name in ours if bare.get(name)}
    return {**ours, **ratios}


def _table(commit: str, before: list[Run], after: list[Run]) -> Table:
    table = Table("median (least - most)", commit, "this tree", "change", title=f"{len(after)} runs of each, in turn")
    for name in after[0]:
        if name not in before[0]:
            continue
        was, now = [run[name] for run in before], [run[name] for run in after]
        apart = max(was) < min(now) or max(now) < min(was)
        change = f"{statistics.median(now) / statistics.median(was) - 1:+.0%}" if statistics.median(was) else ""
        table.add_row(name, _spread(was), _spread(now), change if apart else f"{change} (within the spread)")
    return table


def _spread(figures: list[float]) -> str:
    return f"{statistics.median(figures):.2f} ({min(figures):.2f} - {max(figures):.2f})"


if __name__ == "__main__":
    typer.run(compare)
