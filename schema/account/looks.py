"""What is written down when an operator reads what people wrote."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import Field, StringConstraints

from schema.base_model import Model
from schema.text import CLEANED

LONGEST_REASON = 300
"""Characters."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON), CLEANED]
"""Why an operator looks, in their words."""


class Look(Model):
    """One look at decrypted payloads."""

    operator: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
    """The operator, as the issuer of their token names them."""
    reason: Reason
    """The people concerned are told it in their export."""
    people: list[str]
    """Whose texts, by `user_ref`."""
    payloads: int = Field(ge=1)
    """How many payloads were decrypted."""


class LookLog(Protocol):
    """Keeps looks where operators can't change them."""

    async def add(self, look: Look) -> None:
        """Writes a look down. Raises `LookLogAway`."""
        ...


class LookLogAway(Exception):
    """The log can't be written, so nobody may look."""
