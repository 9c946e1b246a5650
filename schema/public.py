"""Words of ours that operators may read in the Web UI, where everything else is encrypted."""

from __future__ import annotations


class Public(str):
    """A text that holds nothing of a person: the summary of a step, say. It is not encrypted."""
