"""What operators have done with the old system's tables, and how far it is: counts, and nothing of a person."""

from __future__ import annotations

from enum import StrEnum

from schema.base_model import Model


class Source(StrEnum):
    """The tables of the old system, in the order in which they come in: what others refer to is first."""

    QUESTIONS = "questions_metadata"
    SESSIONS = "onboarding_sessions"
    ANSWERS_NEW = "user_answers_new"
    ANSWERS = "user_answers"
    PROFILES = "personality_profiles"
    HISTORY = "trait_history"
    CONVERSATIONS = "conversations"
    INSIGHTS = "insights"


PEOPLE = "people"
"""What stands in the place of a table for whom something came in: the old system has no table of them."""


class Task(StrEnum):
    """What is done."""

    IMPORT = "import"
    VALIDATE = "validate"
    ROLLBACK = "rollback"


class Fault(StrEnum):
    """Why an old row does not come in, or does not stand as it was taken."""

    MISSING = "MISSING"
    """A value that is needed is not there."""
    EMPTY = "EMPTY"
    """A text says nothing."""
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    """A number is none of its scale, or a time none of a calendar."""
    UNKNOWN_VALUE = "UNKNOWN_VALUE"
    """A word is none of those that are known."""
    MALFORMED = "MALFORMED"
    """It is of another type."""
    UNKNOWN_SESSION = "UNKNOWN_SESSION"
    """Its session did not come in."""
    UNKNOWN_QUESTION = "UNKNOWN_QUESTION"
    """Its question did not come in."""
    OTHER_PERSON = "OTHER_PERSON"
    """It names another person than its session does."""
    REPEATED = "REPEATED"
    """Another row of the same table stands for the same."""
    WITHHELD = "WITHHELD"
    """A model wrote in it what none of ours may say."""
    ERASED = "ERASED"
    """Its person has been erased here, or has declined."""
    LOST = "LOST"
    """What came of it is not there any more. Only a validation finds it."""
    DIFFERS = "DIFFERS"
    """What came of it is something else. Only a validation finds it."""


class SourceProgress(Model):
    """How far one table is."""

    source: str
    rows_there: int = 0
    """How many rows it has, or has had when it was last counted."""
    looked_at: int = 0
    taken: int = 0
    """Rows that came in; of a validation, rows that are here; of a rollback, rows that were taken back."""
    known: int = 0
    """Rows that had come in before."""
    again: int = 0
    """Rows of the older generation of a table that the newer one has, too."""
    set_apart: int = 0
    done: bool = False


class Difference(Model):
    """One thing in which a row of ours is not what came in."""

    source: str
    source_id: str
    """The primary key of the old row."""
    fault: Fault
    field: str
    """What of it differs; never the value."""


MOST_DIFFERENCES = 20
"""The differences that a validation names. It counts all."""


class Sum(Model):
    """A sum over a table, there and here. They are equal where nothing was lost on the way."""

    source: str
    of: str
    """What is added up: such as seconds of times, or words."""
    there: float
    here: float


class Findings(Model):
    """What a validation has found so far."""

    compared: int = 0
    """The rows that were compared field by field."""
    missing: int = 0
    """Old rows that are neither here nor set apart: they have come since the import, or their person was erased."""
    differing: int = 0
    differences: list[Difference] = []
    sums: list[Sum] = []

    def and_more(self, other: Findings) -> Findings:
        """Both together: numbers added up, sums of the same table joined."""
        sums = {(s.source, s.of): s for s in self.sums}
        for s in other.sums:
            before = sums.get((s.source, s.of))
            sums[s.source, s.of] = (
                s
                if before is None
                else s.model_copy(update={"there": before.there + s.there, "here": before.here + s.here})
            )
        return Findings(
            compared=self.compared + other.compared,
            missing=self.missing + other.missing,
            differing=self.differing + other.differing,
            differences=[*self.differences, *other.differences][:MOST_DIFFERENCES],
            sums=list(sums.values()),
        )

    @property
    def sound(self) -> bool:
        """Whether all that was taken is here as it was."""
        return not self.differing and all(abs(s.there - s.here) <= 1e-6 * max(1.0, abs(s.there)) for s in self.sums)


class MoveIn(Model):
    """Input of the workflow, and all of its state."""

    task: Task
    sample: float = 0.02
    """The share of rows that a validation compares field by field, chosen by chance."""
    seed: int = 0
    """What the chance begins with."""
    at: str | None = None
    """The table that it is at; None before the first."""
    after_id: int = 0
    """Of a comparison: the primary key of the last row of it that was looked at."""
    progress: list[SourceProgress] = []
    findings: Findings = Findings()
    paused: bool = False
    done: bool = False


class Step(Model):
    """Input of an activity: the next rows of one table."""

    source: str
    after_id: int = 0
    """Of a validation: the primary key of the last row that was looked at."""
    sample: float = 0
    seed: int = 0


class Stepped(Model):
    """Result of an activity: how far the table is now."""

    progress: SourceProgress
    after_id: int = 0
    findings: Findings = Findings()
