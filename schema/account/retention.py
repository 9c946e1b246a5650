"""What is kept for a time and then deleted: of no person's words, and for how long is a setting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta
from enum import StrEnum

from temporalio import activity

from schema.base_model import Model


class Kind(StrEnum):
    """Rows that nobody needs for ever."""

    SENDS = "sends"
    """Which messages were sent: what a repeated delivery asks for."""
    RECALLED = "recalled"
    """What a reply of the coach rests on, but for memories, losses and what was told: forgetting needs those."""
    MODEL_CALLS = "model_calls"
    """What a call of a language model cost."""


class Retention(Model):
    """For how long each kind is kept."""

    kept_for: dict[Kind, timedelta]


class OldRows(Model):
    """Input of `forget_old`."""

    kind: Kind
    older_than: timedelta


class Forgotten(Model):
    """How many rows of each kind were deleted, for operators."""

    rows: dict[Kind, int]


class RowRetention(ABC):
    """Deletes what has been kept for long enough, in PostgreSQL."""

    @activity.defn(name="account.forget_old")
    @abstractmethod
    async def forget_old(self, old: OldRows) -> int:
        """Deletes rows of a kind. Idempotent. Returns how many."""
