"""The one data converter of all clients and workers."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_PYDANTIC = tuple(PydanticPayloadConverter().converters.values())


class SharedPayloadConverter(CompositePayloadConverter):
    """Pydantic's payload converters, created once per process.

    The SDK creates a payload converter for every workflow and two for every workflow task. Sharing them is safe: they
    only cache the validators of types.
    """

    def __init__(self) -> None:
        super().__init__(*_PYDANTIC)


DATA_CONVERTER = DataConverter(payload_converter_class=SharedPayloadConverter)
