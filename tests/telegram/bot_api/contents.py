"""What can be in a message or a command, and how Telegram says that it does not take one."""

from __future__ import annotations

import io
import itertools
import re

from PIL import Image, UnidentifiedImageError

from tests.telegram.bot_api.chats import Json, Keyboard
from tests.telegram.bot_api.formatting import Entity, Formatted, parse_html, trimmed, utf16
from tests.telegram.bot_api.refusals import bad_request, not_served

TEXT_LENGTH = 4096
CAPTION_LENGTH = 1024
"""Both in UTF-16 code units, after entities are parsed."""
CALLBACK_DATA_BYTES = 64
KEYBOARD_BUTTONS = 100
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_SIDES = 10_000
"""Pixels, width and height together."""


def text_of(p: Json) -> Formatted:
    """The text of a message.

    Raises:
        Refusal: there is none, it can't be parsed, or it is too long.
    """
    if "text" not in p:
        raise bad_request("message text is empty")
    text = _formatted(p, "text", "entities")
    if not text.text:
        raise bad_request("text must be non-empty")
    if utf16(text.text) > TEXT_LENGTH:
        raise bad_request("message is too long")
    return text


def draft_text_of(p: Json) -> Formatted:
    """The text of a draft, which may be empty.

    Raises:
        Refusal: it can't be parsed, or it is too long.
    """
    text = _formatted(p, "text", "entities")
    if utf16(text.text) > TEXT_LENGTH:
        raise bad_request("message is too long")
    return text


def caption_of(p: Json) -> Formatted:
    """The caption of a photo or a document; empty where there is none.

    Raises:
        Refusal: it can't be parsed, or it is too long.
    """
    caption = _formatted(p, "caption", "caption_entities")
    if utf16(caption.text) > CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    return caption


def keyboard_of(p: Json) -> Keyboard:
    """The inline keyboard below a message, without empty rows. Other keyboards belong to the chat, not to a message.

    Raises:
        Refusal: a button that Telegram does not take.
    """
    keyboard = [row for row in p.get("reply_markup", {}).get("inline_keyboard", []) if row]
    buttons = list(itertools.chain.from_iterable(keyboard))
    for button in buttons:
        _check_button(button)
    if len(buttons) > KEYBOARD_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height of a photo.

    Raises:
        Refusal: it is no picture, or too big.
    """
    if len(content) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except UnidentifiedImageError:
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    if width + height > PHOTO_SIDES or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return width, height


def check_command(command: Json) -> None:
    """A command of the bot's menu.

    Raises:
        Refusal: its name or its description is not one.
    """
    name, description = command["command"].strip().removeprefix("/"), command["description"].strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > 32:
        raise bad_request("command length must not exceed 32")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > 256:
        raise bad_request("command description length must not exceed 256")


def _check_button(button: Json) -> None:
    kinds = set(button) - {"text", "icon_custom_emoji_id", "style"}
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    # Of several kinds Telegram takes the first; whoever gives them is mistaken.
    if len(kinds) > 1:
        raise bad_request(f"a button has exactly one kind, not {' and '.join(sorted(kinds))}")
    if not kinds or button.get("callback_data") == "":
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if button.get("style", "primary") not in ("primary", "danger", "success"):
        raise bad_request("invalid button style specified")
    if len(button.get("callback_data", "").encode()) > CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://.", button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _formatted(p: Json, text: str, entities: str) -> Formatted:
    given = p.get(text, "")
    match p.get("parse_mode", "").lower():
        case "html":
            return trimmed(parse_html(given))
        case "":
            return trimmed(Formatted(given, _checked(p.get(entities, []), utf16(given))))
        case "markdown" | "markdownv2":
            raise not_served("Markdown")
        case _:
            raise bad_request("unsupported parse_mode")


def _checked(entities: list[Entity], length: int) -> list[Entity]:
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > length:
            raise bad_request("ENTITY_BOUNDS_INVALID")
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
