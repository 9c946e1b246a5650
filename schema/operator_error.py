"""Errors that an operator can act on."""

from __future__ import annotations


class OperatorError(Exception):
    """An error that an operator must correct. Its text is one line: what happened and what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(" ".join(what.split()))
