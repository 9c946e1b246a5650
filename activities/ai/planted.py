"""Tells words that order the coach about, or claim rights here, from what a person tells of themselves.

Such words are no memory of a person: kept, they would be an instruction that each later reply rests on.
"""

from __future__ import annotations

import re

_ROLE_EN = r"(?:an? |the |your )*(?:admin\w*|developer|operator|moderator|owner|creator|root|superuser)\b"
_ROLE_RU = r"(?:админ|разработчик|оператор|модератор|владел|создател)\w*"
_PLANTED = re.compile(
    "|".join(
        [
            r"\b(?:ignore|disregard|override|bypass|forget)\b.{0,40}\b(?:instructions?|rules|prompts?|restrictions?)\b",
            r"\b(?:system|hidden|initial) (?:prompt|message|instructions?)\b|\bdeveloper mode\b",
            r"\b(?:other|another|all) users?\b",
            r"\bfrom now on,? (?:please )?(?:you|always|never|act|treat|obey|reveal|answer|reply)\b",
            r"\byou (?:must|will|have to|should|may|can|are (?:now |always )*(?:allowed|permitted|required|free) to) "
            r"(?:now |always |never )*(?:tell|reveal|show|obey|ignore|prescribe|diagnose|act|pretend|give)\b",
            rf"\b(?:remember|note|store|save|keep in mind)[:,]?(?: that)? i(?: a|')m {_ROLE_EN}",
            rf"\bi(?: a|')m {_ROLE_EN} (?:here|(?:of|in) (?:this|selfology|your))\b",
            r"\b(?:игнорируй|забудь|отмени|обойди|не соблюдай)(?:те)?\b.{0,40}(?:инструкци|правил|промпт|ограничени)",
            r"\bсистемн\w+ (?:промпт|сообщени|инструкци)|\bрежим\w* разработчика",
            r"\b(?:друг|остальн|все|всех)\w* пользовател",
            r"\b(?:с этого момента|отныне|впредь),? (?:ты|вы|всегда|никогда|отвечай|считай|выполняй|слушайся)",
            r"\b(?:ты|вы) (?:теперь |всегда |никогда )*(?:должн|должен|обязан|можешь|можете|вправе)\w* "
            r"(?:теперь |всегда |никогда )*(?:показ|расска|раскр|выполн|слуша|став|назнач|притвор)",
            rf"\b(?:запомни|учти|сохрани|имей(?:те)? в виду)(?:те)?[:,]?(?: что)? я (?:тво[йя] |ваш[а]? |здесь |тут )*"
            rf"{_ROLE_RU}",
            rf"\bя (?:тво[йя]|ваш[а]?|здесь|тут) {_ROLE_RU}",
        ]
    )
)
_SENTENCE = re.compile(r"[^.!?…\n]+")


def is_planted(quote: str, message: str) -> bool:
    """Whether words of a message stand in a sentence that orders the coach about, or claims rights here."""
    wanted = _folded(quote)
    for part in _SENTENCE.finditer(message):
        sentence = _folded(part.group())
        if sentence and (sentence in wanted or wanted in sentence) and _PLANTED.search(sentence):
            return True
    return bool(_PLANTED.search(wanted))


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").replace("’", "'").split())
