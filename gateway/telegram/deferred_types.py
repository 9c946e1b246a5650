"""Has aiogram build the validators of its types when they are first used.

All of them at once take 2.5 s of CPU at each start of the bot and 75 MB, for 440 types of which it meets a few dozen.
"""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel

_rebuild = vars(BaseModel)["model_rebuild"].__func__


def _rebuild_later(cls: type[BaseModel], /, **arguments: Any) -> Any:
    """Stands in for `BaseModel.model_rebuild`, to which aiogram hands what its types refer to by name.

    Each module of aiogram's types is told those names, so that pydantic finds them whenever it comes to build a type.
    """
    named = arguments.get("_types_namespace")
    if named is None or not cls.__module__.startswith("aiogram.types."):
        # This function is one frame more between pydantic and the caller whose names it looks up.
        arguments["_parent_namespace_depth"] = arguments.get("_parent_namespace_depth", 2) + 1
        return _rebuild(cls, **arguments)
    module = vars(sys.modules[cls.__module__])
    for name, value in named.items():
        module.setdefault(name, value)
    return None


def defer_types() -> None:
    """Takes effect when called before aiogram is imported."""
    BaseModel.model_rebuild = classmethod(_rebuild_later)  # type: ignore[method-assign, assignment]
