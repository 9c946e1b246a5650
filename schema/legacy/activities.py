"""The ports of legacy: activities that take in what the old system's tables hold, and take that back. All remote."""

from __future__ import annotations

from abc import ABC, abstractmethod

from temporalio import activity

from schema.legacy.messages import MoveIn, SourceProgress, Step, Stepped


class LegacyImport(ABC):
    """The old tables, read in batches of 1,000 rows. What they hold never leaves the process."""

    @activity.defn(name="legacy.look")
    @abstractmethod
    async def look(self, task: MoveIn) -> list[SourceProgress]:
        """Looks whether the old tables have the columns that are needed, counts rows, and begins from the first one.

        Raises `LegacyUnfit` before anything is written.
        """

    @activity.defn(name="legacy.take")
    @abstractmethod
    async def take(self, step: Step) -> Stepped:
        """Takes the next rows of a table in, in one transaction with how far it is. Idempotent by old primary key."""

    @activity.defn(name="legacy.compare")
    @abstractmethod
    async def compare(self, step: Step) -> Stepped:
        """Compares the next rows of a table with what came of them."""


class LegacyRemoval(ABC):
    """Takes back what came in. It does not read the old tables."""

    @activity.defn(name="legacy.take_back")
    @abstractmethod
    async def take_back(self, step: Step) -> Stepped:
        """Takes back the next rows of what came of a table, with what was made of them here."""

    @activity.defn(name="legacy.forget")
    @abstractmethod
    async def forget(self, step: Step) -> None:
        """Forgets how far the import was, and what was set apart: nothing of it is here any more."""
