"""The workflows of profile, for workers and replay."""

from __future__ import annotations

from workflows.profile.find import FindSimilar, FindWords
from workflows.profile.index import IndexVectors
from workflows.profile.objection import TakeObjection
from workflows.profile.show import ShowProfile

WORKFLOWS: tuple[type, ...] = (FindSimilar, FindWords, IndexVectors, ShowProfile, TakeObjection)
