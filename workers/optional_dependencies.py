"""Checks the project's extras. An install for one kind of process has only that process's dependencies."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, requires

from schema.operator_error import OperatorError

_OF_AN_EXTRA = re.compile(r"(?P<package>[\w.-]+).*\bextra == ['\"](?P<extra>[\w-]+)['\"]")


def require_extra(extra: str, *, otherwise: str = "") -> None:
    """Raises `OperatorError` when this install lacks an extra. `otherwise` adds another remedy to the message."""
    for requirement in requires("selfology") or ():
        found = _OF_AN_EXTRA.match(requirement)
        if found and found["extra"] == extra and not _is_installed(found["package"]):
            raise OperatorError(
                f"This install is for another process and lacks {found['package']}: install requirements/all.txt,"
                f" or the extra {extra}{otherwise}."
            )


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True
