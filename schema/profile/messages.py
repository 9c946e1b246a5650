"""Inputs of the workflows of profile."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from schema.person import PersonRequest


class ShowProfileRequest(PersonRequest):
    """Input of `ShowProfile`: the person asked to see their profile."""

    view: Literal["card", "insights"] = "card"


class Objection(PersonRequest):
    """Input of `TakeObjection`: the person says that the reflection on this answer missed."""

    answer_id: UUID
