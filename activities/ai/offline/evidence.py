"""The evidence of one answer for traits, core dynamics and aspects; each piece with the person's words that carry it.

Markers of traits after Goldberg 1990, Costa & McCrae 1992 and Yarkoni 2010.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp
from typing import Generic, NamedTuple, TypeVar

from activities.ai.offline.circumstances import Circumstances
from activities.ai.offline.lexicon import DynamicLean, Lexicon
from activities.ai.offline.passage import Passage
from activities.ai.offline.phrasebook import Hit
from activities.ai.offline.quoting import words_around
from activities.ai.values import Value, Way, asked_for
from schema.analysis.readings import AspectEvidence, Direction, DynamicEvidence, TraitEvidence
from schema.profile_vocabulary import Aspect, Dynamic, Facet
from schema.vocabulary import Construct, Trait

MOST_CONFIDENCE = 0.35
"""The highest confidence that one answer can give a value by its words alone."""
Level = Trait | Dynamic
Lean = tuple[Level, Direction]
Key = TypeVar("Key", bound=tuple[object, ...])
_PHRASE, _NEGATED = 1.3, 0.6
_ASKED_FOR = 0.5
# Three markers of one value give about two thirds of the highest confidence.
_MARKERS_TO_CONFIDENCE = 3.0
# What anybody shows who is ill, worn out or in danger: it says nothing of how the person is otherwise.
_OF_A_STATE: frozenset[Lean] = frozenset(
    {
        (Trait.NEUROTICISM, "high"),
        (Trait.CONSCIENTIOUSNESS, "low"),
        (Trait.EXTRAVERSION, "low"),
        (Trait.AGREEABLENESS, "low"),
    }
)
# People leave and call their friends on good days, too.
_ALSO_IN_GOOD_TIMES = frozenset(Way(Aspect.STRESS_RESPONSE, way) for way in ("flight", "reach_out"))
# The person as the one to whom something is done.
_ME = frozenset({"me", "меня", "мне"})
# Endings of Russian infinitives, and of verbs of which "you", "he" or "they" is the subject.
_NOT_MINE = re.compile(r"(?:ешь|ишь|[еиюуая]т|т[ьи])(?:ся)?$")


@dataclass(frozen=True)
class Said:
    """One answer, and all that decides what its words are evidence of."""

    passage: Passage
    text: str
    """The answer as the person wrote it; its places are those of the passage."""
    lexicon: Lexicon
    state: Circumstances
    others: Collection[int]
    """Indexes of the words that speak of somebody else."""
    dark: Collection[int]
    """The sentences with a dark word in them."""
    asked: Collection[Value | Way | Lean]
    """What the question pulls towards."""

    @cached_property
    def of_layers(self) -> list[Hit[DynamicLean | Way]]:
        """The markers of dynamics and ways."""
        return self.lexicon.layers.find(self.passage.words)

    def quote(self, marked: _Marked) -> str:
        """The person's words that carry a marker, with what negates it."""
        words, start, end = self.passage.words, marked.hit.start, marked.hit.end
        if marked.negated:
            start, end = self.lexicon.negation_of(words, start, end)
        carry = words_around(words, start, end, self.lexicon)
        return " ".join(self.text[words[carry.start].start : words[carry.stop - 1].end].split())


class _Marked(NamedTuple):
    """One marker that counts."""

    direction: Direction
    weight: float
    hit: Hit[object]
    negated: bool


class _Tally(Generic[Key]):
    """The markers heard for each key. A word repeated ten times is one piece of evidence."""

    def __init__(self) -> None:
        self.heard: dict[Key, list[_Marked]] = defaultdict(list)
        self._counted: set[tuple[object, tuple[str, ...]]] = set()

    def add(self, key: Key, hit: Hit[object], marked: _Marked) -> None:
        self._counted.add((key, hit.marker))
        self.heard[key].append(marked)

    def has(self, key: Key, hit: Hit[object]) -> bool:
        return (key, hit.marker) in self._counted


def pulled_at(question: Passage, lexicon: Lexicon, listens_for: Sequence[Construct]) -> frozenset[Value | Way | Lean]:
    """What a question pulls towards: what its own words name, else each value that it listens for."""
    named: set[Value | Way | Lean] = {hit.meaning for hit in lexicon.traits.find(question.words)}
    named |= {hit.meaning for hit in lexicon.layers.find(question.words)}
    levels = {meant[0] for meant in named if isinstance(meant, tuple)}
    return frozenset(named | (asked_for(listens_for) - levels))


def traits(said: Said) -> list[TraitEvidence]:
    """The evidence for each trait, in the usual order of the traits, one piece for each facet that shows."""
    tally: _Tally[tuple[Trait, Facet | None]] = _Tally()
    for hit in said.lexicon.traits.find(said.passage.words):
        trait, direction = hit.meaning
        key = trait, said.lexicon.facets.get((trait, hit.marker))
        if tally.has(key, hit) or _done_by_others(hit, said):
            continue
        negated = _negated(hit, said)
        if negated:
            direction = _other(direction)
        of_somebody_else = hit.start in said.others and not _felt(hit, said.passage, said.lexicon)
        if of_somebody_else or _of_circumstances(
            (trait, direction), said.passage.words[hit.start].sentence, said.state
        ):
            continue
        tally.add(key, hit, _marked(hit, (trait, direction), said, negated=negated))
    found: list[TraitEvidence] = []
    for trait in Trait:
        groups = {key: marked for key, marked in tally.heard.items() if key[0] is trait}
        total = sum(_weight(marked) for marked in groups.values())
        for (_, facet), marked in groups.items():
            # The pieces of a trait together say just what all of its markers say.
            if (told := _level(marked, total)) is not None:
                found.append(
                    TraitEvidence(
                        trait=trait,
                        facet=facet,
                        score=told.score,
                        confidence=told.confidence,
                        quote=said.quote(told.first),
                        direction=told.direction,
                    )
                )
    return found


def dynamics(said: Said) -> list[DynamicEvidence]:
    """The evidence for each core dynamic."""
    tally: _Tally[tuple[Dynamic]] = _Tally()
    for hit in said.of_layers:
        if isinstance(hit.meaning, Way):
            continue
        dynamic, direction = hit.meaning
        if tally.has((dynamic,), hit) or not _of_the_person(hit, said):
            continue
        negated = _negated(hit, said)
        if negated:
            direction = _other(direction)
        tally.add((dynamic,), hit, _marked(hit, (dynamic, direction), said, negated=negated))
    found = ((dynamic, _level(marked, _weight(marked))) for (dynamic,), marked in tally.heard.items())
    return [
        DynamicEvidence(
            dynamic=dynamic,
            score=told.score,
            confidence=told.confidence,
            quote=said.quote(told.first),
            direction=told.direction,
        )
        for dynamic, told in found
        if told is not None
    ]


def aspects(said: Said) -> list[AspectEvidence]:
    """The evidence for each way of an aspect. What a person denies is none for another way."""
    tally: _Tally[Way] = _Tally()
    for hit in said.of_layers:
        way = hit.meaning
        if not isinstance(way, Way) or tally.has(way, hit) or _negated(hit, said):
            continue
        if way in _ALSO_IN_GOOD_TIMES and not _under_stress(hit, said):
            continue
        # What somebody else does may be what a person feels loved by.
        if _of_the_person(hit, said, whoever=way.aspect is Aspect.LOVE_LANGUAGE):
            tally.add(way, hit, _marked(hit, way, said, negated=False))
    return [
        AspectEvidence(
            aspect=way.aspect, way=way.way, confidence=_confidence(_weight(marked)), quote=said.quote(marked[0])
        )
        for way, marked in tally.heard.items()
    ]


def _marked(hit: Hit[object], shown: Lean | Way, said: Said, *, negated: bool) -> _Marked:
    weight = _PHRASE if len(hit.marker) > 1 else 1.0
    weight *= _NEGATED if negated else 1
    # Anybody who is asked about worries names one: it says half of what the same word says unasked.
    weight *= _ASKED_FOR if {shown, shown[0]} & set(said.asked) else 1
    direction: Direction = "high" if isinstance(shown, Way) else shown[1]
    return _Marked(direction, weight, hit, negated)


def _negated(hit: Hit[object], said: Said) -> bool:
    one_way = hit.marker in said.lexicon.one_way
    return not one_way and said.lexicon.negated(said.passage.words, hit.start, hit.end)


def _other(direction: Direction) -> Direction:
    return "low" if direction == "high" else "high"


def _of_circumstances(lean: Lean, sentence: int, state: Circumstances) -> bool:
    """Whether the circumstances explain the words, so that they are no evidence."""
    if sentence in state.unmeant:
        return True
    if sentence in state.lasting:
        return False
    return sentence in state.lost or (sentence in state.strained and lean in _OF_A_STATE)


def _of_the_person(hit: Hit[object], said: Said, *, whoever: bool = False) -> bool:
    """Whether the words speak of how the person is: not of somebody else, a hard time or a joke."""
    sentence = said.passage.words[hit.start].sentence
    if sentence in said.state.unmeant or _done_by_others(hit, said):
        return False
    if (
        hit.start in said.others
        and not _done_to_me(hit, said.passage)
        and not (whoever and _names_the_person(hit, said))
    ):
        return False
    return sentence in said.state.lasting or sentence not in said.state.lost | said.state.strained


def _names_the_person(hit: Hit[object], said: Said) -> bool:
    """Whether the person stands in the same clause: "he hugs me", «мой муж меня обнимает»."""
    clause = said.passage.words[hit.start].clause
    return any(word.plain in said.lexicon.first_person for word in said.passage.words if word.clause == clause)


def _under_stress(hit: Hit[object], said: Said) -> bool:
    """Whether the words speak of hard moments: by a dark word beside them, or because the question does."""
    return said.passage.words[hit.start].sentence in said.dark or Aspect.STRESS_RESPONSE in said.asked


def _done_by_others(hit: Hit[object], said: Said) -> bool:
    """Whether a word that is listed as what "I" do stands in a form of somebody else's: «школа спасает»."""
    words, acts = said.passage.words, said.lexicon.acts.get(hit.marker, ())
    return any(_NOT_MINE.search(words[hit.start + at].plain) for at in acts)


def _done_to_me(hit: Hit[object], passage: Passage) -> bool:
    """Whether a marker says what somebody or something does to the person: "come to me with", "drain me"."""
    return any(passage.words[at].plain in _ME for at in range(hit.start + 1, hit.end))


def _felt(hit: Hit[Lean], passage: Passage, lexicon: Lexicon) -> bool:
    """Whether the person feels what somebody else brings about: "my boss makes me anxious", "people annoy me"."""
    if _done_to_me(hit, passage) or any(passage.words[at].plain in lexicon.others for at in range(hit.start, hit.end)):
        return True
    if hit.meaning[0] is not Trait.NEUROTICISM:
        return False
    near = [*range(max(1, hit.start - 2), hit.start), *range(hit.end, min(hit.end + 1, len(passage.words)))]
    return any(
        passage.words[at].plain in ("me", "меня")
        and passage.words[at].clause == passage.words[hit.start].clause
        and passage.words[at - 1].plain not in lexicon.prepositions
        for at in near
    )


class _Level(NamedTuple):
    score: float
    confidence: float
    direction: Direction
    first: _Marked


def _weight(marked: Sequence[_Marked]) -> float:
    return sum(mark.weight for mark in marked)


def _confidence(total: float) -> float:
    return round(MOST_CONFIDENCE * (1 - exp(-total / _MARKERS_TO_CONFIDENCE)), 3)


def _level(marked: Sequence[_Marked], total: float) -> _Level | None:
    """What some of a value's markers say of its level; `total` is the weight of all. None if they say nothing."""
    own = _weight(marked)
    lean = sum(mark.weight if mark.direction == "high" else -mark.weight for mark in marked)
    if not lean:
        return None
    direction: Direction = "high" if lean > 0 else "low"
    # The 1 pulls the score of a single marker towards the middle.
    score = 0.5 + 0.45 * (lean / own) * total / (total + 1)
    first = next(mark for mark in marked if mark.direction == direction)
    return _Level(round(score, 3), round(_confidence(total) * own / total, 3), direction, first)
