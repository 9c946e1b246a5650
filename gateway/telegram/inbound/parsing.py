"""Telegram's updates as it wrote them: what can't be read of one is left out, the rest of it is heard."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

logger = logging.getLogger(__name__)

KINDS = ["message", "edited_message", "callback_query"]
"""The kinds of updates that are asked for."""

STAND_INS: Mapping[str, Any] = {
    # Nothing is done by them, so that a part without them is still worth having.
    "date": 0,
    "message_id": 0,
    "is_bot": False,
    "first_name": "",
    "sender_user_name": "",
    "chat_instance": "",
    "text": "",
    # That words are somebody else's is known even when nobody can tell whose.
    "forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": ""},
    "via_bot": {"id": 0, "is_bot": True, "first_name": ""},
}
"""What stands for parts that are missing or can't be read, by their names; all others are left out."""

MOST_PARTS = 100
"""How many parts are mended before an update is given up."""


def read(raw: object, bot: Bot) -> Update | None:
    """An update, as far as this version can read it. None when nothing is left of it that anybody could answer."""
    mended: list[str] = []
    update = _mended(raw, bot, mended)
    # Where it differs, and nothing of what is in it.
    places = ", ".join(sorted(set(mended))) or "no kind that this version knows"
    if update is None or not any(getattr(update, kind) for kind in KINDS):
        logger.error("An update can't be read and is left out (%s); a newer version of aiogram may know it", places)
        return None
    if mended:
        logger.warning("An update is read without what this version does not know of it: %s", places)
    return update


def _mended(raw: object, bot: Bot, mended: list[str]) -> Update | None:
    for _ in range(MOST_PARTS):
        try:
            return Update.model_validate(raw, context={"bot": bot})
        except ValidationError as error:
            place = error.errors(include_url=False, include_input=False)[0]["loc"]
            # The caller's stays as it came.
            raw = raw if mended else deepcopy(raw)
            if not _mend(raw, place):
                return None
            mended.append(".".join(map(str, place)))
    return None


def _mend(raw: object, place: Sequence[int | str]) -> bool:
    """Mends the innermost part that is there, or that has a stand-in. False when nothing is left to be mended."""
    # Which of several types was tried is a step of the place, too, but not of what came.
    parents: list[tuple[Any, int | str]] = []
    part: Any = raw
    for step in place:
        is_there = step in part if isinstance(part, dict) else isinstance(part, list) and isinstance(step, int)
        if is_there or (step == place[-1] and step in STAND_INS and isinstance(part, dict)):
            parents.append((part, step))
            part = part[step] if is_there else None
    for parent, step in reversed(parents):
        if step in STAND_INS and parent.get(step) != STAND_INS[step]:
            parent[step] = deepcopy(STAND_INS[step])
            return True
        if step != "update_id":
            del parent[step]
            return True
    return False
