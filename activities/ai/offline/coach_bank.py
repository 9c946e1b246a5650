"""What the offline coach can say: lines by kind and theme, each with a name, read once from the YAML files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import copy
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from activities.ai.offline.coach_address import familiar
from activities.ai.offline.coach_signs import Sign, signs
from activities.ai.offline.lexicon import Listed
from activities.ai.offline.reflection import Reflections, reflections
from schema.base_model import Model
from schema.vocabulary import Locale
from schema.yaml_files import read_packaged

ANY = "any"
"""The theme of lines that fit every theme."""
_KEY = re.compile(r"([a-z0-9-]+)(?: \((\w+)\))?")


class Theme(StrEnum):
    """What a conversation is about, as far as lists of words can tell."""

    WORK = "work"
    PARTNER = "partner"
    FAMILY = "family"
    FRIENDS = "friends"
    WORRY = "worry"
    REST = "rest"
    DOUBT = "doubt"
    CHOICE = "choice"
    HABITS = "habits"
    ANGER = "anger"
    MEANING = "meaning"
    MONEY = "money"
    BODY = "body"


class Kind(StrEnum):
    """What a line is for."""

    # The stages of a conversation, in their order.
    OPENING = "opening"
    HAPPENS = "happens"
    """What it is like: an example, when, how."""
    RECURS = "recurs"
    """The same of what comes again and again."""
    MATTERS = "matters"
    """What it does to the person, and what it touches."""
    WEIGHS = "weighs"
    """The same of what is hard: what lies beneath."""
    BETTER = "better"
    """When it is otherwise: exceptions."""
    THEN_BETTER = "then_better"
    """What comes after an exception that the person has told."""
    WISH = "wish"
    WISHED = "wished"
    """What comes after a wish that the person has told unasked."""
    NEWS = "news"
    """What comes first after something that is told without weight: nothing is taken for granted of it."""
    GLAD = "glad"
    """To good news."""
    GLAD_MORE = "glad_more"
    """Once more, when they go on with it."""
    TRIED = "tried"
    PEOPLE = "people"
    """Who is there, outside of this conversation."""
    TAKE = "take"
    """A question about words of the person."""
    SCALE = "scale"
    SCALED = "scaled"
    """What comes after a number; 0 to 2 and 9 to 10 have their own."""
    SCALED_LOW = "scaled_low"
    SCALED_HIGH = "scaled_high"
    HIGHER = "higher"
    STEP = "step"
    SMALLER = "smaller"
    FIRM = "firm"
    """Where, when, with what a step begins."""
    NOTICE = "notice"
    """How they will notice that a step in their words has worked."""
    CONFIRM = "confirm"
    """To a step that is proposed below it: the proposal asks, so the line does not."""
    TRIED_BEFORE = "tried_before"
    """The person names again what they have tried in vain."""
    WORKED = "worked"
    FAILED = "failed"
    """It did not work."""
    NOT_TRIED = "not_tried"
    CHANGED = "changed"
    """It fits no more."""
    DROPPED = "dropped"
    """It is not to be tried again."""
    SOFT_STEP = "soft_step"
    """To a step that somebody names who is in grief, or only wants to be heard."""
    COMPANY = "company"
    """Who else may know of a step."""
    CLOSING = "closing"
    """The only closed offer: whether there is something else."""
    ENDING = "ending"
    MORE = "more"

    COUNSEL = "counsel"
    """What of the advice that the person gave is for themselves."""

    # Answers of a word or two.
    EASIER = "easier"
    EASIER_SCALE = "easier_scale"
    SAY_MORE = "say_more"
    ANOTHER = "another"
    """The bridge from a "no" to another question."""

    # What the person wishes or asks.
    TALK = "talk"
    SPARED = "spared"
    LEAVE = "leave"
    JUDGED = "judged"
    """To who asks whether they are bad, or not normal."""
    GREETING = "greeting"
    FAREWELL = "farewell"
    THANKS = "thanks"
    WELCOME = "welcome"
    """To thanks, where nothing bright is in place."""
    ENOUGH = "enough"
    SHORTER = "shorter"
    LISTEN = "listen"
    ASK = "ask"
    PRIVACY = "privacy"
    KEEPING = "keeping"
    ERASURE = "erasure"
    PRESENCE = "presence"
    REQUEST = "request"
    INSULTED = "insulted"
    PRAISED = "praised"
    RELIEVED = "relieved"
    ASKED = "asked"
    """To a question that it has no answer to."""
    ASKED_GENTLY = "asked_gently"
    """The same, with no question."""
    IDENTITY = "identity"
    ABILITIES = "abilities"
    WELLBEING = "wellbeing"
    ADVICE = "advice"
    REPEATED = "repeated"
    COMPLAINT = "complaint"
    """How the coach speaks is not to their liking."""
    MISUNDERSTOOD = "misunderstood"
    ATTACHED = "attached"
    RETURN = "return"
    """Back from a question about the coach to the person, who has the word."""

    # Where questions are out of place.
    LISTENING = "listening"
    SPACE = "space"
    CARE = "care"
    TELL = "tell"
    """To who mourns, of whom they mourn."""
    GRIEF = "grief"

    # What is remembered.
    REMEMBERED = "remembered"
    """What the person asked for, in their words."""
    OTHERWISE = "otherwise"
    """Something that is known is otherwise now."""
    DID_NOT_WORK = "did_not_work"
    """They ask which step failed."""
    UNTOLD = "untold"
    """What they ask for is not known."""
    BROUGHT_BACK = "brought_back"
    """A memory that bears on what was said."""
    CORRECTED = "corrected"
    FORGOTTEN = "forgotten"
    NOTHING_FORGOTTEN = "nothing_forgotten"
    BOUNDED = "bounded"
    """To what must not be brought up."""

    LONG = "long"
    """To a very long message, of which nobody knows what matters most."""
    UNCLEAR = "unclear"
    """Nothing was understood."""
    GARBLED = "garbled"
    """It holds no words."""
    SPENT = "spent"
    """Everything has been asked."""


class Tag(StrEnum):
    """The style of a line."""

    IMAGE = "image"
    PRACTICAL = "practical"
    STRUCTURED = "structured"
    FREE = "free"
    LIVELY = "lively"
    CALM = "calm"


class Line(NamedTuple):
    """One line, with its place in the bank."""

    name: str
    """`theme.kind.slug`: kept with a reply, so it stays as it is."""
    text: str
    tag: Tag | None

    @property
    def theme(self) -> str:
        return self.name.partition(".")[0]


Lines = dict[Kind, dict[str, str]]


class ThemeData(Model):
    """One theme: the words in which it is heard, and its lines."""

    hears: Listed
    lines: Lines


class Bank:
    """All lines of one language."""

    def __init__(
        self, general: _General, themes: _Themes, asks: Mapping[Sign, Mapping[str, str]], said: Reflections
    ) -> None:
        self.reflections = said
        self.blanks, self.lookalikes = themes.blanks, themes.lookalikes
        self.markers = [(phrase, theme) for theme, data in themes.themes.items() for phrase in data.hears]
        """The words in which themes are heard."""
        by_theme: dict[str, Mapping[Kind, Mapping[str, str]]] = {ANY: general.lines}
        by_theme.update({theme: data.lines for theme, data in themes.themes.items()})
        by_theme.update({sign: {Kind.MATTERS: texts} for sign, texts in asks.items()})
        self._lines = {
            (theme, kind): list(_lines(theme, kind, texts))
            for theme, kinds in by_theme.items()
            for kind, texts in kinds.items()
        }

    def lines(self, kind: Kind, theme: str = ANY) -> list[Line]:
        """The lines of a kind for a theme; empty if it has none."""
        return self._lines.get((theme, kind), [])

    def __iter__(self) -> Iterator[Line]:
        for lines in self._lines.values():
            yield from lines

    def familiar(self) -> Bank:
        """The same with «ты», without the lines that can't be said so."""
        other = copy(self)
        other._lines = {
            place: [line._replace(text=text) for line in lines if (text := familiar(line.text))]
            for place, lines in self._lines.items()
        }
        other.reflections = Reflections.model_validate(_familiar(self.reflections.model_dump()))
        return other


def _familiar(said: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _familiar(texts) if isinstance(texts, dict) else [text for each in texts if (text := familiar(each))]
        for name, texts in said.items()
    }


def _lines(theme: str, kind: Kind, texts: Mapping[str, str]) -> Iterator[Line]:
    """Raises ValueError for a key that is not `slug` or `slug (tag)`."""
    for key, text in texts.items():
        found = _KEY.fullmatch(key)
        if found is None:
            raise ValueError(f"{theme}.{kind}: not a name of a line: {key}")
        yield Line(f"{theme}.{kind}.{found[1]}", text, Tag(found[2]) if found[2] else None)


class _General(Model):
    lines: Lines
    reflections: dict[str, object]
    """Reflections that stand in place of those after an answer of a questionnaire."""


class _Themes(Model):
    blanks: Listed
    """What only looks like the words of a theme."""
    lookalikes: Listed
    """Words that share their stem with one, and mean something else."""
    themes: dict[Theme, ThemeData]


@cache
def bank(locale: Locale, *, informal: bool = False) -> Bank:
    """The lines of a language, read once. `informal` is «ты»: English knows no other "you"."""
    if informal:
        return bank(locale).familiar() if locale is Locale.RU else bank(locale)
    general = _General.model_validate(read_packaged(__package__, f"coach_{locale}.yaml"))
    themes = _Themes.model_validate(read_packaged(__package__, f"coach_themes_{locale}.yaml"))
    said = Reflections.model_validate({**reflections(locale).model_dump(), **general.reflections})
    return Bank(general, themes, signs(locale).asks, said)
