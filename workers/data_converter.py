"""The one data converter of all clients and workers."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, DataConverter

_PYDANTIC = tuple(PydanticPayloadConverter().converters.values())


class SharedPayloadConverter(CompositePayloadConverter):
    """Pydantic's converters, made once.

    The SDK makes a payload converter for every workflow and two for every workflow task. They keep nothing but the
    validators of the types they have seen, which are the same for all.
    """

    def __init__(self) -> None:
        super().__init__(*_PYDANTIC)


DATA_CONVERTER = DataConverter(payload_converter_class=SharedPayloadConverter)
