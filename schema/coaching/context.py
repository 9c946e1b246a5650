"""What a reply of the coach rests on, and the reply itself, as they pass between the database and whoever writes."""

from __future__ import annotations

from typing import Literal

from schema.base_model import Model
from schema.vocabulary import Locale


class Style(Model):
    """How the coach speaks to a person. None is neutral: nothing is known, or it lies in the middle."""

    images: bool | None = None
    """Metaphors, or else practical steps."""
    structure: bool | None = None
    """Structured plans, or else flexible guidance."""
    energy: bool | None = None
    """Energetic, or else calm."""


class Turn(Model):
    """What one side said before the other spoke."""

    speaker: Literal["person", "coach"]
    text: str
    moves: list[str] = []
    """Of the offline coach: the names of the lines that it used here."""


class ReplyContext(Model):
    """What whoever writes a reply is given."""

    locale: Locale
    turns: list[Turn]
    """The last turns of the conversation, the oldest first. The last one is the person's, and waits for the reply."""
    said: list[str] = []
    """The names of all lines that the offline coach has used in this conversation, also before those turns."""
    style: Style = Style()
    troubled: bool = False
    """Whether the person has lately spoken of danger: then nothing bright is said, and no step is asked for."""


class Reply(Model):
    """A reply, before it is kept."""

    text: str
    coach: str
    """Who wrote it: `offline`, or `provider/model`."""
    moves: list[str] = []
    """As in `Turn`."""
