"""The workflows of profile, for workers and replay."""

from __future__ import annotations

from workflows.profile.denial import TakeDenial
from workflows.profile.find import FindSimilar, FindWords
from workflows.profile.index import IndexVectors
from workflows.profile.objection import TakeObjection
from workflows.profile.reasons import ShowReasons
from workflows.profile.show import ShowProfile

WORKFLOWS: tuple[type, ...] = (
    FindSimilar,
    FindWords,
    IndexVectors,
    ShowProfile,
    ShowReasons,
    TakeDenial,
    TakeObjection,
)
