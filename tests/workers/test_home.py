"""Where the embedded servers' data is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from workers.settings import Settings


@pytest.fixture
def nothing_said(no_servers: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A person's own directory, of which the environment says no more."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep a person's data elsewhere")
def test_it_is_where_linux_keeps_the_data_of_a_person(nothing_said: Path) -> None:
    assert Settings().home == nothing_said / ".local/share/selfology"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep a person's data elsewhere")
def test_it_is_where_the_person_says_that_data_is(nothing_said: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(nothing_said / "data"))
    assert Settings().home == nothing_said / "data/selfology"


def test_its_own_setting_is_followed_first(nothing_said: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(nothing_said / "data"))
    monkeypatch.setenv("SELFOLOGY_HOME", str(nothing_said / "elsewhere"))
    assert Settings().home == nothing_said / "elsewhere"
