"""Which build of Selfology this is."""

from __future__ import annotations

from importlib.metadata import version

BUILD_ID = f"selfology-{version('selfology')}"
"""Passed to Temporal's workers. Otherwise they hash the code of every imported module, 1 s of each start."""
