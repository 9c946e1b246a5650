"""What workflows ask about a person as a whole: to recall them, and to remove all that is kept about them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from schema.model import Model
from schema.person import PersonRef
from schema.vocabulary import CrisisKind, Locale


class PersonKnown(Model):
    """What is known of a person when a session starts."""

    consented: bool
    locale: Locale | None
    """The language they chose, if they did."""
    trust_points: float
    sessions: int
    known_since: datetime | None = None
    """When their first session was opened."""
    readers: list[str] = []
    """The companies whose language models read along now, by name. A person who agreed to others is asked anew."""


class PersonToSweep(Model):
    """Input of `sweep_person` and `sweep_workflows`: a person who was erased, and may have started anew since."""

    user_ref: str
    erased_at: datetime
    """What began before is to be gone; what began since is kept."""


class LastWords(Model):
    """Result of `end_workflows`: what nobody will answer any more. No text of it goes on."""

    crisis: CrisisKind | None
    """The danger that they speak of, if they do."""
    by_others: bool = False
    """Whether it is in somebody else's words."""


class LocaleChosen(Model):
    """Input of `remember_locale`."""

    user_ref: str
    locale: Locale


class PersonStore(ABC):
    """What PostgreSQL keeps about a person as a whole. All local."""

    @activity.defn
    @abstractmethod
    async def recall_person(self, ref: PersonRef) -> PersonKnown:
        """What is known of a person from earlier sessions."""

    @activity.defn
    @abstractmethod
    async def remember_locale(self, chosen: LocaleChosen) -> None:
        """Keeps the language a person chose, if they consented. Key: user ref."""

    @activity.defn
    @abstractmethod
    async def erase_person(self, ref: PersonRef) -> None:
        """Removes all that the database keeps about a person."""

    @activity.defn
    @abstractmethod
    async def sweep_person(self, swept: PersonToSweep) -> None:
        """Removes what work that was under way has kept since the person was erased. Key: user ref."""


class WorkflowHistories(ABC):
    """A person's workflows, on the Temporal server. Remote."""

    @activity.defn
    @abstractmethod
    async def end_workflows(self, ref: PersonRef) -> LastWords:
        """Ends all that runs for a person but the workflow that asks, when what is being sent to them is out.

        Reads what they wrote last and got no reply to, for a crisis.
        """

    @activity.defn
    @abstractmethod
    async def forget_workflows(self, ref: PersonRef) -> None:
        """Ends all that runs for a person, and deletes it and all that ever ran, but for the workflow that asks."""

    @activity.defn
    @abstractmethod
    async def sweep_workflows(self, swept: PersonToSweep) -> None:
        """Deletes what was not to be found when the person was erased, and the erasure itself."""
