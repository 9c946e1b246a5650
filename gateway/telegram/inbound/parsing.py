"""Parses Telegram's updates leniently: drops the parts that can't be parsed and keeps the rest."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from aiogram import Bot
from aiogram.types import Update
from pydantic import ValidationError

from gateway.telegram.inbound.contents import UNREAD

logger = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "stopped_message_generation"]
"""The kinds of updates that the bot requests."""

DEFAULTS: Mapping[str, Any] = {
    # No handler needs these, so an object without them is still usable.
    "date": 0,
    "message_id": 0,
    "is_bot": False,
    "first_name": "",
    "sender_user_name": "",
    "chat_instance": "",
    "text": "",
    # A message stays recognisable as somebody else's even when its author can't be parsed.
    "forward_origin": {"type": "hidden_user", "date": 0, "sender_user_name": ""},
    "via_bot": {"id": 0, "is_bot": True, "first_name": ""},
}
"""Default values for fields that are missing or can't be parsed. All other such fields are dropped."""

MAX_REPAIRS = 100
"""How many parts are repaired before an update is given up. From half of it on, whole fields of the message go."""


def read(raw: object, bot: Bot) -> Update | None:
    """Parses an update as far as this version can. Returns None when nothing that a handler takes is left."""
    repaired: list[str] = []
    update = _repaired(raw, bot, repaired)
    # For the log: only the names of fields, never their values.
    places = ", ".join(sorted(set(repaired))) or "no kind that this version knows"
    if update is None or not any(getattr(update, kind) for kind in ALLOWED_UPDATES):
        logger.error("An update can't be read and is left out (%s); a newer version of aiogram may know it", places)
        return None
    if repaired:
        logger.warning("An update is read without what this version does not know of it: %s", places)
    return update


def _repaired(raw: object, bot: Bot, repaired: list[str]) -> Update | None:
    for attempt in range(MAX_REPAIRS):
        try:
            return Update.model_validate(raw, context={"bot": bot})
        except ValidationError as error:
            place = error.errors(include_url=False, include_input=False)[0]["loc"]
            # The caller's object stays unchanged.
            raw = raw if repaired else deepcopy(raw)
            if not _repair(raw, place if attempt < MAX_REPAIRS // 2 else place[:2]):
                return None
            repaired.append(".".join(map(str, place)))
    return None


def _repair(raw: object, place: Sequence[int | str]) -> bool:
    """Repairs the innermost part of `place` by its default or by removal. Returns False when that is impossible."""
    # Pydantic's location also names the tried member of a union, which is no key of the raw data.
    parents: list[tuple[Any, int | str]] = []
    part: Any = raw
    for step in place:
        is_there = step in part if isinstance(part, dict) else isinstance(part, list) and isinstance(step, int)
        if is_there or (step == place[-1] and step in DEFAULTS and isinstance(part, dict)):
            parents.append((part, step))
            part = part[step] if is_there else None
    while parents:
        parent, step = parents[-1]
        path = [name for _, name in parents]
        if isinstance(step, str) and step in DEFAULTS and parent.get(step) != DEFAULTS[step]:
            _set_aside(raw, path, parent.get(step))
            parent[step] = deepcopy(DEFAULTS[step])
            return True
        if step != "update_id":
            _set_aside(raw, path, parent.pop(step))
            return True
        parents.pop()
    return False


def _set_aside(raw: Any, path: Sequence[int | str], part: object) -> None:
    """Leaves a part that can't be parsed in its message, where its words are still heard."""
    kind, *fields = (step for step in path if isinstance(step, str))
    if fields and isinstance(raw.get(kind), dict):
        raw[kind].setdefault(UNREAD, []).append({fields[0]: {fields[-1]: part}})
