"""The step that a person names in a talk, by what they said to which question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from activities.ai.offline.coach_bank import Kind
from activities.ai.offline.coach_ear import Message

STEPS = frozenset({Kind.STEP, Kind.SMALLER})
_SHORT, _LONG = 12, 40
"""Words: of an answer that is a step where one was asked for, and of a story in which "I'll" is none."""


class Asked(NamedTuple):
    """A line that was used, by its name."""

    theme: str
    kind: Kind


class Answered(NamedTuple):
    """A message with the names of the lines that it answers."""

    said: Message
    names: Sequence[str]

    def asks(self, *kinds: Kind) -> bool:
        """Whether a line of one of these kinds stands before the message."""
        return any(asked.kind in kinds for asked in asked_by(self.names))

    @property
    def names_step(self) -> bool:
        """Whether it names something to do: in so many words, or shortly where it was asked for."""
        said = self.said
        if self.asks(Kind.FIRM, Kind.NOTICE):
            return False
        if said.named_step is not None:
            return len(said.words) <= _LONG
        # What answers the question for a step may still be none: a feeling, a past deed, somebody else's.
        if said.wish is not None or "?" in said.text or said.speaks_of_step("unlike") or said.is_trouble_by_sign:
            return False
        told = Kind.STEP in said.told and len(said.words) <= _LONG
        return told or (self.asks(*STEPS) and len(said.words) <= _SHORT)

    @property
    def is_step_unasked(self) -> bool:
        """Whether it names one, and nothing was said of steps before it."""
        named = self.said.named_step is not None and len(self.said.words) <= _LONG
        return named and not self.asks(*STEPS, Kind.HIGHER)


class NamedStep:
    """What a person has named, in their words; empty where they have not."""

    def __init__(self, answers: Sequence[Answered], taken: str | None) -> None:
        """`taken` is the step that the last message agrees to, if it does."""
        self._answers = answers
        self._taken = taken

    @cached_property
    def what(self) -> str:
        """What they mean to do."""
        named = (each.said.named_step or each.said.own_words for each in reversed(self._answers) if each.names_step)
        return self._taken or next(named, None) or ""

    @property
    def notice(self) -> str:
        """How they will notice that it worked."""
        return self._said_to(Kind.NOTICE)

    @property
    def when(self) -> str:
        """When they mean to take it."""
        return self._said_to(Kind.FIRM, tells=Kind.FIRM)

    @property
    def why(self) -> str:
        """What they have said that they wish for in this talk."""
        wishes = (
            each.said.own_words
            for each in reversed(self._answers)
            if Kind.WISH in each.said.told or each.asks(Kind.WISH)
        )
        return next((words for words in wishes if words and words != self.what), "")

    def _said_to(self, kind: Kind, *, tells: Kind | None = None) -> str:
        """What the last answer to a question of a kind says, if it tells that."""
        answers = [each.said for each in self._answers if each.asks(kind)]
        fits = bool(answers) and answers[-1].wish is None and (tells is None or tells in answers[-1].told)
        return (answers[-1].own_words or "") if fits else ""


def asked_by(names: Iterable[str]) -> list[Asked]:
    """The lines that stand behind names; those of reflections, or of another version's lines, tell nothing."""
    return [asked for name in names if (asked := _behind(name))]


# A reply looks at all lines of the talk a hundred times over.
@lru_cache(maxsize=8192)
def _behind(name: str) -> Asked | None:
    parts = name.split(".")
    return Asked(parts[0], Kind(parts[1])) if len(parts) == 3 and parts[1] in set(Kind) else None
