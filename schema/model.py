"""The base of every model that crosses a boundary."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """An immutable value. Unknown fields are ignored, so that a newer sender never breaks an older worker."""

    # A validation error would repeat its input, which may be what a person wrote, into logs.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
