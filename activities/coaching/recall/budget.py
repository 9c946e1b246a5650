"""How much of what is known goes into a reply."""

from __future__ import annotations

from pydantic import PositiveInt

from schema.base_model import Model


class RecallBudget(Model):
    """How many tokens each part of what is recalled may take."""

    messages: PositiveInt = 2000
    """The last messages of the conversation."""
    profile: PositiveInt = 400
    """Who the person is."""
    summary: PositiveInt = 400
    """What the conversation was about before."""
    memories: PositiveInt = 600
    """What was told and bears on it, with the blocks that are always in mind."""
    boundaries: PositiveInt = 200
    """What must not be brought up."""
    steps: PositiveInt = 300
    """Open agreements."""
    outcomes: PositiveInt = 200
    """How steps went lately."""
    failed: PositiveInt = 200
    """What was tried and failed."""
