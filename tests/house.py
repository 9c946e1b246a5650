"""Draws docs/house.md: what is where, and what imports what, as the code has it. `python -m tests.house` writes it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import grimp

LAYERS = ("workers", "gateway", "activities", "workflows", "schema")
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "house.md"

HEAD = """# The house

Drawn from the imports by `python -m tests.house`; a test says when it is no longer true. An arrow points to what is
imported, with the number of imports; `make check` refuses those that break the rules in `pyproject.toml`.

"""


def page() -> str:
    """The page as the code is now."""
    graph = grimp.build_graph(*LAYERS, cache_dir=None)
    rooms = {module: _room(module) for module in graph.modules}
    between, within = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            here, there = rooms[module], rooms[imported]
            if here.split(".")[0] != there.split(".")[0]:
                between[here.split(".")[0], there.split(".")[0]] += 1
            elif here != there and "." in here and "." in there:
                within[here, there] += 1
    lines = ["```mermaid", "flowchart TB"]
    for layer in LAYERS:
        lines.append(f"    subgraph {layer}")
        lines += [f"        {_id(room)}[{room.split('.')[1]}]" for room in _rooms_of(layer, rooms)]
        lines.append("    end")
    lines += [f"    {here} -- {count} --> {there}" for (here, there), count in sorted(between.items())]
    lines += [f"    {_id(here)} --> {_id(there)}" for here, there in sorted(within)]
    lines.append("```")
    for layer in LAYERS:
        lines += ["", f"## {layer}", "", "| module | what it is about |", "|---|---|"]
        modules = sorted((module for module in rooms if module.startswith(f"{layer}.")), key=_path)
        lines += [f"| `{_path(module)}` | {about} |" for module in modules if (about := _about(module))]
    return HEAD + "\n".join(lines) + "\n"


def _room(module: str) -> str:
    """The folder that a module is in, two levels deep; the layer itself for one that lies beside the folders."""
    parts = module.split(".")
    return ".".join(parts[:2]) if len(parts) > 2 else parts[0]


def _rooms_of(layer: str, rooms: dict[str, str]) -> list[str]:
    return sorted({room for room in rooms.values() if room.startswith(f"{layer}.")})


def _id(room: str) -> str:
    return room.replace(".", "_")


def _path(module: str) -> str:
    path = module.replace(".", "/")
    return f"{path}.py" if (ROOT / f"{path}.py").exists() else f"{path}/__init__.py"


def _about(module: str) -> str:
    """The first paragraph of a module; nothing for one that says nothing."""
    doc = ast.get_docstring(ast.parse((ROOT / _path(module)).read_text(encoding="utf-8"))) or ""
    return doc.split("\n\n")[0].replace("\n", " ").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
