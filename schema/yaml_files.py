"""Reads data files in YAML: cleans them, and finds the line of a mistake."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

from schema.text import clean


def read_yaml(text: str) -> Any:
    """The data of a YAML text. Uses libyaml, ten times faster than Python, because every start waits for it.

    Raises `yaml.YAMLError`.
    """
    return yaml.load(clean(text), Loader=yaml.CSafeLoader)


def read_packaged(package: str, name: str) -> Any:
    """The data of a YAML file that lies beside a package's modules."""
    return read_yaml(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of a YAML text with their lines, for `line_of`. Raises `yaml.YAMLError`."""
    return yaml.compose(clean(text), Loader=yaml.CSafeLoader)


def line_of(root: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """The line, from 1, of the deepest part of a pydantic error's location that the file has."""
    if root is None:
        return 1
    node = root
    for part in location:
        inner = _inside(node, part)
        if inner is None:
            break
        node = inner
    return int(node.start_mark.line) + 1


def _inside(node: yaml.Node, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    return None
