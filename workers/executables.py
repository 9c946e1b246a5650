"""Programs that nobody here wrote: those that the project's dependencies install, and what they are given."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from schema.operator_error import OperatorError

_FOR_ANY_PROGRAM = frozenset({"HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ"})


def program(name: str) -> Path:
    """The path of an installed program. Raises `OperatorError` when it is not there."""
    beside_python = Path(sys.executable).parent / name
    if beside_python.exists():
        return beside_python
    if found := shutil.which(name):
        return Path(found)
    raise OperatorError(f"The program {name} is missing beside {sys.executable}: install the requirements again.")


def inherited(*names: str) -> dict[str, str]:
    """The environment of such a program: where it finds things, and the variables named.

    No more: our settings hold secrets, which it could write into its log, and its own variables would be a second
    configuration that nobody sees.
    """
    return {name: value for name, value in os.environ.items() if name in _FOR_ANY_PROGRAM or name in names}
