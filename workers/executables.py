"""Finds external programs that the dependencies install, and builds their environment."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from schema.operator_error import OperatorError

_FOR_ANY_PROGRAM = frozenset({"HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ"})


def program(name: str) -> Path:
    """Returns the path of an installed program. Raises `OperatorError` when it is missing."""
    beside_python = Path(sys.executable).parent / name
    if beside_python.exists():
        return beside_python
    if found := shutil.which(name):
        return Path(found)
    raise OperatorError(f"The program {name} is missing beside {sys.executable}: install the requirements again.")


def basic_environment(*names: str) -> dict[str, str]:
    """Returns the environment for a program: basic variables such as PATH, and the named ones.

    Nothing else is passed on: the program could log our secrets, and its own variables would be a hidden configuration.
    """
    return {name: value for name, value in os.environ.items() if name in _FOR_ANY_PROGRAM or name in names}
