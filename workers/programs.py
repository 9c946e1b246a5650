"""Programs that the project's dependencies install: the Temporal CLI and dbmate."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from workers.errors import OperatorError


def program(name: str) -> Path:
    """The path of an installed program. Raises `OperatorError` when it is not there."""
    beside_python = Path(sys.executable).parent / name
    if beside_python.exists():
        return beside_python
    if found := shutil.which(name):
        return Path(found)
    raise OperatorError(f"The program {name} is missing beside {sys.executable}: install the requirements again.")
