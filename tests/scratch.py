"""Where servers of tests keep what nobody needs later: in memory where there is room, else on the disk."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")
_ROOM = 4 * 2**30
"""Bytes. A database server of a test takes less than a hundredth; a container often has 64 MB there."""


def scratch() -> str:
    """A directory for temporary ones. In memory a database server begins with a third of the CPU that the disk takes.

    Not for what pytest keeps of failed tests: it would stay in memory.
    """
    roomy = _MEMORY.is_dir() and min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available) > _ROOM
    return str(_MEMORY) if roomy else tempfile.gettempdir()
