"""How a person wishes to be talked with, by what they have said in a talk and what is kept of before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from activities.ai.offline.coach_ear import Message
from activities.ai.offline.coach_hearing import Wish
from activities.ai.offline.style_wishes import wishes_in
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale


class WishesInTalk:
    """What they wish now: the latest counts."""

    def __init__(self, messages: Sequence[Message], wished: Collection[StyleWish], locale: Locale) -> None:
        """`wished` are those that are kept."""
        self.messages = messages
        self.locale = locale
        self._wished = set(wished)

    @property
    def is_quiet(self) -> bool:
        """Whether the person has wished for no questions, and not for questions since."""
        wishes = [said.wish for said in self._since if said.wish in (Wish.LISTEN, Wish.ASK)]
        return wishes[-1] is Wish.LISTEN if wishes else StyleWish.NO_QUESTIONS in self._wished

    @property
    def is_talking(self) -> bool:
        """Whether the person wants to talk, and nothing is to be solved."""
        wishes = [said.wish for said in self._since if said.wish in (Wish.TALK, Wish.ASK, Wish.ADVICE)]
        return bool(wishes) and wishes[-1] is Wish.TALK

    @property
    def is_brief(self) -> bool:
        """Whether the person has wished for less text."""
        # A wish that is kept tells also when a later one took its place.
        lengths = {StyleWish.SHORTER, StyleWish.LONGER} & self._wished
        if lengths:
            return StyleWish.SHORTER in lengths
        return any(said.wish in (Wish.SHORTER, Wish.COMPLAINT) for said in self._since)

    @cached_property
    def _since(self) -> Sequence[Message]:
        """The messages since the person wished for all as before."""
        ends = [at for at, said in enumerate(self.messages) if wishes_in(said.text, self.locale).as_before]
        return self.messages[ends[-1] + 1 :] if ends else self.messages

    @property
    def unsure_in_a_row(self) -> int:
        """How many of the last messages know no answer."""
        count = 0
        for said in reversed(self.messages):
            if said.wish not in (Wish.UNSURE, Wish.REFUSES):
                break
            count += 1
        return count
