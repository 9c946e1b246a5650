"""Programs of Debian's packages, which PyPI does not have."""

from __future__ import annotations

import os
import shutil
import warnings

import pytest


def installed(program: str, package: str) -> str:
    """Where the program is. Without it the test is skipped, aloud; in CI it fails."""
    if found := shutil.which(program):
        return found
    missing = f"{program} is missing, so this is not tried: apt install {package}"
    if os.environ.get("CI"):
        pytest.fail(missing)
    warnings.warn(missing, stacklevel=2)
    pytest.skip(missing)
