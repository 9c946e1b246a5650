"""Cleans text from outside (a person, a model, a file), once, where it enters.

It removes controls, halves of surrogate pairs and noncharacters, which PostgreSQL, JSON or HTTP refuse. It also removes
invisible characters (Unicode's Default_Ignorable_Code_Point), which can hide or reorder words or smuggle text to a
model; those that a script or an emoji needs stay. Every end of a line becomes `\\n` and every letter its composed form
(NFC), so the same words are the same text.

A replay cleans the fields of signals again. So `clean` is pure and idempotent, and does not depend on Python's own
tables of characters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import BeforeValidator, Field

_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Scripts whose letters are shaped by joiners: those of the Middle East, of India and of their neighbours.
_SHAPED = (
    "\u0590-\u061b\u061d-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1900-\u1cff\ua800-\uabff\ufb1d-\ufdcf"
    "\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_RIGHT_TO_LEFT = (
    "\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_PICTURE = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff"
)
_IDEOGRAPH = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_KEYCAP = "#*0-9"
_VARIATION = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARK = "\u061c\u200e\u200f"
_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_NEVER = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164"
    "\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f"
    f"\U000e0080-\U000e00ff\U000e01f0-\U000e0fff{_NONCHARACTERS}"
)
_TAG = "\U000e0020-\U000e007f"

_RIGHT_TO_LEFT_LETTER = re.compile(f"[{_RIGHT_TO_LEFT}]")
_SUSPECT = re.compile(f"[\r\x0b\x0c\x85\u2028\u2029\ud800-\udfff{_NEVER}{_TAG}{_VARIATION}{_MARK}\u200c\u200d]")
_UNSEEN = re.compile(
    # The flags of England, Scotland, Wales and the like are spelt in tags.
    "(?P<kept>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f)"
    f"|[{_NEVER}{_TAG}]"
    f"|(?<![{_SHAPED}])\u200c"
    f"|(?<![{_SHAPED}{_PICTURE}\ufe0f\u20e3])\u200d"
    f"|(?<=[{_PICTURE}\ufe0f\u20e3])\u200d(?![{_PICTURE}])"
    f"|(?<![{_SHAPED}{_PICTURE}{_IDEOGRAPH}{_KEYCAP}])[{_VARIATION}]"
    # Between two left-to-right letters, a direction mark only separates them.
    rf"|(?<=[^\W{_RIGHT_TO_LEFT}])[{_MARK}]+(?=[^\W{_RIGHT_TO_LEFT}])"
)
_MARKS = re.compile(f"[{_MARK}]")


def clean(text: str) -> str:
    """A text without invisible and invalid characters; see this module."""
    while (cleaner := _cleaner(text)) != text:
        text = cleaner
    return text


def _cleaner(text: str) -> str:
    if _SUSPECT.search(text):
        if _SURROGATE.search(text):
            # Two halves in the right order are one character.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        text = _UNSEEN.sub(lambda found: found["kept"] or "", _LINE_END.sub("\n", text))
        if not _RIGHT_TO_LEFT_LETTER.search(text):
            text = _MARKS.sub("", text)
    return unicodedata.normalize("NFC", text)


CLEANED = BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)
"""Cleans a field before its bounds apply: `Annotated[str, Field(max_length=80), CLEANED]`."""

CleanText = Annotated[str, CLEANED]
"""The type of a field that holds text from outside."""

OutsideId = Annotated[str, Field(max_length=200), CLEANED]
"""The type of a field with an id from outside: a channel's message id, a button's nonce."""
