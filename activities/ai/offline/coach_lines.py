"""One reply of the offline coach as it is put together, line by line."""

from __future__ import annotations

from activities.ai.offline.coach_bank import ANY, Bank, Kind
from activities.ai.offline.coach_choice import DAY, NEXT, NUMBER, Choice
from activities.ai.offline.coach_plan import EXPLORING, Talk
from activities.ai.offline.reflection import PLACE
from schema.coaching.context import Style

_SORT_OF = {Kind.RECURS: Kind.HAPPENS, Kind.WEIGHS: Kind.MATTERS}
_OF_SIGNS = frozenset({Kind.MATTERS, Kind.WEIGHS})
SAYS_BACK = frozenset({Kind.WISHED, Kind.NEWS})
"""Lines that begin with the person's words."""


class Lines:
    """What a reply says so far, of the lines that are left in the talk."""

    def __init__(self, talk: Talk, bank: Bank, style: Style) -> None:
        self._talk = talk
        self._bank = bank
        self._heard = talk.last.heard
        self._choice = Choice(bank, talk.used, talk.lately, style, talk.first)
        self.texts: list[str] = []
        self.moves: list[str] = []
        """Their names."""

    def reflect(self, templates: list[str]) -> None:
        """Says one of the reflections that is left, if any is."""
        found = self._choice.reflection(templates)
        if found:
            self.moves.append(found[0])
            self.texts.append(self._heard.worded(found[1]))

    def ask(self, kind: Kind) -> None:
        """Asks a question of a kind, or else one of another kind; says so when all have been asked."""
        others = [] if self._talk.is_delicate else [*EXPLORING, Kind.TRIED, Kind.PEOPLE]
        any(self.say(other) for other in [kind, *others, Kind.SPENT])

    def say(self, kind: Kind, given: dict[str, str] | None = None) -> bool:
        """Says a line of a kind, with the words of the last message or those that are given; False if none is left."""
        theme = self._talk.theme
        themes = [ANY] if theme is None else [theme, ANY] if self._talk.is_fresh(kind) else [ANY, theme]
        words = given or self._words(kind)
        # Themes have lines for trouble under the kind that it is a sort of.
        own = _SORT_OF.get(kind)
        sign = self._talk.last.sign
        line = self._choice.line(Kind.MATTERS, [sign]) if sign and kind in _OF_SIGNS else None
        if line is None and own and themes[0] != ANY:
            line = self._choice.line(own, themes[:1], words)
        line = line or self._choice.line(kind, themes, words)
        if line is None:
            return False
        text = line.text
        for place in (NUMBER, NEXT, DAY):
            text = text.replace(place, words.get(place, ""))
        self.moves.append(line.name)
        self.texts.append(self._heard.worded(text, phrase=words.get(PLACE)))
        return True

    def say_anything(self) -> None:
        """Where nothing of what fits is left: what fits anywhere, and in the end what is longest ago."""
        for kind in (Kind.LISTENING, Kind.SPENT, Kind.SPACE):
            if self.say(kind):
                return
        for templates in (self._bank.reflections.gentle, self._bank.reflections.curt):
            self.reflect(templates)
            if self.texts:
                return
        ago = [name for names in self._talk.moves for name in names]
        lines = self._bank.lines(Kind.LISTENING)
        line = min(lines, key=lambda line: max((at for at, name in enumerate(ago) if name == line.name), default=-1))
        self.moves.append(line.name)
        self.texts.append(line.text)

    def _words(self, kind: Kind) -> dict[str, str]:
        phrase: str | None = self._heard.phrase
        if kind in (Kind.NOTICE, Kind.TRIED_BEFORE):
            phrase = self._talk.step.what
        elif kind in SAYS_BACK:
            # Words are not said back twice.
            said = self._talk.last
            own = said.wished if kind is Kind.WISHED else said.own_words
            spoken = [kind for kind in self._talk.kinds(self.moves) if kind is not Kind.GREETING]
            phrase = None if spoken or self._talk.wishes.is_brief else own
        words = {PLACE: phrase} if phrase else {}
        number = self._talk.number
        if number is not None:
            words[NUMBER] = str(number)
            words[NEXT] = str(number + 1)
        return words
