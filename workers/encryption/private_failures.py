"""Encrypts the words of failures that are not ours: they may quote what a person wrote."""

from __future__ import annotations

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.exceptions import FailureError

from schema.failure_description import has_words_of_ours


class PrivateFailures(DefaultFailureConverter):
    """Moves message and stack trace of a foreign failure into an attribute that the codec encrypts."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        # Words of the SDK's, or a failure of the server's, which is passed on as it is: encoded, or in our words.
        passed_on = failure.HasField("encoded_attributes") or isinstance(exception, FailureError)
        if passed_on or has_words_of_ours(exception):
            return
        said = {"message": failure.message, "stack_trace": failure.stack_trace}
        failure.encoded_attributes.CopyFrom(payload_converter.to_payload(said))
        failure.message, failure.stack_trace = type(exception).__name__, ""
