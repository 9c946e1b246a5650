"""Where a conversation stands, by the lines that the coach has used, and what it asks next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from activities.ai.offline.coach_bank import Kind, Theme
from activities.ai.offline.coach_ear import ANSWERS, Message, Wish, message, spoken
from activities.ai.offline.coach_memory import Remembered
from activities.ai.offline.mood import Mood
from activities.ai.offline.overlap import overlap
from activities.ai.offline.reflection import Session, so_far
from activities.ai.offline.style_wishes import wishes_in
from schema.coaching.context import ReplyContext
from schema.coaching.wishes import StyleWish

EXPLORING = (Kind.HAPPENS, Kind.MATTERS, Kind.BETTER, Kind.WISH, Kind.TRIED)
_EXPLORED = frozenset({*EXPLORING, Kind.WISHED, Kind.NEWS, Kind.THEN_BETTER, Kind.COUNSEL, Kind.TAKE, Kind.PEOPLE})
STANDS_ALONE = frozenset({Kind.NOTICE, Kind.CONFIRM, Kind.TRIED_BEFORE, Kind.SCALED, Kind.SCALED_LOW, Kind.SCALED_HIGH})
"""Lines that say back what they ask about, or need no saying back."""
SAYS_BACK = frozenset({Kind.WISHED, Kind.NEWS})
"""Lines that may say the person's words back themselves."""
_NAMES_PEOPLE = frozenset({Kind.PEOPLE, Kind.COMPANY, Kind.ATTACHED, Kind.ADVICE})
_OF_PEOPLE = frozenset({Kind.PEOPLE, Kind.COMPANY, Kind.ATTACHED})
_WITH_NUMBER = frozenset({Kind.SCALE, Kind.EASIER_SCALE})
_STEPS = frozenset({Kind.STEP, Kind.SMALLER})
_SCALED = frozenset({Kind.SCALED, Kind.SCALED_LOW})
_ENDS = frozenset({Kind.CLOSING, Kind.ENDING, Kind.FAREWELL, Kind.ENOUGH})
_ASIDE = frozenset(
    {
        *(Kind(wish) for wish in Wish if wish not in ANSWERS),
        Kind.RETURN,
        Kind.LISTENING,
        Kind.SPACE,
        Kind.UNCLEAR,
        Kind.GARBLED,
        Kind.SAY_MORE,
        Kind.ANOTHER,
        Kind.EASIER,
        Kind.SPENT,
        Kind.REMEMBERED,
        Kind.DID_NOT_WORK,
        Kind.OTHERWISE,
        Kind.UNTOLD,
        Kind.BROUGHT_BACK,
        Kind.CORRECTED,
        Kind.FORGOTTEN,
        Kind.NOTHING_FORGOTTEN,
        Kind.BOUNDED,
    }
)
"""Lines beside the way: the question before them is still the one that counts."""
# Questions before a scale; questions between two that ask for people; messages in which a theme is heard.
_ENOUGH_EXPLORED, _PEOPLE_EVERY, _THEME_LASTS, _NUMBER_ALONE = 4, 9, 6, 4
_FADES = 0.75
_NEAR = frozenset({Theme.FAMILY, Theme.FRIENDS})
"""Themes of which people also tell what is no trouble."""
_LOW, _HIGH, _CLEARLY, _LATELY, _FRESH, _SHORT_STEP, _LONG_STEP = 2, 9, 3, 2, 2, 12, 40
_COLOURS = 8
"""So many messages are met in the light of a loss or a joke."""
_SAME, _SAME_AGAIN = 0.5, 0.25
"""The share of the words of a failed step from which another is the same; and where it is said to be done again."""


class Asked(NamedTuple):
    """A line that was used, by its name."""

    theme: str
    kind: Kind


class Talk:
    """A conversation so far; the last message waits for its reply."""

    def __init__(self, context: ReplyContext) -> None:
        texts = [turn.text for turn in context.turns if turn.speaker == "person"] or [""]
        self.locale = spoken(texts, context.locale)
        self.messages: list[Message] = []
        language = context.locale
        for text in texts:
            language = spoken([text], language)
            self.messages.append(message(text, language))
        self.last = self.messages[-1]
        if context.troubled and self.last.wish is None:
            self.last = message(texts[-1], self.locale, crisis=True)
        self.moves = [turn.moves for turn in context.turns if turn.speaker == "coach"]
        self.first = texts[0]
        self.lately = {name for names in self.moves[-_LATELY:] for name in names}
        self.used = {*context.said, *(name for names in self.moves for name in names)}
        self.asked = _read(name for names in self.moves for name in names)
        self._wished = set(context.wished)
        self._structure = context.style.structure
        self._failed = [step.what for step in context.failed]
        self._agreed = bool(context.failed or context.steps or context.outcomes)
        self.told_outcome = next((step for step in (*context.outcomes, *context.failed) if step.just_told), None)
        """The step of which the last message tells how it went."""
        # Weeks may lie between messages, so grief and jokes don't colour all that ever follows them.
        self.session: Session = so_far([said.heard for said in self.messages[-_COLOURS - 1 : -1]])
        state = self.last.heard.circumstances
        self.grieves = self.session.lost or state.loss
        self.memory = Remembered(context, self.last.heard)
        self._troubled = context.troubled
        self.is_delicate = context.troubled or self.grieves
        """Whether nothing bright may be said, and no step asked for."""

    @property
    def may_step(self) -> bool:
        """Whether a step may be spoken of; in grief only what did not work, where the person thinks of it again."""
        return not self.is_delicate or (not self._troubled and self.failed_before is not None)

    @cached_property
    def theme(self) -> Theme | None:
        """What it is about now: what was said last counts most."""
        weights: dict[Theme, float] = {}
        for age, themes in enumerate(reversed(self._themes[-_THEME_LASTS:])):
            for theme, hits in themes.items():
                if theme not in self.memory.bounded:
                    weights[theme] = weights.get(theme, 0) + min(hits, _CLEARLY) * _FADES**age
        # Of several, one of those that the last message is about.
        now = [theme for theme in weights if theme in self._themes[-1]] or list(weights)
        return max(now, key=lambda theme: (weights[theme], theme), default=None)

    def is_fresh(self, kind: Kind) -> bool:
        """Whether the theme was heard just now, so that a question of this kind may take it for granted."""
        told = [themes for themes, said in zip(self._themes, self.messages, strict=True) if said.wish is None]
        return any(self.theme in themes for themes in told[-1 if kind in _STEPS | _WITH_NUMBER else -_FRESH :])

    @cached_property
    def _themes(self) -> list[Counter[Theme]]:
        """The themes of each message. "My wife" is no new one where somebody was asked for."""
        return [
            Counter[Theme]() if _NAMES_PEOPLE & {asked.kind for asked in _read(names)} else said.themes
            for said, names in self._answers()
        ]

    @property
    def latest(self) -> list[Kind]:
        """The kinds of lines in the coach's last turn."""
        return self.kinds(self.moves[-1]) if self.moves else []

    @staticmethod
    def kinds(names: Iterable[str]) -> list[Kind]:
        """The kinds of lines."""
        return [asked.kind for asked in _read(names)]

    @property
    def question(self) -> Kind | None:
        """The last question on the way, whatever stood beside it."""
        return next((asked.kind for asked in reversed(self.asked) if asked.kind not in _ASIDE), None)

    @property
    def is_quiet(self) -> bool:
        """Whether the person has wished for no questions, and not for questions since."""
        wishes = [said.wish for said in self._since_as_before if said.wish in (Wish.LISTEN, Wish.ASK)]
        return wishes[-1] is Wish.LISTEN if wishes else StyleWish.NO_QUESTIONS in self._wished

    @property
    def is_brief(self) -> bool:
        """Whether the person has wished for less text."""
        # A wish that is kept tells also when a later one took its place.
        lengths = {StyleWish.SHORTER, StyleWish.LONGER} & self._wished
        if lengths:
            return StyleWish.SHORTER in lengths
        return any(said.wish in (Wish.SHORTER, Wish.COMPLAINT) for said in self._since_as_before)

    @cached_property
    def _since_as_before(self) -> list[Message]:
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

    @property
    def number(self) -> int | None:
        """The number that the person has last named on a scale."""
        asked_for = False
        numbers: list[int] = []
        for said, names in self._answers():
            asked_for = asked_for or any(asked.kind in _WITH_NUMBER for asked in _read(names))
            if asked_for and said.number is not None:
                numbers.append(said.number)
                asked_for = False
        return numbers[-1] if numbers else None

    @property
    def step(self) -> str | None:
        """The step that the person has named, in their words."""
        if self.taken:
            return self.taken
        named = [said.own_words for said, names in self._answers() if self._names_step(said, names)]
        return named[-1] if named else None

    @property
    def step_notice(self) -> str:
        """How the person will notice that the step worked, in their words; empty if they have not said it."""
        return self._said_to(Kind.NOTICE)

    @property
    def step_when(self) -> str:
        """When they mean to take it, likewise."""
        return self._said_to(Kind.FIRM, tells=Kind.FIRM)

    @property
    def step_why(self) -> str:
        """What they have said that they wish for in this talk, likewise."""
        wishes = [
            said.own_words for said, names in self._answers() if Kind.WISH in said.told or _asks(names, Kind.WISH)
        ]
        return next((words for words in reversed(wishes) if words and words != self.step), "")

    def _said_to(self, kind: Kind, *, tells: Kind | None = None) -> str:
        """What the last answer to a question of a kind says, if it tells that."""
        answers = [said for said, names in self._answers() if _asks(names, kind)]
        fits = bool(answers) and answers[-1].wish is None and (tells is None or tells in answers[-1].told)
        return (answers[-1].own_words or "") if fits else ""

    @cached_property
    def taken(self) -> str | None:
        """The step that the last message agrees to, whatever was asked."""
        before = self.messages[-2] if len(self.messages) > 1 else None
        return self.last.takes(before is not None and (before.speaks_of_step("offers") or Kind.STEP in before.told))

    @cached_property
    def failed_before(self) -> str | None:
        """The step that they have tried in vain and think of again, as it was agreed on."""
        if not (self.taken or self.last.speaks_of_step("offers") or Kind.STEP in self.last.told):
            return None
        least = _SAME_AGAIN if self.last.speaks_of_step("again") else _SAME
        return next((failed for failed in self._failed if overlap(self.last.text, failed) >= least), None)

    def tells_of_step(self, how: str) -> bool:
        """Whether the last message tells that a step failed, or that it is not to be tried again."""
        return (
            (self._agreed or Kind.CONFIRM in self.kinds(self.used))
            and "?" not in self.last.text
            and self.last.speaks_of_step(how)
        )

    def next(self) -> Kind:
        """What the coach asks next."""
        if self.failed_before and self.question is not Kind.TRIED_BEFORE:
            return Kind.TRIED_BEFORE
        if self.taken:
            return Kind.CONFIRM
        if self.last.speaks_of_step("offers") and self.question is not Kind.FIRM:
            return Kind.FIRM
        kind = self._follows(self.question) or self._explores()
        repeats = kind in (Kind.FIRM, Kind.NOTICE, Kind.CONFIRM) and not self._asked_why_again and self._failed_before()
        return Kind.TRIED_BEFORE if repeats else kind

    @property
    def _asked_why_again(self) -> bool:
        """Whether the person was just asked what would be different this time."""
        return Kind.TRIED_BEFORE in {asked.kind for asked in self.asked[-2:]}

    def _failed_before(self) -> bool:
        """Whether the step that the person has named is one that they have tried in vain."""
        return any(overlap(self.step or "", failed) >= _SAME for failed in self._failed)

    def _follows(self, question: Kind | None) -> Kind | None:
        """What belongs right after a question; None if the way is free."""
        number = self.last.number
        if number is not None and self._waits_for_number(question):
            return Kind.SCALED_LOW if number <= _LOW else Kind.SCALED_HIGH if number >= _HIGH else Kind.SCALED
        if question in _WITH_NUMBER:
            return Kind.HIGHER
        if question in _SCALED:
            return Kind.HIGHER
        if question is Kind.HIGHER and Kind.STEP not in self.last.told:
            return Kind.STEP
        if question in (Kind.HIGHER, *_STEPS):
            if not self._names_step(*self._answers()[-1]):
                # What was said may be no step: it is asked for once more, and then left.
                steps = [asked for asked in self._round() if asked.kind in _STEPS]
                return Kind.STEP if len(steps) == 1 else Kind.CLOSING
            return Kind.FIRM if self._structure and Kind.FIRM not in self.last.told else Kind.NOTICE
        if question is Kind.FIRM or (
            question is Kind.TRIED_BEFORE
            and Kind.TRIED_BEFORE in self.latest
            and not self.last.speaks_of_step("doubts")
        ):
            return Kind.NOTICE
        if question is Kind.NOTICE and not self.last.speaks_of_step("doubts"):
            return Kind.CONFIRM
        if question is Kind.CONFIRM:
            return Kind.COMPANY
        if question in (Kind.COMPANY, Kind.SCALED_HIGH):
            return Kind.CLOSING
        return None

    def _explores(self) -> Kind:
        this_round = self._round()
        explored = [asked for asked in this_round if asked.kind in _EXPLORED]
        if not explored and not self._has_subject():
            return Kind.OPENING
        done = {asked.kind for asked in explored} | self.last.told
        if Kind.NEWS in done:
            done.add(Kind.MATTERS)
        if Kind.THEN_BETTER not in done and self._tells_better():
            return Kind.THEN_BETTER
        if Kind.ADVICE in self.latest:
            return Kind.COUNSEL
        if len(explored) >= _ENOUGH_EXPLORED:
            stepped = any(asked.kind is Kind.CONFIRM for asked in self.asked)
            return Kind.CLOSING if stepped and not self._is_new(self.theme) else Kind.SCALE
        if Kind.WISH in self.last.told and Kind.WISHED not in done and Kind.WISH not in self.latest:
            return Kind.WISHED
        if not explored and self._tells_news():
            return Kind.NEWS
        recent = [asked.kind for asked in self.asked][-_PEOPLE_EVERY:]
        if len(recent) >= _PEOPLE_EVERY and not _OF_PEOPLE & set(recent) and Kind.PEOPLE not in self.last.told:
            return Kind.PEOPLE
        return next((kind for kind in EXPLORING if kind not in done), Kind.SCALE)

    def _tells_news(self) -> bool:
        """Whether the last message tells something evenly, of which nobody knows that it weighs or comes again."""
        even = self.last.heard.mood is Mood.NEUTRAL and not self.last.told - {Kind.HAPPENS, Kind.FIRM}
        return even and (self.theme is None or not _NEAR.isdisjoint(self.last.themes))

    def _tells_better(self) -> bool:
        """Whether the last message tells of a time that went better."""
        mood = self.last.heard.mood
        answers = Kind.BETTER in self.latest and mood in (Mood.BRIGHT, Mood.MIXED)
        return mood is not Mood.DARK and (answers or Kind.BETTER in self.last.told)

    def _answers(self) -> list[tuple[Message, list[str]]]:
        """Each message with the names of the lines that it answers."""
        return list(zip(self.messages, [[], *self.moves, *([[]] * len(self.messages))], strict=False))

    @staticmethod
    def _names_step(said: Message, names: list[str]) -> bool:
        """Whether a message names something to do: in so many words, or shortly where it was asked for."""
        if _asks(names, Kind.FIRM) or _asks(names, Kind.NOTICE):
            return False
        asked_for = any(asked.kind in _STEPS for asked in _read(names))
        answers = asked_for and said.wish is None and "?" not in said.text
        # Of a long story a word like "I'll" is no step.
        return (Kind.STEP in said.told and len(said.words) <= _LONG_STEP) or (
            answers and len(said.words) <= _SHORT_STEP
        )

    def _waits_for_number(self, question: Kind | None) -> bool:
        """Whether a number was asked for, now or a little before, and none has come."""
        if question in _WITH_NUMBER:
            return True
        kinds = {asked.kind for asked in self._round()}
        alone = len(self.last.words) <= _NUMBER_ALONE
        return alone and bool(kinds & _WITH_NUMBER) and not kinds & {*_SCALED, Kind.SCALED_HIGH, Kind.FIRM}

    def _round(self) -> list[Asked]:
        """What was asked since something was brought to its end."""
        ends = [at for at, asked in enumerate(self.asked) if asked.kind in _ENDS]
        return self.asked[ends[-1] + 1 :] if ends else self.asked

    def _is_new(self, theme: Theme | None) -> bool:
        return theme is not None and all(asked.theme != theme for asked in self.asked if asked.kind is Kind.SCALE)

    def _has_subject(self) -> bool:
        return any(said.themes or said.heard.phrase or said.says_little for said in self.messages)


def _asks(names: Iterable[str], kind: Kind) -> bool:
    return any(asked.kind is kind for asked in _read(names))


def _read(names: Iterable[str]) -> list[Asked]:
    """The lines that stand behind names; those of reflections, or of another version's lines, tell nothing."""
    parts = (name.split(".") for name in names)
    return [Asked(part[0], Kind(part[1])) for part in parts if len(part) == 3 and part[1] in set(Kind)]
