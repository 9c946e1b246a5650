"""The base of every model that crosses a boundary."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """An immutable value. Unknown fields are ignored, so that a newer sender never breaks an older worker."""

    # A validation error would repeat its input, which may be what a person wrote, into logs.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


UnitInterval = Annotated[float, Field(ge=0, le=1)]
"""A share or a level, 0 to 1."""
