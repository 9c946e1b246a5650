"""How the offline coach says back what it has heard: a feeling as a guess, the person's words, or that it was read."""

from __future__ import annotations

from activities.ai.offline.coach_bank import Bank
from activities.ai.offline.coach_choice import Choice
from activities.ai.offline.coach_lines import Lines
from activities.ai.offline.coach_plan import Talk
from activities.ai.offline.coach_signs import signs
from activities.ai.offline.mood import Mood
from activities.ai.offline.reflection import PLACE

# Words: of a message that is more than an answer, of one that can be no joke.
_TELLS, _FEW = 4, 3
_HEAVY, _GLADLY = -0.72, 0.5
"""The mood from which on something is called hard, or good."""


class Mirror:
    """What is said back of the last message."""

    def __init__(self, talk: Talk, bank: Bank, lines: Lines, *, informal: bool) -> None:
        self._talk, self._bank, self._lines = talk, bank, lines
        self._last = talk.last
        self._informal = informal

    @property
    def templates(self) -> list[str]:
        """The reflections that fit the last message."""
        said = self._bank.reflections
        templates = self._last.heard.templates(self._talk.session, said)
        # What comes with grief is not weighed: a memory of somebody's shouting may be a dear one.
        dark = (said.plain[Mood.DARK], said.quoting[Mood.DARK], said.quoting[Mood.NEUTRAL])
        return said.gentle if self._talk.grief.is_there and any(templates is each for each in dark) else templates

    @property
    def jokes(self) -> bool:
        """Whether the message is a joke. "My sister, obviously" is none."""
        return self._last.heard.circumstances.irony and len(self._last.words) > _FEW

    @property
    def quoted_lately(self) -> bool:
        """Whether the coach's last turn began with words of the person."""
        lines = [*self._bank.reflections.quoting.values(), *self._bank.reflections.brief.values()]
        quoting = [text for texts in lines for text in texts]
        return bool(self._talk.moves) and Choice.are_of(self._talk.moves[-1], quoting)

    @property
    def guesses(self) -> list[str]:
        """What names the feeling behind the message; empty where none is heard."""
        sign = self._last.sign
        return signs(self._talk.locale).says(sign, informal=self._informal) if sign else []

    def say(self) -> None:
        """Says back what was heard, before a question; words of the person not twice running."""
        if self._last.is_number and not self._last.sign:
            return
        before = len(self._lines.texts)
        self._lines.reflect(self.guesses)
        if len(self._lines.texts) == before:
            fitting = self._fitting()
            # Who wishes for less text is not quoted.
            quotes = any(PLACE in text for text in fitting)
            plain = self._bank.reflections.plain[self._last.heard.mood]
            self._lines.reflect(plain if quotes and self._talk.wishes.is_brief else fitting)

    def _fitting(self) -> list[str]:
        said, templates = self._bank.reflections, self.templates
        heard, mood = self._last.heard, self._last.heard.mood
        quoting = [text for text in templates if PLACE in text]
        short = len(self._last.words) < _TELLS
        if templates is said.ironic and not self.jokes:
            return []
        missing = heard.circumstances.absence or heard.circumstances.loss
        if mood is Mood.BRIGHT and (missing or self._last.reports or heard.sentiment < _GLADLY):
            mood = Mood.NEUTRAL
            quoting = quoting and said.quoting[mood]
        if quoting and not (short and mood is Mood.NEUTRAL) and not self.quoted_lately:
            return quoting
        if templates is said.plain[Mood.DARK] and heard.sentiment > _HEAVY:
            return said.uneasy
        if not quoting and templates not in (said.curt, said.plain[Mood.NEUTRAL]):
            return templates
        # What is short and even is not said back: it would only be parroted.
        return [] if short and mood is Mood.NEUTRAL else said.plain[mood]
