"""What a wheel of Selfology holds."""

from __future__ import annotations

import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """A wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=CHECKOUT, check=True)
    (file,) = folder.glob("*.whl")
    return ZipFile(file)


def test_it_says_by_which_license_it_may_be_used(wheel: ZipFile) -> None:
    (license_file,) = (name for name in wheel.namelist() if name.endswith("licenses/LICENSE"))
    assert wheel.read(license_file) == (CHECKOUT / "LICENSE").read_bytes()
    (metadata,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    assert HeaderParser().parsestr(wheel.read(metadata).decode())["License-Expression"] == "MIT"


def test_it_holds_every_file_that_the_code_reads(wheel: ZipFile) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    packages = {name.partition("/")[0] for name in wheel.namelist() if name.endswith("__init__.py")}
    ours = {file for file in tracked.splitlines() if file.partition("/")[0] in packages}
    assert ours
    assert ours <= set(wheel.namelist())


def test_what_only_developers_need_is_no_extra_of_it(wheel: ZipFile) -> None:
    (metadata,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
    headers = HeaderParser().parsestr(wheel.read(metadata).decode())
    assert set(headers.get_all("Provides-Extra", [])) == {
        "codec",
        "embedded",
        "encoder",
        "models",
        "telegram",
        "telemetry",
        "terminal",
        "vault",
        "vectors",
    }
