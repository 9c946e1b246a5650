"""The ports of account: activities that recall a person and erase everything about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from schema.account.messages import Rewrapping
from schema.base_model import Model
from schema.person import PersonRef
from schema.vocabulary import CrisisKind, Locale


class PersonKnown(Model):
    """What is known about a person when a session starts."""

    consented: bool
    locale: Locale | None
    """The language the person chose; None for an unknown person."""
    trust_points: float
    sessions: int
    known_since: datetime | None = None
    """When their first session was opened."""
    danger: CrisisKind | None = None
    """The danger of which they spoke last, in any session; None if they never did."""
    danger_at: datetime | None = None
    """When they spoke of it."""
    moved_in: bool = False
    """Whether what they told elsewhere moved in, and waits for their consent."""
    readers: list[str] = []
    """The companies whose models read answers now, by name. A person who agreed to fewer of them is asked again."""


class PersonToSweep(Model):
    """Input of `sweep_person` and `sweep_workflows`: a person who was erased, and may have started anew since."""

    user_ref: str
    erased_at: datetime
    """Data from before this time are deleted; later data are kept."""


class LastWords(Model):
    """Result of `end_workflows`: the crisis in messages that nobody will answer any more. It holds no text."""

    crisis: CrisisKind | None
    """The danger that the messages speak of, if any."""
    by_others: bool = False
    """Whether somebody else wrote the words."""


class LocaleChosen(Model):
    """Input of `remember_locale`."""

    user_ref: str
    locale: Locale


class PersonStore(ABC):
    """Consent and language of a person, and their erasure, in PostgreSQL. All local."""

    @activity.defn
    @abstractmethod
    async def recall_person(self, ref: PersonRef) -> PersonKnown:
        """Returns what is known about a person from earlier sessions."""

    @activity.defn
    @abstractmethod
    async def remember_locale(self, chosen: LocaleChosen) -> None:
        """Stores the language a person chose, if they consented. Key: user ref."""

    @activity.defn
    @abstractmethod
    async def erase_person(self, ref: PersonRef) -> None:
        """Deletes everything that the database keeps about a person. Key: user ref."""

    @activity.defn
    @abstractmethod
    async def sweep_person(self, swept: PersonToSweep) -> None:
        """Deletes what operations in flight have stored since the person was erased. Key: user ref."""


class WorkflowHistories(ABC):
    """A person's workflows, on the Temporal server. Remote."""

    @activity.defn
    @abstractmethod
    async def end_workflows(self, ref: PersonRef) -> LastWords:
        """Terminates all workflows of a person except the caller, after their deliveries in progress.

        Screens the person's unanswered messages for a crisis.
        """

    @activity.defn
    @abstractmethod
    async def forget_workflows(self, ref: PersonRef) -> None:
        """Terminates and deletes all workflows of a person, running or closed, except the caller."""

    @activity.defn
    @abstractmethod
    async def sweep_workflows(self, swept: PersonToSweep) -> None:
        """Deletes workflows that the erasure did not find, and the erasure itself."""


class KeyRewrapping(ABC):
    """The wrapping of people's keys. Remote."""

    @activity.defn(name="account.rewrap_page")
    @abstractmethod
    async def rewrap_page(self, so_far: Rewrapping) -> Rewrapping:
        """Wraps the next keys by the newest master key, where they are not. Idempotent."""
