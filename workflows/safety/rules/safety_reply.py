"""Reads a typed answer to "are you safe right now?", by whole messages of `schema/safety/replies.yaml`."""

from __future__ import annotations

from functools import cache

from schema.danger import SafetyReply
from schema.safety.data import safety_replies
from workflows.safety.rules.crisis import plain_form


def safety_reply(text: str) -> SafetyReply | None:
    """What a text answers; None when it says something else, or more."""
    return _replies().get(_whole(text))


@cache
def _replies() -> dict[str, SafetyReply]:
    return {_whole(phrase): reply for reply, phrases in safety_replies().items() for phrase in phrases}


def _whole(text: str) -> str:
    """A message in its plain form, without punctuation."""
    return " ".join(plain_form(text).replace(",", " ").replace(".", " ").split())
