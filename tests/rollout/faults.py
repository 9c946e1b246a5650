"""Faults that a release may have, written into a copy of today's code."""

from __future__ import annotations

import shutil
from enum import Enum
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGES = ("activities", "gateway", "schema", "workers", "workflows")
SESSION = Path("workflows/onboarding/session.py")


class _Edit(NamedTuple):
    before: str
    after: str


class Fault(_Edit, Enum):
    """What somebody has changed in a session."""

    DIFFERS = _Edit("            await begin(", "            await asyncio.sleep(0.01)\n            await begin(")
    """Sessions begin with a timer, and somebody forgot the patch: open ones have none in their histories."""
    FAILS = _Edit(
        "            event = state.take_next()",
        "            assert workflow.unsafe.is_replaying()\n            event = state.take_next()",
    )
    """The code fails whenever something happens, but not when it is replayed."""


def with_fault(fault: Fault, folder: Path) -> Path:
    """A copy of the code with the fault, in a new folder."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    session = folder / SESSION
    code = session.read_text(encoding="utf-8")
    assert code.count(fault.before) == 1, f"{SESSION} has no line that {fault.name} changes"
    session.write_text(code.replace(fault.before, fault.after), encoding="utf-8")
    return folder
