"""Which words of an earlier session a return takes up: one whole sentence of the person's own, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from schema.base_model import Model
from workflows.safety.rules.levels import danger_in

FEWEST_WORDS, MOST_WORDS = 4, 15

_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
# A sentence that leans on the one before it means little alone.
_LEANS = re.compile(
    r"(?:and|but|because|so|or|then|which|that|this|it|he|she|they|и|а|но|потому|поэтому|или|зато|хотя|это|он|она|они|тогда)\b"
)
# What follows may take it back.
_TAKEN_BACK = re.compile(
    r"(?:but|no longer|not any ?more|just kidding|kidding|except|although|но|зато|больше не|уже не|шучу|шутка|хотя)\b"
)
_OWN = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|my|me|myself|я|мне|меня|мной|мой|моя|моё|мое|мои|моей|моего|мою|себя|себе)\b"
)
_UNFIT = re.compile(r"[@«»\"“”<>{}]|https?:|www\.|\d[\d\s().-]{4,}\d")
_LOSS = re.compile(
    r"\b(?:die[ds]?|death|dead|passed away|funeral|grave|grief|griev\w+|mourn\w*|widow\w*|miscarr\w+|stillb\w+"
    r"|(?:lost|losing|buried|miss) (?:my|our|him|her|them)|cancer|умер\w*|умир\w+|смерт\w*|погиб\w*|похорон\w*|могил\w*"
    r"|скорб\w*|траур\w*|вдов\w*|не стало|потерял\w* (?:мам|пап|муж|жен|сын|доч|брат|сестр|отц|мать|ребен|ребён)\w*"
    r"|выкидыш\w*|без н(?:ее|её|его) |скуча\w+ по|рак[а-я]{0,2})\b"
)


class Recalled(Model):
    """Words worth taking up."""

    position: int
    """The place of their answer among those given."""
    quote: str
    grief: bool
    """Whether they speak of a loss."""


def recalled(answers: Sequence[str]) -> Recalled | None:
    """Returns one sentence out of answers without danger, which come newest first.

    A loss goes first: who told of one is not asked about the weather.
    """
    found = [
        Recalled(position=position, quote=quote, grief=bool(_LOSS.search(quote.casefold())))
        for position, answer in enumerate(answers)
        if danger_in(answer) is None
        for quote in _sentences(answer)
    ]
    return max(found, key=lambda each: (each.grief, -each.position, len(each.quote)), default=None)


def _sentences(answer: str) -> list[str]:
    parts = [part.strip() for part in _SENTENCE.findall(answer) if part.strip()]
    following = [*parts[1:], ""]
    return [part.rstrip(".… ") for part, after in zip(parts, following, strict=True) if _is_fit(part, after)]


def _is_fit(sentence: str, after: str) -> bool:
    plain = sentence.casefold()
    return (
        FEWEST_WORDS <= len(plain.split()) <= MOST_WORDS
        and not sentence.endswith(("?", "!"))
        and _OWN.search(plain) is not None
        and not _LEANS.match(plain)
        and not _TAKEN_BACK.match(after.casefold())
        and not _UNFIT.search(sentence)
    )
