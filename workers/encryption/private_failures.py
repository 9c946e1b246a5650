"""Encrypts the words of failures that are not ours: they may quote what a person wrote."""

from __future__ import annotations

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    TerminatedError,
    TimeoutError,
)

from schema.errors import KeysAway
from schema.operator_error import OperatorError

OUR_WORDS = (ApplicationError, KeysAway, OperatorError)
"""Failures that our code raises by name: their messages are written here, and quote nothing."""
_OF_THE_SDK = (ActivityError, CancelledError, ChildWorkflowError, TerminatedError, TimeoutError)


class PrivateFailures(DefaultFailureConverter):
    """Moves message and stack trace of a foreign failure into an attribute that the codec encrypts."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        if failure.HasField("encoded_attributes") or isinstance(exception, (*OUR_WORDS, *_OF_THE_SDK)):
            return
        said = {"message": failure.message, "stack_trace": failure.stack_trace}
        failure.encoded_attributes.CopyFrom(payload_converter.to_payload(said))
        failure.message, failure.stack_trace = type(exception).__name__, ""
