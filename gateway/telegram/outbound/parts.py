"""The messages that a delivery becomes in Telegram, and what their texts are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from schema.deliveries import EvolutionView
from schema.profile.layers import Profile
from schema.profile_vocabulary import Theme


class Resend(StrEnum):
    """The policy for a message of which nobody knows whether it has arrived."""

    NEVER = "never"
    """A loss is better than a duplicate: reactions, nudges, notices."""
    ONCE = "once"
    """What the coach says: missing it is worse than seeing it twice, and who misses it goes on by writing again."""
    UNTIL_KNOWN = "until known"
    """What awaits an answer (any copy can be answered), help, what was requested or earned, and last words."""

    def sends(self, *, again: bool) -> bool:
        """Returns whether it is sent once more; `again` says whether it was sent again before."""
        return self is Resend.UNTIL_KNOWN or (self is Resend.ONCE and not again)


@dataclass(frozen=True)
class TextPart:
    """A text message."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    resend: Resend = Resend.NEVER
    helps: bool = False
    """Whether it is help in a crisis, which goes out even during an erasure."""


@dataclass(frozen=True)
class Card:
    """A profile card with a caption."""

    profile: Profile
    caption: str
    """HTML."""
    theme: Theme = Theme.LIGHT
    keyboard: InlineKeyboardMarkup | None = None
    resend: Resend = Resend.UNTIL_KNOWN
    helps: bool = False


@dataclass(frozen=True)
class EvolutionPicture:
    """A picture of how a person's levels have moved, with a caption."""

    view: EvolutionView
    caption: str
    """HTML."""
    keyboard: InlineKeyboardMarkup | None = None
    resend: Resend = Resend.UNTIL_KNOWN
    helps: bool = False


@dataclass(frozen=True)
class ExportNote:
    """The message before an export's files, or the one that says that nothing is stored."""

    user_ref: str
    resend: Resend = Resend.UNTIL_KNOWN
    helps: bool = False


@dataclass(frozen=True)
class ExportFile:
    """A file of a person's export. Skipped when nothing is stored."""

    user_ref: str
    form: Literal["html", "json"]
    resend: Resend = Resend.UNTIL_KNOWN
    helps: bool = False


Part = TextPart | Card | EvolutionPicture | ExportNote | ExportFile
"""One Telegram message."""


def paragraphs(parts: Iterable[Text | str]) -> Text:
    """Joins paragraphs."""
    body: list[Text | str] = []
    for part in parts:
        body += ["\n\n", part] if body else [part]
    return Text(*body)


def plain(text: str) -> str:
    """Removes the control characters that Telegram would refuse or replace."""
    return "".join(c for c in text if c == "\n" or not unicodedata.category(c).startswith("Cc"))
