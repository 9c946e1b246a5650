"""Which build of Selfology this is."""

from __future__ import annotations

from importlib.metadata import version

BUILD_ID = f"selfology-{version('selfology')}"
"""For Temporal's workers, which would else read and hash the code of every imported module: 1 s of each start."""
