"""Inputs of the workflows that export and erase a person's data."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from schema.base_model import Model
from schema.person import PersonRequest


class ExportRequest(PersonRequest):
    """Input of `ExportPerson`: the person asked for everything that is kept about them."""


class EraseRequest(PersonRequest):
    """Input of `ErasePerson`: the person asked for erasure and confirmed it."""

    asked_at: datetime | None = None
    """When the channel asked for confirmation. Data of a person who began after that are not erased."""


class Rewrapping(Model):
    """How far the wrapping of keys by the newest master key has come."""

    after: str | None
    """The id of the last key that was looked at."""
    looked_at: int
    rewrapped: int
    unreadable: int
    """Keys that nobody can unwrap: damaged, or their master key is missing."""
    done: bool

    @classmethod
    def not_begun(cls) -> Self:
        """Nothing is done yet."""
        return cls(after=None, looked_at=0, rewrapped=0, unreadable=0, done=False)
