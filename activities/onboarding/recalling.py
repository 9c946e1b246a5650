"""Which words of an earlier session a return takes up: one whole sentence of the person's own, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from activities.ai.offline.circumstances import joked_through
from activities.ai.offline.reflection import Heard, heard
from schema.base_model import Model
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of
from workflows.safety.rules.levels import danger_in

FEWEST_WORDS, MOST_WORDS = 4, 15

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
_UNFIT = re.compile(r"[@«»\"“”<>{}]|https?:|www\.|\d[\d\s().-]{4,}\d")


class Recalled(Model):
    """Words worth taking up."""

    position: int
    """The place of their answer among those given."""
    quote: str
    grief: bool
    """Whether they speak of a loss."""


def recalled(answers: Sequence[str], locale: Locale) -> Recalled | None:
    """Returns one sentence out of answers without danger, which come newest first.

    A loss goes first: who told of one is not asked about the weather. A joke is not taken up. `locale` is the language
    of answers none of which shows one.
    """
    spoken = language_of("\n".join(answers), locale)
    found = [
        Recalled(position=position, quote=quote, grief=_grieves(heard(quote, language)))
        for position, answer, language in _meant(answers, spoken)
        if danger_in(answer) is None
        for quote in _sentences(answer, language)
    ]
    return max(found, key=lambda each: (each.grief, -each.position, len(each.quote)), default=None)


def _meant(answers: Sequence[str], spoken: Locale) -> Iterator[tuple[int, str, Locale]]:
    """The answers that are no joke, with their language; where most were jokes, only those that say so."""
    told = [heard(answer, spoken) for answer in answers]
    joked = joked_through([said.circumstances for said in told])
    for position, (answer, said) in enumerate(zip(answers, told, strict=True)):
        if said.circumstances.earnest or not (said.circumstances.irony or joked):
            yield position, answer, said.passage.locale


def _grieves(said: Heard) -> bool:
    return said.circumstances.loss or said.circumstances.absence


def _sentences(answer: str, language: Locale) -> list[str]:
    parts = [part.strip() for part in _SENTENCE.findall(answer) if part.strip()]
    following = [*parts[1:], ""]
    told = [heard(part, language) for part in following]
    return [part.rstrip(".… ") for part, after in zip(parts, told, strict=True) if _is_fit(part, language, after)]


def _is_fit(sentence: str, language: Locale, after: Heard) -> bool:
    said = heard(sentence, language)
    words, book = [word.plain for word in said.passage.words], said.lexicon
    return (
        FEWEST_WORDS <= len(sentence.split()) <= MOST_WORDS
        and not sentence.endswith(("?", "!"))
        and not book.first_person.isdisjoint(words)
        and words[0] not in book.leaning
        # Of somebody who is gone, people say "she" and "him"; in all else these point to what is not quoted.
        and (_grieves(said) or book.pointing.isdisjoint(words))
        and not _takes_back(after)
        and not _UNFIT.search(sentence)
    )


def _takes_back(said: Heard) -> bool:
    return any(word.plain in said.lexicon.reversals for word in said.passage.words[:1])
