"""What a message holds: its words, whose they are, whether more may follow, and which question it replies to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiogram.types import Message, MessageOriginUser

from gateway.telegram.callback_data import QuestionCallback

CUT_FROM = 2000
"""UTF-16 code units from which a text may be the first part of a longer one.

Telegram's clients cut what is longer than 4,096 at the best place: the desktop's looks for one from the middle on.
"""

_SPOKEN = {"text", "caption", "title", "question", "description", "explanation"}
"""What parts of a message are called that hold words: those of a poll, a list, a text with headings."""
_NOT_SPOKEN = {
    # Other messages, and who sent this one.
    *(
        "reply_to_message",
        "pinned_message",
        "external_reply",
        "quote",
        "forward_origin",
        "via_bot",
        "from_user",
        "chat",
    ),
    # Names of things.
    *("audio", "document", "game", "invoice", "venue", "reply_markup"),
}


def words_of(message: Message) -> str:
    """All words that came with a message, whatever kind it is of; empty when there are none."""
    return message.text or "\n".join(_words_in(message.model_dump(exclude_unset=True, exclude=_NOT_SPOKEN)))


def _words_in(part: Any, spoken: bool = False) -> Iterator[str]:
    match part:
        case str() if spoken:
            yield part
        case dict():
            for name, inner in part.items():
                yield from _words_in(inner, name in _SPOKEN)
        case list():
            for inner in part:
                yield from _words_in(inner, spoken)


def is_by_others(message: Message) -> bool:
    """Whether somebody else wrote it: the person passes it on, or has a bot write it."""
    match message.forward_origin:
        case None:
            return message.via_bot is not None
        case MessageOriginUser(sender_user=author):
            # A private chat has the id of its person.
            return author.id != message.chat.id
        case _:
            return True


def may_go_on(message: Message) -> bool:
    """Whether what the person sends next may belong to it: a long text is cut, and others' are passed on together."""
    return is_by_others(message) or len(words_of(message).encode("utf-16-le")) // 2 >= CUT_FROM


def nonce_of(message: Message) -> str | None:
    """The asking that a message replies to: the question's own buttons name it."""
    replied = message.reply_to_message
    if replied is None or replied.reply_markup is None:
        return None
    for button in (button for row in replied.reply_markup.inline_keyboard for button in row):
        try:
            return QuestionCallback.unpack(button.callback_data or "").nonce
        except (TypeError, ValueError):
            continue
    return None
