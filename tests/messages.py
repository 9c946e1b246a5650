"""Writes docs/messages.md: what workflows take and what activities do. `python -m tests.messages`."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

from pydantic import BaseModel
from temporalio import workflow

import schema
from schema.id_pattern import IdPattern
from workers.registry import WORKFLOWS

PAGE = Path(__file__).parent.parent / "docs" / "messages.md"

HEAD = """# Messages

What crosses Temporal: what a workflow takes, what an activity is given and gives back, and what these consist of.
Written from the code by `python -m tests.messages`; a test says when it is no longer true.

Names and fields are a contract with histories that are kept for weeks: a field is added with a default and never
renamed, and unknown ones are ignored ([releases.md](releases.md)). What a person wrote is encrypted in each of these
with a key of their own ([privacy.md](privacy.md)).
"""

Callables = dict[str, Callable[..., Any]]


def page() -> str:
    """The page as the code is now."""
    lines = [HEAD, "## Workflows", ""]
    for cls in WORKFLOWS:
        lines += [*_workflow(cls), ""]
    lines += [
        "## Activities",
        "",
        "By the ports that declare them; a class of `activities/` or `gateway/` implements each.",
        "",
    ]
    for port in _ports():
        lines += [f"### {port.__name__}", "", _first(port), "", *_table(_activities(port)), ""]
    lines += ["## Payloads", ""]
    for payload in sorted(_payloads(), key=lambda cls: cls.__name__):
        lines += [*_payload(payload), ""]
    return "\n".join(lines)


def _workflow(cls: type) -> list[str]:
    of = workflow._Definition.must_from_class(cls)
    ids = [f"`{pattern.word}-…`" for pattern in _found(IdPattern) if pattern.workflow_type == of.name]
    about = _first(cls)
    if not re.search(r"\(ids? ", about):
        about += f" Its id: {' or '.join(ids) or 'one for the whole system'}."
    lines = [f"### {of.name}", "", about, ""]
    return [*lines, *_table({"run": of.run_fn, **_handlers(cls)})]


def _handlers(cls: type) -> Callables:
    """Signals, updates and queries of a workflow by their kind and name."""
    of = workflow._Definition.must_from_class(cls)
    kinds: list[tuple[str, Any]] = [("signal", of.signals), ("update", of.updates), ("query", of.queries)]
    return {f"{kind} {name}": handler.fn for kind, handlers in kinds for name, handler in handlers.items()}


def _ports() -> list[type]:
    """The classes of `schema` that declare activities."""
    return sorted(filter(_activities, _found(type)), key=lambda cls: (cls.__module__, cls.__name__))


def _activities(port: type) -> Callables:
    declared = {method: getattr(method, "__temporal_activity_definition", None) for method in _functions(port)}
    return {of.name: method for method, of in declared.items() if of}


def _functions(cls: type) -> list[Callable[..., Any]]:
    return [value for value in vars(cls).values() if inspect.isfunction(value)]


@cache
def _found(kind: type) -> list[Any]:
    """All of a kind that a module of `schema` has, each once."""
    modules = [importlib.import_module(found.name) for found in pkgutil.walk_packages(schema.__path__, "schema.")]
    named = [value for module in modules for value in vars(module).values() if isinstance(value, kind)]
    ours = [value for value in named if not isinstance(value, type) or value.__module__.startswith("schema.")]
    return list({id(value): value for value in ours}.values())


@cache
def _payloads() -> frozenset[type[BaseModel]]:
    """All models that something takes or gives, and those within them."""
    ends = [
        of for cls in WORKFLOWS for of in (workflow._Definition.must_from_class(cls).run_fn, *_handlers(cls).values())
    ]
    ends += [method for port in _ports() for method in _activities(port).values()]
    reached: set[type[BaseModel]] = set()
    waiting = [hint for end in ends for hint in typing.get_type_hints(end).values()]
    while waiting:
        for model in _models_in(waiting.pop()):
            if model not in reached:
                reached.add(model)
                waiting += [field.annotation for field in model.model_fields.values()]
    return frozenset(reached)


def _models_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
        # What is declared as its base may be any of these.
        yield from hint.__subclasses__()
    for part in typing.get_args(hint):
        yield from _models_in(part)


def _table(takers: Callables) -> list[str]:
    rows = [f"| `{name}` | {_taken(takes)} | {_given(takes)} | {_first(takes)} |" for name, takes in takers.items()]
    return ["| | takes | gives | |", "|---|---|---|---|", *rows]


def _taken(takes: Callable[..., Any]) -> str:
    annotations = inspect.get_annotations(takes)
    return ", ".join(_linked(written) for name, written in annotations.items() if name != "return")


def _given(takes: Callable[..., Any]) -> str:
    written = inspect.get_annotations(takes).get("return", "None")
    return "" if written == "None" else _linked(written)


def _payload(cls: type[BaseModel]) -> list[str]:
    bases = [base.__name__ for base in cls.__bases__ if base in _payloads()]
    also = f" Has what {' and '.join(map(_linked, bases))} has." if bases else ""
    return [f"### {cls.__name__}", "", f"{_first(cls)}{also}", "", *_fields(cls)]


def _fields(cls: type[BaseModel]) -> list[str]:
    """A line a field, with what stands under it."""
    (tree,) = ast.parse(dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    lines = []
    for node, after in zip(tree.body, [*tree.body[1:], None], strict=True):
        match node, after:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=hint, value=value), _ if name in cls.model_fields:
                default = (
                    f", {ast.unparse(value)} by default" if isinstance(value, ast.Constant | ast.Attribute) else ""
                )
                line = f"- `{name}`: {_linked(ast.unparse(hint))}{default}"
                match after:
                    case ast.Expr(value=ast.Constant(value=str(about))):
                        line += f". {_paragraph(about)}"
                lines.append(line)
    return lines


def _linked(written: str) -> str:
    """An annotation as it is written, with links to payloads."""
    known = {payload.__name__ for payload in _payloads()}
    text = written.replace(" | ", " or ").replace("[", "\\[")
    return re.sub(r"\w+", lambda word: f"[{word[0]}](#{word[0].lower()})" if word[0] in known else word[0], text)


def _first(of: Any) -> str:
    """The first paragraph of what stands under a name; of its own, not of a base."""
    return _paragraph(of.__doc__ or "")


def _paragraph(text: str) -> str:
    return " ".join(inspect.cleandoc(text).split("\n\n")[0].split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
