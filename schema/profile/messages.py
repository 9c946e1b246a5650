"""Inputs of the workflows of profile."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from schema.person import PersonRequest
from schema.profile.layers import ValueName
from schema.profile_vocabulary import Theme, is_light
from schema.text import CleanText

View = Literal["card", "insights", "evolution", "values"]
"""What of a profile is shown."""


class ShowProfileRequest(PersonRequest):
    """Input of `ShowProfile`: the person asked to see their profile."""

    view: View = "card"
    theme: Theme = Field(default=Theme.LIGHT, exclude_if=is_light)


class WhyRequest(PersonRequest):
    """Input of `ShowReasons`: the person asks why a value stands."""

    value: ValueName


class Denial(PersonRequest):
    """Input of `TakeDenial`: the person says that a value is not them."""

    value: ValueName


class FindRequest(PersonRequest):
    """Input of `FindWords`: the person searches for what they once said."""

    query: CleanText


class Objection(PersonRequest):
    """Input of `TakeObjection`: the person says that the reflection on this answer missed."""

    answer_id: UUID
