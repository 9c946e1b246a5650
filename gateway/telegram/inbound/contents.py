"""Reads a message: its text, who wrote it, whether more may follow, and which question it replies to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aiogram.types import Message, MessageOriginUser

from gateway.telegram.callback_data import QuestionCallback

CUT_FROM = 2000
"""The length in UTF-16 code units from which a text may be the first part of a longer one.

Telegram's clients split a text longer than 4,096 units; the desktop client may split it anywhere in the second half.
"""

_TEXT_FIELDS = {"text", "caption", "title", "question", "description", "explanation"}
"""The names of fields that hold text, also inside a poll, a list or a text with headings."""
_EXCLUDED_FIELDS = {
    # Other messages, and the sender of this one.
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


def text_of(message: Message) -> str:
    """Returns all text of a message of any content type; empty when there is none."""
    return message.text or "\n".join(_texts_in(message.model_dump(exclude_unset=True, exclude=_EXCLUDED_FIELDS)))


def _texts_in(part: Any, is_text: bool = False) -> Iterator[str]:
    match part:
        case str() if is_text:
            yield part
        case dict():
            for name, inner in part.items():
                yield from _texts_in(inner, name in _TEXT_FIELDS)
        case list():
            for inner in part:
                yield from _texts_in(inner, is_text)


def is_by_others(message: Message) -> bool:
    """Returns whether somebody else wrote the message: it is forwarded, or written by an inline bot."""
    match message.forward_origin:
        case None:
            return message.via_bot is not None
        case MessageOriginUser(sender_user=author):
            # A private chat has the id of its person, who may forward their own message.
            return author.id != message.chat.id
        case _:
            return True


def may_continue(message: Message) -> bool:
    """Returns whether the next message may continue this one.

    Telegram's clients split long texts, and people forward several messages together.
    """
    return is_by_others(message) or len(text_of(message).encode("utf-16-le")) // 2 >= CUT_FROM


def nonce_of(message: Message) -> str | None:
    """Returns the nonce of the question that a message replies to, from the question's buttons."""
    replied = message.reply_to_message
    if replied is None or replied.reply_markup is None:
        return None
    for button in (button for row in replied.reply_markup.inline_keyboard for button in row):
        try:
            return QuestionCallback.unpack(button.callback_data or "").nonce
        except (TypeError, ValueError):
            continue
    return None
