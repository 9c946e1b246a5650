"""Where a conversation stands, by the lines that the coach has used, and what it asks next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

from activities.ai.offline.coach_bank import Kind, Theme
from activities.ai.offline.coach_ear import Message, message, spoken
from activities.ai.offline.coach_grief import Grief, Mourned
from activities.ai.offline.coach_hearing import ANSWERS, Wish
from activities.ai.offline.coach_memory import Remembered
from activities.ai.offline.coach_step import STEPS, Answered, Asked, NamedStep, asked_by
from activities.ai.offline.coach_theme import HeardThemes, is_trouble
from activities.ai.offline.coach_wishes import WishesInTalk
from activities.ai.offline.mood import Mood
from activities.ai.offline.overlap import overlap
from activities.ai.offline.reflection import Session, so_far
from schema.coaching.context import ReplyContext, Turn

EXPLORING = (Kind.HAPPENS, Kind.MATTERS, Kind.BETTER, Kind.WISH, Kind.TRIED)
_EXPLORED = frozenset(
    {
        *EXPLORING,
        Kind.RECURS,
        Kind.WEIGHS,
        Kind.GLAD,
        Kind.GLAD_MORE,
        Kind.WISHED,
        Kind.NEWS,
        Kind.THEN_BETTER,
        Kind.COUNSEL,
        Kind.TAKE,
        Kind.PEOPLE,
    }
)
_OF_PEOPLE = frozenset({Kind.PEOPLE, Kind.COMPANY, Kind.ATTACHED})
_WITH_NUMBER = frozenset({Kind.SCALE, Kind.EASIER_SCALE})
_SCALED = frozenset({Kind.SCALED, Kind.SCALED_LOW})
_ENDS = frozenset({Kind.CLOSING, Kind.ENDING, Kind.FAREWELL, Kind.ENOUGH})
_ASIDE = frozenset(
    {
        *(Kind(wish) for wish in Wish if wish not in ANSWERS),
        *(Kind.RETURN, Kind.LISTENING, Kind.SPACE, Kind.SAY_MORE, Kind.ANOTHER, Kind.EASIER, Kind.SPENT),
        *(Kind.UNCLEAR, Kind.GARBLED, Kind.ASKED, Kind.ASKED_GENTLY),
        *(Kind.REMEMBERED, Kind.DID_NOT_WORK, Kind.OTHERWISE, Kind.UNTOLD, Kind.BROUGHT_BACK, Kind.CORRECTED),
        *(Kind.FORGOTTEN, Kind.NOTHING_FORGOTTEN, Kind.BOUNDED),
    }
)
"""Lines beside the way: the question before them is still the one that counts."""
# Questions before a scale; questions between two that ask for people.
_ENOUGH_EXPLORED, _PEOPLE_EVERY, _NUMBER_ALONE = 4, 9, 4
_NEAR = frozenset({Theme.FAMILY, Theme.FRIENDS})
"""Themes of which people tell even news."""
_OF_A_SIGN, _LONG_ROUND = 3, 6
_FRIEND = "any.advice.friend"
"""It asks what the person would say to a friend."""
_LOW, _HIGH, _LATELY, _FRESH = 2, 9, 2, 2
_SHORT_ANSWER, _AT_LENGTH, _MORE_THAN_ENOUGH, _TROUBLE_LASTS, _HEAVY = 6, 15, 9, 4, -0.7
_OF_TROUBLE = {Kind.HAPPENS: Kind.RECURS, Kind.MATTERS: Kind.WEIGHS}
_WEIGHING = frozenset({Kind.MATTERS, Kind.WEIGHS})
_UNTROUBLED = (Kind.HAPPENS, Kind.MATTERS)
_ABOUT_STEPS = frozenset({*STEPS, Kind.HIGHER, Kind.FIRM, Kind.NOTICE, Kind.CONFIRM, Kind.COMPANY, Kind.TRIED_BEFORE})
_MET_LATELY, _AWAY = 4, timedelta(days=3)
_SAME, _SAME_AGAIN = 0.5, 0.25
"""The share of the words of a failed step from which another is the same; and where it is said to be done again."""


class Talk:
    """A conversation so far; the last message waits for its reply."""

    def __init__(self, context: ReplyContext) -> None:
        turns = _of_this_talk(context.turns)
        texts = [turn.text for turn in turns if turn.speaker == "person"] or [""]
        self.locale = spoken(texts, context.locale)
        self.messages: list[Message] = []
        language = context.locale
        for text in texts:
            language = spoken([text], language)
            self.messages.append(message(text, language))
        self.last = self.messages[-1]
        if context.troubled and self.last.wish is None:
            self.last = message(texts[-1], self.locale, crisis=True)
        self.moves = [turn.moves for turn in turns if turn.speaker == "coach"]
        self.first = texts[0]
        self.lately = {name for names in self.moves[-_LATELY:] for name in names}
        self.used = {*context.said, *(name for turn in context.turns for name in turn.moves)}
        self.asked = asked_by(name for names in self.moves for name in names)
        self.wishes = WishesInTalk(self.messages, context.wished, self.locale)
        self._structure = context.style.structure
        self._failed = [step.what for step in context.failed]
        self._agreed = bool(context.failed or context.steps or context.outcomes)
        self.told_outcome = next((step for step in (*context.outcomes, *context.failed) if step.just_told), None)
        """The step of which the last message tells how it went."""
        self.memory = Remembered(context, self.last.heard)
        today = turns[-1].said_on if turns else None
        met = {asked.kind for asked in asked_by(name for names in self.moves[-_MET_LATELY:] for name in names)}
        self.grief = Grief(Mourned(context.losses, context.locale), self.messages, today, met)
        before = [said.heard for said in self.grief.before]
        self.session: Session = so_far(before)._replace(lost=self.grief.is_there)
        self.is_troubled = context.troubled
        self.is_delicate = context.troubled or self.grief.is_there
        """Whether nothing bright may be said, and no step asked for."""

    @property
    def may_step(self) -> bool:
        """Whether a step may be spoken of; in grief only what did not work, where the person thinks of it again."""
        return not self.is_delicate or (not self.is_troubled and self.failed_before is not None)

    @property
    def theme(self) -> Theme | None:
        """What it is about now."""
        return self._heard_themes.now

    def is_fresh(self, kind: Kind) -> bool:
        """Whether the theme was heard just now, so that a question of this kind may take it for granted."""
        if kind in EXPLORING and not is_trouble(self.last):
            return False
        if kind in _WITH_NUMBER and not self._heard_themes.lasts:
            return False
        # Who answers at length may be on to something else.
        is_short = kind not in STEPS | _WITH_NUMBER and len(self.last.words) <= _SHORT_ANSWER
        return self._heard_themes.is_fresh(_FRESH if is_short else 1)

    @cached_property
    def _heard_themes(self) -> HeardThemes:
        return HeardThemes(self._answers, self.memory.bounded)

    @property
    def latest(self) -> list[Kind]:
        """The kinds of lines in the coach's last turn."""
        return self.kinds(self.moves[-1]) if self.moves else []

    @staticmethod
    def kinds(names: Iterable[str]) -> list[Kind]:
        """The kinds of lines."""
        return [asked.kind for asked in asked_by(names)]

    @property
    def question(self) -> Kind | None:
        """The last question on the way, whatever stood beside it."""
        return next((asked.kind for asked in reversed(self.asked) if asked.kind not in _ASIDE), None)

    @property
    def number(self) -> int | None:
        """The number that the person has last named on a scale."""
        asked_for = False
        numbers: list[int] = []
        for said, names in self._answers:
            asked_for = asked_for or any(asked.kind in _WITH_NUMBER for asked in asked_by(names))
            if asked_for and said.number is not None:
                numbers.append(said.number)
                asked_for = False
        return numbers[-1] if numbers else None

    @cached_property
    def step(self) -> NamedStep:
        """The step that the person has named."""
        return NamedStep(self._answers, self.taken)

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
        vain = self.last.speaks_of_step("unlike") or self.last.is_trouble_by_sign
        if self.last.speaks_of_step("offers") and self.question is not Kind.FIRM and not vain:
            return Kind.FIRM
        if self._takes_up_step():
            kind = Kind.NOTICE if Kind.FIRM in self.last.told else Kind.FIRM
        else:
            kind = self._follows(self.question) or self._explores()
        repeats = kind in (Kind.FIRM, Kind.NOTICE, Kind.CONFIRM) and not self._asked_why_again and self._failed_before()
        return Kind.TRIED_BEFORE if repeats else kind

    @property
    def _asked_why_again(self) -> bool:
        """Whether the person was just asked what would be different this time."""
        return Kind.TRIED_BEFORE in {asked.kind for asked in self.asked[-2:]}

    def _takes_up_step(self) -> bool:
        """Whether the person names a step that was not asked for."""
        plain = len(self.messages) > 1 and self.last.heard.sentiment > _HEAVY
        return plain and self._answers[-1].is_step_unasked and self.question not in _ABOUT_STEPS

    def _failed_before(self) -> bool:
        """Whether the step that the person has named is one that they have tried in vain."""
        return any(overlap(self.step.what, failed) >= _SAME for failed in self._failed)

    def _follows(self, question: Kind | None) -> Kind | None:
        """What belongs right after a question; None if the way is free."""
        if self.wishes.is_talking and question in _ABOUT_STEPS | _WITH_NUMBER | _SCALED:
            return None
        number = self.last.number
        if number is not None and self._waits_for_number(question):
            return Kind.SCALED_LOW if number <= _LOW else Kind.SCALED_HIGH if number >= _HIGH else Kind.SCALED
        if question in _WITH_NUMBER and len(self.last.words) > _NUMBER_ALONE:
            # Who tells something instead of a number is heard.
            return None
        if question in _WITH_NUMBER | _SCALED:
            # Who says by themselves what would make it more is asked no more for that.
            return Kind.STEP if question in _SCALED and number is not None else Kind.HIGHER
        if question is Kind.HIGHER and self.last.weighs:
            return None
        if question is Kind.HIGHER and Kind.STEP not in self.last.told:
            return Kind.STEP
        if question in (Kind.HIGHER, *STEPS):
            if not self._answers[-1].names_step:
                # What was said may be no step: it is asked for once more, and then left.
                steps = [asked for asked in self._round() if asked.kind in STEPS]
                return Kind.STEP if len(steps) == 1 else Kind.CLOSING
            return Kind.FIRM if self._structure and Kind.FIRM not in self.last.told else Kind.NOTICE
        if question is Kind.FIRM or (
            question is Kind.TRIED_BEFORE
            and Kind.TRIED_BEFORE in self.latest
            and not self.last.speaks_of_step("doubts")
        ):
            return Kind.NOTICE
        # What comes later answers something else.
        soon = Kind.NOTICE in self.kinds(name for names in self.moves[-2:] for name in names)
        if (
            question is Kind.NOTICE
            and soon
            and not (self.last.speaks_of_step("doubts") or self.last.is_trouble_by_sign)
        ):
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
        done = self._done(explored)
        if told := self._takes_up(done):
            return told
        if len(explored) >= _ENOUGH_EXPLORED:
            stepped = any(asked.kind is Kind.CONFIRM for asked in self.asked)
            ends = len(explored) >= _MORE_THAN_ENOUGH or (stepped and not self._is_new(self.theme))
            if ends and not self.last.weighs and len(self.last.words) < _NUMBER_ALONE:
                return Kind.CLOSING
            return self._after_exploring()
        if not explored and self._tells_news():
            return Kind.NEWS
        recent = [asked.kind for asked in self.asked if asked.kind not in _ASIDE - {Kind.ATTACHED}][-_PEOPLE_EVERY:]
        if len(recent) >= _PEOPLE_EVERY and not _OF_PEOPLE & set(recent) and Kind.PEOPLE not in self.last.told:
            return Kind.PEOPLE
        left = next((kind for kind in self._ways if kind not in done), None)
        if left is Kind.BETTER and self.last.weighs and sum(asked.kind in _WEIGHING for asked in explored) <= 1:
            # Not yet to what goes better, while it is hard.
            left = Kind.MATTERS
        if left is None:
            return self._after_exploring()
        return self._of_its_sort(left)

    def _done(self, explored: Sequence[Asked]) -> set[Kind]:
        """What needs no asking: it was asked, or is told."""
        kinds = {asked.kind for asked in explored}
        done = kinds | self.last.told
        if Kind.RECURS in kinds:
            done.add(Kind.HAPPENS)
        if Kind.WEIGHS in kinds or (Kind.NEWS in kinds and len(self.last.words) < _AT_LENGTH):
            done.add(Kind.MATTERS)
        return done

    def _takes_up(self, done: Collection[Kind]) -> Kind | None:
        """What the last message itself calls for: good news, a wish, a better time, advice to a friend."""
        said, dark = self.last, self.last.heard.mood is Mood.DARK
        if self.wishes.is_talking:
            return None
        goes_on = Kind.GLAD in self.latest and not said.heard.circumstances.absence
        after_news = goes_on and Kind.RECURS not in said.told and not said.speaks_of_step("doubts")
        if Kind.GLAD in said.told and not (dark or self.grief.is_near):
            return Kind.GLAD
        if (said.is_glad or after_news) and not (said.weighs or self.grief.is_near or said.is_wish):
            return Kind.GLAD_MORE
        if said.is_trouble_by_sign and sum(asked.theme == said.sign for asked in self.asked) < _OF_A_SIGN:
            return Kind.MATTERS
        if said.is_wish and not {Kind.WISH, Kind.WISHED} & set(self.latest):
            return Kind.WISHED
        if Kind.THEN_BETTER not in done and self._tells_better():
            return Kind.THEN_BETTER
        to_a_friend = any(name == _FRIEND for names in self.moves[-1:] for name in names)
        return Kind.COUNSEL if to_a_friend and not said.weighs else None

    def _of_its_sort(self, kind: Kind) -> Kind:
        """Of what weighs or comes again, how it comes and what is beneath; of the rest, what it was."""
        comes_again = Kind.RECURS in self.last.told and not self.last.is_light
        return _OF_TROUBLE.get(kind, kind) if comes_again or is_trouble(self.last) else kind

    @property
    def _ways(self) -> tuple[Kind, ...]:
        """The questions that may be asked, in their order: who only wants to talk is asked for no way out."""
        if self.wishes.is_talking:
            return _UNTROUBLED
        lasts = _TROUBLE_LASTS if len(self.last.words) <= _SHORT_ANSWER else 1
        return EXPLORING if any(map(is_trouble, self.messages[-lasts:])) else _UNTROUBLED

    def _after_exploring(self) -> Kind:
        """A scale where it helps, else what was asked longest ago."""
        this_round = self._round()
        asked = any(each.kind in _WITH_NUMBER for each in this_round[-_LONG_ROUND:])
        told = len(self.last.words) <= _SHORT_ANSWER or len(this_round) >= _LONG_ROUND
        if told and not asked and self._fits_number():
            return Kind.SCALE
        kinds = [asked.kind for asked in self.asked]
        last = {kind: at for at, kind in enumerate(kinds)}
        return min(map(self._of_its_sort, self._ways), key=lambda kind: last.get(kind, -1))

    def _fits_number(self) -> bool:
        """Whether a scale helps: something is wished for, and nothing is mourned, joked about or just to be told."""
        wished = any(said.is_wish for said in self.messages)
        lately = [said.heard for said in self.messages[-_LATELY:]]
        light = any(heard.circumstances.irony for heard in lately) or Kind.GLAD in self.kinds(self.lately)
        # A number of nothing that was named means nothing.
        named = self.theme is not None or any(said.heard.mood is Mood.DARK for said in self.messages)
        weighs = self.last.weighs or self.last.reports or self.last.heard.mood is Mood.BRIGHT or "?" in self.last.text
        # A wish is to be heard before it is measured.
        return (
            wished
            and named
            and not (self.last.is_wish or light or weighs or self.grief.is_near or self.wishes.is_talking)
        )

    def _tells_news(self) -> bool:
        """Whether the last message tells something evenly, of which nobody knows that it weighs or comes again."""
        even = self.last.heard.mood is Mood.NEUTRAL and not self.last.told - {Kind.HAPPENS, Kind.FIRM}
        even = even and self.last.sign is None
        return even and (self.theme is None or not _NEAR.isdisjoint(self.last.themes))

    def _tells_better(self) -> bool:
        """Whether the last message tells of a time that went better."""
        mood = self.last.heard.mood
        if self.last.is_trouble_by_sign:
            return False
        answers = Kind.BETTER in self.latest and mood in (Mood.BRIGHT, Mood.MIXED)
        return mood is not Mood.DARK and not self.last.reports and (answers or Kind.BETTER in self.last.told)

    @cached_property
    def _answers(self) -> list[Answered]:
        """Each message with the names of the lines that it answers."""
        names = [[], *self.moves, *([[]] * len(self.messages))]
        return [Answered(said, lines) for said, lines in zip(self.messages, names, strict=False)]

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
        return any(said.themes or said.heard.phrase or said.sign or said.says_little for said in self.messages)


def _of_this_talk(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns since the person was last away for days: what was asked before is no question any more."""
    starts = [
        at
        for at, (before, turn) in enumerate(pairwise(turns), start=1)
        if before.said_on and turn.said_on and turn.speaker == "person" and turn.said_on - before.said_on > _AWAY
    ]
    return turns[starts[-1] :] if starts else turns
