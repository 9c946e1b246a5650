"""How a person wishes to be spoken to by the coach, by codes. Their own words stand beside each."""

from __future__ import annotations

from enum import StrEnum


class StyleWish(StrEnum):
    """What a person may wish for. It holds for all conversations, until they wish otherwise."""

    SHORTER = "shorter"
    LONGER = "longer"
    NO_METAPHORS = "no_metaphors"
    INFORMAL = "informal"
    """На «ты»."""
    FORMAL = "formal"
    """На «вы»."""
    NO_QUESTIONS = "no_questions"
    ASK = "ask"
    NO_EMOJI = "no_emoji"
    SIMPLER = "simpler"

    @property
    def kind(self) -> str:
        """What it is about. A newer wish of the same kind takes the place of an older one."""
        return _KINDS.get(self, self.value)


_KINDS = {
    StyleWish.SHORTER: "length",
    StyleWish.LONGER: "length",
    StyleWish.INFORMAL: "address",
    StyleWish.FORMAL: "address",
    StyleWish.NO_QUESTIONS: "questions",
    StyleWish.ASK: "questions",
}

NOT_OFFLINE = frozenset({StyleWish.LONGER, StyleWish.SIMPLER})
"""What the offline coach can't grant: its lines are short and plain."""

CONFIRMED_OFFLINE = frozenset({StyleWish.SHORTER, StyleWish.NO_QUESTIONS, StyleWish.ASK})
"""What the offline coach confirms by lines of its own."""
