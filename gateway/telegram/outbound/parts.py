"""The messages that a delivery becomes in Telegram, and what their texts are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from schema.deliveries import EvolutionView
from schema.profile.layers import Profile
from schema.profile_vocabulary import Theme


@dataclass(frozen=True)
class TextPart:
    """A text message."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    vital: bool = False
    """Whether a duplicate is better than a loss.

    True for messages that await an answer, help, were requested or earned, or come last.
    """
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
    vital: bool = True
    helps: bool = False


@dataclass(frozen=True)
class EvolutionPicture:
    """A picture of how a person's levels have moved, with a caption."""

    view: EvolutionView
    caption: str
    """HTML."""
    keyboard: InlineKeyboardMarkup | None = None
    vital: bool = True
    helps: bool = False


@dataclass(frozen=True)
class ExportNote:
    """The message before an export's files, or the one that says that nothing is stored."""

    user_ref: str
    vital: bool = True
    helps: bool = False


@dataclass(frozen=True)
class ExportFile:
    """A file of a person's export. Skipped when nothing is stored."""

    user_ref: str
    form: Literal["html", "json"]
    vital: bool = True
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
