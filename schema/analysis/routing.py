"""Which language models read an answer, and in which order."""

from __future__ import annotations

from enum import StrEnum

from schema.model import Model


class Tier(StrEnum):
    """How capable, and how dear, whoever reads an answer is; members are in order."""

    OFFLINE = "offline"
    SMALL = "small"
    STANDARD = "standard"
    PREMIUM = "premium"


class Complexity(StrEnum):
    """How much there is in an answer to be understood."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


class Budget(StrEnum):
    """How much of the day's money for language models is left."""

    AMPLE = "ample"
    TIGHT = "tight"
    """80 % is spent: only the small tier reads."""
    SPENT = "spent"
    """The offline analyst reads."""


class ModelRef(Model):
    """A language model that reads answers, as a workflow needs to know it."""

    tier: Tier
    company: str
    """Who runs it, by the name that people know."""
    analyst: str
    """`provider/model`."""
    task_queue: str


class Route(Model):
    """Who reads an answer: the models in the order in which they are asked, and after them the offline analyst."""

    complexity: Complexity
    budget: Budget
    instant: list[ModelRef]
    deep: list[ModelRef]
