"""Failures of activities that a workflow or a retry policy recognises by type.

A workflow sees a failure's type as text. So this module defines the class to raise and the text to compare together.
"""

from __future__ import annotations

from typing import ClassVar

from temporalio.exceptions import ActivityError, ApplicationError

from schema.operator_error import OperatorError


class KnownFailure(ApplicationError):
    """The base of failures that workflows recognise by class. Not retryable."""

    TYPE: ClassVar[str]

    def __init__(self, message: str) -> None:
        super().__init__(message, type=self.TYPE, non_retryable=True)

    @classmethod
    def caused(cls, error: ActivityError) -> bool:
        """Whether an activity failed for this reason."""
        return isinstance(error.cause, ApplicationError) and error.cause.type == cls.TYPE


class AnswerGone(KnownFailure):
    """The answer has been erased."""

    TYPE = "AnswerGone"

    def __init__(self) -> None:
        super().__init__("The answer is not in the database (any more)")


class UnknownQuestion(KnownFailure):
    """The bank has no question of this id."""

    TYPE = "UnknownQuestion"


class NoSuchReader(KnownFailure):
    """The task queue no longer serves a model of the tier, because the settings have changed."""

    TYPE = "NoSuchReader"


class ReplyWithheld(KnownFailure):
    """Too little of what a model wrote for the coach may be said: another one replies."""

    TYPE = "ReplyWithheld"

    def __init__(self) -> None:
        super().__init__("What the model wrote may not be said to the person")


class RecipientGone(KnownFailure):
    """The person can't be reached by this channel any more."""

    TYPE = "RecipientGone"


class KeysAway(OperatorError):
    """The key store, or who holds the master keys, can't be reached. Retryable: nothing is written until it is back."""


class MasterKeyMissing(KeysAway):
    """The ring lacks a master key. An operator can put it back, so what needs it waits."""


class VectorsAway(OperatorError):
    """The store of vectors can't be reached. Retryable: what is to be indexed waits until it is back."""


class CollectionMissing(OperatorError):
    """The store of vectors lacks a collection: it is new, or was lost. It can be rebuilt from the database."""

    def __init__(self, collection: str) -> None:
        super().__init__(f"There are no vectors of {collection}. `selfology vectors rebuild` makes them.")


class Undecipherable(KnownFailure):
    """A ciphertext can't be read, and never will be: it is damaged, out of its place, or its key is destroyed."""

    TYPE = "Undecipherable"


class BackupFailed(KnownFailure):
    """A backup can't be made or is not good, for a reason that no further attempt would mend."""

    TYPE = "BackupFailed"


class LegacyUnfit(KnownFailure):
    """The tables of the old system are not there, or lack columns that are needed. Nothing was written."""

    TYPE = "LegacyUnfit"
