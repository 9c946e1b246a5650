"""Private chats with the bot: the messages of both sides, as Telegram keeps them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.bot_api.formatting import Formatted

Json = dict[str, Any]
Keyboard = list[list[Json]]
"""Rows of inline buttons."""


@dataclass
class Message:
    """A message in a chat, of the bot or of the person."""

    id: int
    chat: Json = field(repr=False)
    sender: Json = field(repr=False)
    text: str = ""
    """Plain text, as parsed; empty where the message is a picture or a file."""
    entities: list[Json] = field(default_factory=list, repr=False)
    extra: Json = field(default_factory=dict, repr=False)
    """Everything else of the message, in the words of the Bot API."""
    date: int = field(default_factory=lambda: int(time.time()), repr=False)
    edited: int | None = field(default=None, repr=False)

    def json(self) -> Json:
        """The message as the Bot API shows it."""
        shown: Json = {"message_id": self.id, "from": self.sender, "chat": self.chat, "date": self.date}
        if self.text:
            shown["text"] = self.text
            if self.entities:
                shown["entities"] = self.entities
        if self.edited:
            shown["edit_date"] = self.edited
        return {**shown, **self.extra}


@dataclass
class BotMessage(Message):
    """A message of the bot, as it looks now."""

    keyboard: Keyboard = field(default_factory=list, repr=False)
    """Its inline keyboard."""
    caption: str | None = None
    """The plain text below its photo or document."""
    photo: bytes | None = field(default=None, repr=False)
    document: tuple[str, bytes] | None = field(default=None, repr=False)
    """Name and content of its file."""
    edits: int = 0
    """How often it was changed, keyboard included."""
    history: list[str] = field(default_factory=list, repr=False)
    """Its earlier texts or captions."""
    keyboards: list[Keyboard] = field(default_factory=list, repr=False)
    """Its earlier keyboards: what somebody still sees whose screen is late."""

    @property
    def words(self) -> str:
        """Its text or caption."""
        return self.text or self.caption or ""

    @property
    def is_text(self) -> bool:
        """Whether it is a text, not a photo or a document."""
        return self.photo is None and self.document is None

    @property
    def buttons(self) -> list[list[str]]:
        """The texts on its inline keyboard."""
        return [[button["text"] for button in row] for row in self.keyboard]

    def json(self) -> Json:
        shown = super().json()
        if self.caption:
            shown["caption"] = self.caption
            if self.entities:
                shown["caption_entities"] = self.entities
        if self.keyboard:
            shown["reply_markup"] = {"inline_keyboard": self.keyboard}
        return shown

    def change(self, words: Formatted, keyboard: Keyboard) -> bool:
        """Edits it, and says whether that changed anything."""
        if (words.text, words.entities, keyboard) == (self.words, self.entities, self.keyboard):
            return False
        if words.text != self.words:
            self.history.append(self.words)
        if keyboard != self.keyboard:
            self.keyboards.append(self.keyboard)
        self.entities, self.keyboard = words.entities, keyboard
        if self.is_text:
            self.text = words.text
        else:
            self.caption = words.text or None
        self.edits += 1
        self.edited = int(time.time())
        return True

    def __str__(self) -> str:
        rows = "".join(f" [{' | '.join(row)}]" for row in self.buttons)
        kind = "" if self.is_text else "(photo) " if self.photo is not None else "(file) "
        return f"{kind}{self.words!r}{rows}"


@dataclass
class Tap:
    """A tap on a button, until the bot has answered it."""

    id: str
    chat_id: int


class Chat:
    """A person's private chat with the bot."""

    def __init__(self, user: Json) -> None:
        self.user = user
        self.id: int = user["id"]
        self.messages: dict[int, Message] = {}
        """By id, in order; deleted ones are gone."""
        self.arrivals: list[tuple[BotMessage, str]] = []
        """Each new message of the bot and each new text of an edited one, as it read then."""
        self.toasts: list[str] = []
        self.typing: list[float] = []
        self.blocked = False
        self.deactivated = False

    def json(self) -> Json:
        """The chat as the Bot API shows it."""
        return {"id": self.id, "type": "private", "first_name": self.user["first_name"]}

    def of_bot(self) -> list[BotMessage]:
        """The bot's messages, oldest first."""
        return [message for message in self.messages.values() if isinstance(message, BotMessage)]

    def of_person(self) -> list[Message]:
        """The person's own messages, oldest first."""
        return [message for message in self.messages.values() if not isinstance(message, BotMessage)]

    def show(self, message: BotMessage) -> None:
        """Notes that the person can read something new."""
        self.arrivals.append((message, message.words))


class Files:
    """What was uploaded, by file id: a file that Telegram has is sent again by its id."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes, Json]] = {}

    def keep(self, name: str, content: bytes) -> Json:
        """Stores a file; its ids and its size."""
        file_id = f"BQACAgIAAxkDAAI{len(self._kept):08d}"
        file: Json = {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(content)}
        self._kept[file_id] = (name, content, file)
        return file

    def at(self, path: str) -> bytes | None:
        """The content of a file at a path that `path_of` told."""
        return next((content for file_id, (_, content, _) in self._kept.items() if self.path_of(file_id) == path), None)

    def path_of(self, file_id: str) -> str:
        """Where a bot fetches a file."""
        return f"voice/file_{file_id[-8:].lstrip('0') or '0'}.oga"

    def get(self, file_id: str) -> tuple[str, bytes, Json] | None:
        """Name, content, and what `keep` said."""
        return self._kept.get(file_id)
