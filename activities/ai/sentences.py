"""Cuts a text that is still being written into whole sentences, in both languages. Pure.

A sentence is whole once what follows it has begun: "т." may go on with "е.", and "3." with "5". Where it is in doubt,
it does not end, for a sentence that is too long does no harm.
"""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…]+[\"'»”“’)\]*_]*(?=\s)|\n")
_LAST_WORD = re.compile(r"[^\s(«\"„“—-]+$")
# Capital letters and numbers follow these, too.
_ABBREVIATION = re.compile(
    r"mrs?|ms|dr|prof|st|vs|etc|e\.g|i\.e|approx|no|fig"
    r"|им|ул|гг?|др|пр|см|ср|тыс|млн|млрд|руб|коп|стр|тел|напр|т\.[едпкн]|н\.э",
    re.IGNORECASE,
)
_ONE_LETTER = re.compile(r"[^\W\d_]")
_ALONE = frozenset("iIяЯ")
"""Words of one letter that a sentence may end with; any other letter is an initial."""


def whole_sentences(text: str) -> tuple[list[str], str]:
    """The sentences of a text that are whole, each with the space behind it, and the rest of the text.

    All of them together are the text. More text never changes a whole sentence.
    """
    sentences, start = list[str](), 0
    for end in _END.finditer(text):
        behind = end.end()
        while behind < len(text) and text[behind].isspace():
            behind += 1
        # The space behind it may go on, and what comes then decides.
        if behind == len(text):
            break
        if behind > start and _ends(text[start : end.end()], text[behind], end.group()):
            sentences.append(text[start:behind])
            start = behind
    return sentences, text[start:]


def _ends(sentence: str, following: str, sign: str) -> bool:
    if not sentence.strip():
        return False
    if sign == "\n":
        return True
    if following.islower():
        return False
    if sign[0] != "." or sign.startswith(".."):
        return True
    last = _LAST_WORD.search(sentence[: len(sentence) - len(sign)])
    word = last.group() if last else ""
    if _ABBREVIATION.fullmatch(word) or (_ONE_LETTER.fullmatch(word) and word not in _ALONE):
        return False
    # The number of a list: "1. Call her".
    return not (word.isdigit() and sentence[: len(sentence) - len(sign)].strip() == word)
