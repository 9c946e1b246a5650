"""Reads what people type in answer to "are you safe right now?", by the phrases of `schema/safety/replies.yaml`."""

from __future__ import annotations

import re
from functools import cache

from schema.danger import SafetyReply
from schema.safety.data import safety_replies
from workflows.safety.rules.crisis import plain_form

_CLAUSE_END = re.compile(
    r"[.,!?…;:()\n—–]|\b(?:but|i mean|lol|haha|well|oh)\b|\b(?:но|а|ну|ой|то есть|лол|хаха|ахах)\b", re.IGNORECASE
)
_NO = frozenset({"no", "nope", "нет", "неа"})
"""In the middle of a longer text they deny, and do not say that one is in danger."""


def safety_reply(text: str) -> SafetyReply | None:
    """What a text answers; None when it says something else, or more."""
    return _replies().get(_whole(text))


def denies_danger(text: str) -> bool:
    """Whether one of the clauses of a text says that danger was misread, and none asks for help."""
    said = {
        reply for clause in _CLAUSE_END.split(text) if (reply := safety_reply(clause)) and _whole(clause) not in _NO
    }
    return "misread" in said and "help" not in said


@cache
def _replies() -> dict[str, SafetyReply]:
    return {_whole(phrase): reply for reply, phrases in safety_replies().items() for phrase in phrases}


def _whole(text: str) -> str:
    """A message in its plain form, without punctuation."""
    return " ".join(plain_form(text).replace(",", " ").replace(".", " ").split())
