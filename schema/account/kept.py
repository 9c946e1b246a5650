"""The base of what an export holds."""

from __future__ import annotations

from pydantic import ConfigDict

from schema.base_model import Model


class Kept(Model):
    """The base of what an export holds. The docstring of a field is its explanation in the exported file."""

    model_config = ConfigDict(use_attribute_docstrings=True)
