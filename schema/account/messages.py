"""What goes into the workflows that export and erase what is kept about a person."""

from __future__ import annotations

from datetime import datetime

from schema.person import PersonRequest


class ExportRequest(PersonRequest):
    """Input of `ExportPerson`: the person asked for all that is kept about them."""


class EraseRequest(PersonRequest):
    """Input of `ErasePerson`: the person asked, twice, for all of it to be removed."""

    asked_at: datetime | None = None
    """When they were asked whether they are sure: who begins after that is somebody new."""
