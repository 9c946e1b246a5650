"""Reads a message: its words, who wrote them, whether more may follow, and which question it replies to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from aiogram.types import Message, MessageOriginUser
from aiogram.types.message_origin_union import MessageOriginUnion

from gateway.telegram.callback_data import QuestionCallback

CUT_FROM = 2000
"""The length in UTF-16 code units from which a text may be the first part of a longer one.

Telegram's clients split a text longer than 4,096 units; the desktop client may split it anywhere in the second half.
"""

UNREAD = "unread_parts"
"""The field of a message in which the parser leaves the parts that it could not parse, for their words."""

_NOT_THE_WRITERS = {
    # Other messages; those of this chat were read when they came.
    *("reply_to_message", "pinned_message", "checklist_message", "poll_message", "suggested_post_message"),
    *("external_reply", "quote", "reply_to_story"),
    # People and chats.
    *("from", "from_user", "chat", "user", "via_bot", "forward_origin", "forward_from", "forward_from_chat", "origin"),
    *("forward_sender_name", "forward_signature", "author_signature", "sender_chat", "sender_tag"),
    *("sender_business_bot", "guest_bot_caller_user", "guest_bot_caller_chat", "receiver_user", "left_chat_member"),
    *("new_chat_members", "users_shared", "user_shared", "chat_shared", "completed_by_user", "added_by_user"),
    *("completed_by_chat", "added_by_chat", "username"),
    # Works and things that somebody else has named.
    *("audio", "game", "invoice", "story", "sticker", "set_name", "emoji", "dice", "unique_gift", "reply_markup"),
    # Names of kinds, addresses and codes.
    *("type", "mime_type", "url", "language", "language_code", "currency", "state", "style", "align", "valign"),
    *("country_codes", "date_time_format", "foursquare_type", "google_place_type", "passport_data", "codec"),
}
"""Fields that hold no words of who wrote the message. Any other may, also one that this version does not know."""
_RICH_TEXT = {"text", "caption", "summary", "credit"}
"""Fields whose lists are pieces of one text, marked up differently."""


def text_of(message: Message) -> str:
    """Returns the text of a message, or all words of one without a text; empty when there are none."""
    return message.text or "\n".join(_words_of(message))


def words_beside_text(message: Message) -> str:
    """Returns the words of a message that has a text beside it, such as those of parts that can't be parsed."""
    return "\n".join(_words_of(message)[1:]) if message.text else ""


def words_quoted(message: Message) -> tuple[str, bool]:
    """Returns the words of another chat that a message replies to, and whether somebody else wrote them."""
    replied = message.external_reply
    if replied is None:
        return "", False
    quote = [message.quote.text] if message.quote else []
    return "\n".join([*quote, *_words_in(replied.model_dump(exclude_unset=True))]), _is_of_others(
        replied.origin, message
    )


def _words_of(message: Message) -> list[str]:
    """Returns all words that the writer of a message put in it, the text first."""
    parts = message.model_dump(exclude_unset=True)
    text = parts.pop("text", None)
    return [*([text] if text else []), *_words_in(parts)]


def _words_in(part: Any, name: str = "") -> Iterator[str]:
    match part:
        case _ if name in _NOT_THE_WRITERS or name.endswith(("_id", "_ids", "_url")):
            return
        case str():
            yield _READ_AS.get(name, str)(part)
        case {"first_name": str(first), **others}:
            # A name may go on in the other half.
            yield f"{first} {others.pop('last_name', None) or ''}"
            yield from _words_in(others)
        case dict():
            for field, inner in part.items():
                yield from _words_in(inner, field)
        case list() if name in _RICH_TEXT:
            yield "".join(words for inner in part for words in _words_in(inner, name))
        case list():
            for inner in part:
                yield from _words_in(inner, name)


def _card(vcard: str) -> str:
    """Returns the values of a vCard, a line each."""
    unfolded = re.sub(r"\r?\n[ \t]", "", vcard)
    values = (line.partition(":")[2] for line in unfolded.splitlines())
    return "\n".join(re.sub(r"\\([,;\\])", r"\1", value.replace(r"\n", "\n")) for value in values)


def _file_name(name: str) -> str:
    """Returns the words of a file's name."""
    return re.sub(r"[_\-.+]+", " ", name.rpartition(".")[0] or name)


_READ_AS = {"vcard": _card, "file_name": _file_name}


def is_by_others(message: Message) -> bool:
    """Returns whether somebody else wrote the message: it is forwarded, or written by an inline bot."""
    if message.forward_origin is None:
        return message.via_bot is not None
    return _is_of_others(message.forward_origin, message)


def _is_of_others(origin: MessageOriginUnion, message: Message) -> bool:
    # A private chat has the id of its person, who may pass on their own message.
    return not (isinstance(origin, MessageOriginUser) and origin.sender_user.id == message.chat.id)


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
