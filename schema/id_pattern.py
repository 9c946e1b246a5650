"""Builds workflow ids that contain the person's `user_ref`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class IdPattern:
    """The ids of one workflow type: `{word}-{user_ref}`, then what distinguishes several of one person."""

    word: str
    workflow_type: str

    def of(self, user_ref: str, *rest: object) -> str:
        """The id of a person's workflow."""
        return "-".join([self.word, user_ref, *map(str, rest)])
