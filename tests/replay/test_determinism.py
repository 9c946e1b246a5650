"""Workflows call nothing whose result replay can't repeat: no clock, no chance, no file and no socket.

Temporal's sandbox finds such a call when it is made, and people are served without the sandbox, as are most tests. Here
the code itself is read with the sandbox's own list, branches that no test enters included.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.worker.workflow_sandbox import SandboxRestrictions
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext

import workflows

ROOT = Path(workflows.__file__).parent
RESTRICTED = SandboxRestrictions.default.invalid_module_members


def restricted_in(source: str) -> set[str]:
    """What code names that the sandbox would not let it use."""
    tree = ast.parse(source)
    imported = dict(_imported(tree))
    found = set[str]()
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call)
        if name := _dotted(node.func if isinstance(node, ast.Call) else node):
            head, *rest = name
            # A field may be called as a builtin is.
            if head not in imported and not called:
                continue
            path = [*imported.get(head, ["__builtins__", head]), *rest, *(["__call__"] if called else [])]
            if _is_restricted(path):
                found.add(".".join(path))
    return found


def _imported(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """The names that imports bind, each with what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                whole = each.name.split(".")
                yield each.asname or whole[0], whole if each.asname else whole[:1]
        elif isinstance(node, ast.ImportFrom):
            for each in node.names:
                yield each.asname or each.name, [*(node.module or "").split("."), each.name]


def _dotted(node: ast.AST) -> list[str] | None:
    """A name with its attributes; None for any other expression."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute) and (of := _dotted(node.value)):
        return [*of, node.attr]
    return None


def _is_restricted(path: list[str]) -> bool:
    context = RestrictionContext()
    context.is_runtime = True
    return RESTRICTED.match_access(context, *path, include_use=True)


def test_a_workflow_calls_nothing_that_replay_cannot_repeat() -> None:
    modules = list(ROOT.rglob("*.py"))
    assert len(modules) > 50
    found = {module.name: restricted_in(module.read_text(encoding="utf-8")) for module in modules}
    assert {name: calls for name, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("import time\ntime.sleep(1)", "time.sleep"),
        ("from random import choice as one_of\none_of([1])", "random.choice"),
        ("from datetime import datetime\ndatetime.now()", "datetime.datetime.now"),
        ("import uuid\nuuid.uuid4()", "uuid.uuid4"),
        ("import os.path\nos.path.exists('x')", "os.path"),
        ("open('x')", "__builtins__.open"),
        ("import asyncio\nasyncio.wait([])", "asyncio.wait.__call__"),
    ],
)
def test_what_it_may_not_call_is_found(code: str, named: str) -> None:
    assert any(each.startswith(named) for each in restricted_in(code))


def test_what_only_looks_like_it_is_left_in_peace() -> None:
    code = "import asyncio\nfrom datetime import datetime\nfrom temporalio import workflow\n"
    assert restricted_in(f"{code}workflow.now()\nworkflow.uuid4()\nasyncio.Event()\ndatetime(2026, 1, 1)") == set()
