"""Whoever serves a tier of models in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from schema.analysis.routing import Tier
from schema.errors import NoSuchReader

Served = TypeVar("Served")


def served(by_tier: Mapping[Tier, Served], tier: Tier) -> Served:
    """Who serves a tier. Raises `NoSuchReader` where the settings have changed since it was routed."""
    if tier not in by_tier:
        raise NoSuchReader(f"No model of the {tier} tier is served here any more")
    return by_tier[tier]
