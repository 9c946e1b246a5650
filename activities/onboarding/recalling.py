"""Which words of an earlier session a return takes up: one whole sentence of the person's own, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from activities.ai.offline.circumstances import JOKES
from activities.ai.offline.reflection import heard
from schema.base_model import Model
from schema.vocabulary import Locale
from workflows.safety.rules.levels import danger_in

FEWEST_WORDS, MOST_WORDS = 4, 15

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
# A sentence that leans on the one before it means little alone.
_LEANS = re.compile(
    r"(?:and|but|because|so|or|then|which|that|this|it|he|she|they|и|а|но|потому|поэтому|или|зато|хотя|это|он|она|они|тогда)\b"
)
_OWN = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|me|my|myself|я|мне|меня|мной|мой|моя|моё|мое|мои|моей|моего|мою|себя|себе)\b"
)
_UNFIT = re.compile(r"[@«»\"“”<>{}]|https?:|www\.|\d[\d\s().-]{4,}\d")


class Recalled(Model):
    """Words worth taking up."""

    position: int
    """The place of their answer among those given."""
    quote: str
    grief: bool
    """Whether they speak of a loss."""


def recalled(answers: Sequence[str]) -> Recalled | None:
    """Returns one sentence out of answers without danger, which come newest first.

    A loss goes first: who told of one is not asked about the weather. A joke is not taken up.
    """
    found = [
        Recalled(position=position, quote=quote, grief=_grieves(quote))
        for position, answer in _meant(answers)
        if danger_in(answer) is None
        for quote in _sentences(answer)
    ]
    return max(found, key=lambda each: (each.grief, -each.position, len(each.quote)), default=None)


def _meant(answers: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The answers that are no joke; where most were jokes, only those that say so."""
    told = [heard(answer, Locale.EN).circumstances for answer in answers]
    joked = sum(state.irony for state in told) >= JOKES
    for position, (answer, state) in enumerate(zip(answers, told, strict=True)):
        if state.earnest or not (state.irony or joked):
            yield position, answer


def _grieves(quote: str) -> bool:
    state = heard(quote, Locale.EN).circumstances
    return state.loss or state.absence


def _sentences(answer: str) -> list[str]:
    parts = [part.strip() for part in _SENTENCE.findall(answer) if part.strip()]
    following = [*parts[1:], ""]
    return [part.rstrip(".… ") for part, after in zip(parts, following, strict=True) if _is_fit(part, after)]


def _is_fit(sentence: str, after: str) -> bool:
    plain, said = sentence.casefold(), heard(sentence, Locale.EN)
    words = {word.plain for word in said.passage.words}
    return (
        FEWEST_WORDS <= len(plain.split()) <= MOST_WORDS
        and not sentence.endswith(("?", "!"))
        and _OWN.search(plain) is not None
        and not _LEANS.match(plain)
        # Of somebody who is gone, people say "she" and "him"; in all else these point to what is not quoted.
        and (_grieves(sentence) or not words & said.lexicon.pointing)
        and not _taken_back(after)
        and not _UNFIT.search(sentence)
    )


def _taken_back(after: str) -> bool:
    said = heard(after, Locale.EN)
    return any(word.plain in said.lexicon.reversals for word in said.passage.words[:1])
