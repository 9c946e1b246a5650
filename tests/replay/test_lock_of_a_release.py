"""Which Python replays with the last release's code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.replay.last_release import CHECKOUT, interpreter


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The code of a release, whose own Makefile installs its lock."""
    (tmp_path / "Makefile").write_text(".venv/installed:\n\tmkdir -p .venv && touch .venv/installed\n")
    (tmp_path / "requirements").mkdir()
    return tmp_path


def test_one_whose_lock_is_todays_needs_no_python_of_its_own(release: Path) -> None:
    (release / "requirements/all.txt").write_bytes((CHECKOUT / "requirements/all.txt").read_bytes())
    assert interpreter(CHECKOUT, release) == sys.executable


@pytest.mark.parametrize("lock", ["all.txt", "run.txt"])
def test_one_with_another_lock_or_one_of_another_name_gets_its_own(release: Path, lock: str) -> None:
    (release / "requirements" / lock).write_text("another==1\n")
    assert interpreter(CHECKOUT, release) == str(release / ".venv/bin/python")
    assert (release / ".venv/installed").exists()
