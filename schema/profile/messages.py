"""Inputs of the workflow that shows a profile."""

from __future__ import annotations

from typing import Literal

from schema.person import PersonRequest


class ShowProfileRequest(PersonRequest):
    """Input of `ShowProfile`: the person asked to see their profile."""

    view: Literal["card", "insights"] = "card"
