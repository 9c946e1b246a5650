"""The one data converter of all clients and workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

from activities.encryption.data_keys import DataKeys
from schema.public import Public
from workers.encryption.payload_codec import PUBLIC, PersonalCodec, Refusal
from workers.encryption.private_failures import PrivateFailures

_CONVERTERS = (*PydanticPayloadConverter().converters.values(), Refusal())


class SharedPayloadConverter(CompositePayloadConverter):
    """Pydantic's payload converters, created once per process.

    The SDK creates a payload converter for every workflow and two for every workflow task. Sharing them is safe: they
    only cache the validators of types.
    """

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        payloads = super().to_payloads(values)
        for value, payload in zip(values, payloads, strict=True):
            # WorkflowMetadata is what a workflow tells operators of itself in the Web UI.
            if isinstance(value, (Public, WorkflowMetadata)):
                payload.metadata[PUBLIC] = b"true"
        return payloads


DATA_CONVERTER = DataConverter(payload_converter_class=SharedPayloadConverter, failure_converter_class=PrivateFailures)
"""Without keys: it reads and writes in clear."""


def encrypting(keys: DataKeys, *, writes: bool = True) -> DataConverter:
    """The data converter of a process with keys. With `writes=False` it reads ciphertext and writes in clear."""
    return DataConverter(
        payload_converter_class=SharedPayloadConverter,
        failure_converter_class=PrivateFailures,
        payload_codec=PersonalCodec(keys, writes=writes),
    )
