"""The circumstances of a text: loss and other states, which are no traits, and irony, which is not meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from activities.ai.offline.lexicon import Circumstance, Lexicon
from activities.ai.offline.passage import Passage, Word
from activities.ai.offline.phrasebook import Hit

_NEIGHBOURS = 2
_WORDS_UNTIL_KIN = 4
_GREAT_JOY = 2
# Three brackets mock; one or two are a Russian smile.
_IRONIC_SIGNS = re.compile(r"\){3,}|🙄|🙃|😏|🤡")
_LIVING = frozenset({Circumstance.SEPARATION, Circumstance.LEAVING})
_STATES = frozenset({Circumstance.ILLNESS, Circumstance.EXHAUSTION, Circumstance.DANGER})


_JOKES = 2
# A separation counts for so many answers; who is mourned, and who comes back as one who is gone, for the whole session.
_LOSS_LASTS, _COMES_BACK = 3, 2


@dataclass(frozen=True)
class Circumstances:
    """What a text says of its circumstances, sentence by sentence."""

    loss: bool
    """Whether a loss stands anywhere in the text: of somebody close, by death, illness, parting or silence."""
    mourning: bool
    """Whether it is more than a separation, or an illness."""
    absence: bool
    """Whether it speaks as people do of somebody who is gone."""
    irony: bool
    """Whether the text says, or shows, that it is not meant."""
    earnest: bool
    """Whether it says that it is meant."""
    lost: frozenset[int]
    """Sentences that speak of a loss, and their neighbours."""
    strained: frozenset[int]
    """Sentences that speak of a loss, illness, exhaustion or danger, and their neighbours."""
    unmeant: frozenset[int]
    """Ironic sentences, and their neighbours."""
    lasting: frozenset[int]
    """Sentences in which the person says that it has always been so."""


def circumstances_of(passage: Passage, lexicon: Lexicon) -> Circumstances:
    """Reads the circumstances in one pass over the words."""
    words = passage.words
    hits = lexicon.circumstances.find(words)
    losses = _losses(hits, words)
    lost = {words[hit.start].sentence for hit in losses}
    joyful = {words[hit.start].sentence for hit in lexicon.mood.find(words) if hit.meaning >= _GREAT_JOY}
    joyful |= {sentence - 1 for sentence in joyful}
    ironic = {words[hit.start].sentence for hit in hits if _ironic(hit, words, bool(lost), joyful)} | _signed(passage)
    strained = lost | {words[hit.start].sentence for hit in hits if hit.meaning in _STATES}
    return Circumstances(
        loss=bool(lost),
        mourning=any(hit.meaning not in _LIVING for hit in losses),
        absence=any(hit.meaning is Circumstance.ABSENCE for hit in hits),
        irony=bool(ironic),
        earnest=any(hit.meaning is Circumstance.EARNEST for hit in hits),
        lost=_with_neighbours(lost),
        strained=_with_neighbours(strained),
        unmeant=_with_neighbours(ironic),
        lasting=frozenset(words[hit.start].sentence for hit in hits if hit.meaning is Circumstance.LASTING),
    )


def mourning_sentences(passage: Passage, lexicon: Lexicon) -> set[int]:
    """The sentences that tell of a death."""
    losses = _losses(lexicon.circumstances.find(passage.words), passage.words)
    return {passage.words[hit.start].sentence for hit in losses if hit.meaning not in _LIVING}


def mourned_kin(passage: Passage, lexicon: Lexicon) -> set[str]:
    """The words for whom a text mourns, such as "husband": those in the sentences that tell of it."""
    hits = lexicon.circumstances.find(passage.words)
    sentences = mourning_sentences(passage, lexicon)
    kin = (passage.words[hit.start] for hit in hits if hit.meaning is Circumstance.KIN)
    return {word.plain for word in kin if word.sentence in sentences} - lexicon.personal_pronouns


def in_grief(session: Sequence[Circumstances]) -> bool:
    """Whether a person mourns, by the answers of a session before this one."""
    gone = sum(told.loss or told.absence for told in session)
    lately = any(told.loss for told in session[-_LOSS_LASTS:])
    return lately or gone >= _COMES_BACK or any(told.mourning for told in session)


def joked_through(session: Sequence[Circumstances]) -> bool:
    """Whether at least two answers of a session are ironic, and half of all: many write "haha" now and then."""
    jokes = sum(told.irony for told in session)
    return jokes >= _JOKES and 2 * jokes >= len(session)


def within(session: Sequence[Circumstances], now: Circumstances, passage: Passage) -> Circumstances:
    """The circumstances of a text with those of the answers of its session before it, the oldest first.

    What is said soon after a loss is said in grief. Who jokes all along is not measured by it, unless they say that
    they mean it.
    """
    all_of_it = frozenset(word.sentence for word in passage.words)
    if in_grief(session):
        now = replace(now, strained=now.strained | all_of_it)
    if joked_through(session) and not now.earnest:
        now = replace(now, unmeant=now.unmeant | all_of_it)
    return now


def _losses(hits: Sequence[Hit[Circumstance]], words: Sequence[Word]) -> list[Hit[Circumstance]]:
    kin = [hit for hit in hits if hit.meaning is Circumstance.KIN]
    sentences_with_kin = {words[hit.start].sentence for hit in kin}
    starts_of_kin = {hit.start for hit in kin}

    def lost(hit: Hit[Circumstance]) -> bool:
        if hit.meaning in (Circumstance.PARTING, Circumstance.LEAVING):
            return words[hit.start].sentence in sentences_with_kin
        if hit.meaning is Circumstance.LOSING:
            return any(at in starts_of_kin for at in range(hit.end, hit.end + _WORDS_UNTIL_KIN))
        return hit.meaning in (Circumstance.LOSS, Circumstance.SEPARATION)

    return [hit for hit in hits if lost(hit)]


def _ironic(hit: Hit[Circumstance], words: Sequence[Word], loss: bool, joyful: Collection[int]) -> bool:
    if hit.meaning is Circumstance.ASSENT:
        return not loss and words[hit.start].sentence in joyful
    if hit.meaning is not Circumstance.ASIDE:
        return hit.meaning is Circumstance.IRONY
    # "Of course I miss her" is meant, and so is every "of course" beside a loss; "I love Mondays, of course." is not.
    return not loss and (hit.end == len(words) or words[hit.end].sentence != words[hit.start].sentence)


def _signed(passage: Passage) -> set[int]:
    """Sentences that end in a sign of irony."""
    return {
        max((word.sentence for word in passage.words if word.end <= sign.start()), default=0)
        for sign in _IRONIC_SIGNS.finditer(passage.text)
    }


def _with_neighbours(sentences: Iterable[int]) -> frozenset[int]:
    return frozenset(near for at in sentences for near in range(at - _NEIGHBOURS, at + _NEIGHBOURS + 1))
