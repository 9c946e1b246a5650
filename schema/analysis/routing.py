"""Which language models read an answer, and in which order."""

from __future__ import annotations

from enum import StrEnum

from schema.base_model import Model


class Tier(StrEnum):
    """The tier of a model: more capable and more expensive in the order of the members."""

    OFFLINE = "offline"
    SMALL = "small"
    STANDARD = "standard"
    PREMIUM = "premium"


class Complexity(StrEnum):
    """The complexity of an answer."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


class Budget(StrEnum):
    """The state of the daily budget for language models."""

    AMPLE = "ample"
    TIGHT = "tight"
    """80 % is spent: only the small tier reads answers."""
    SPENT = "spent"
    """All is spent: only the offline analyst reads answers."""


class ModelRef(Model):
    """A reference to a language model, with what a workflow needs to call it."""

    tier: Tier
    company: str
    """The company that runs it, by the name that people know."""
    analyst: str
    """`provider/model`."""
    task_queue: str


class Route(Model):
    """The models that read an answer, in order of attempt. The offline analyst follows them."""

    complexity: Complexity
    budget: Budget
    instant: list[ModelRef]
    deep: list[ModelRef]
