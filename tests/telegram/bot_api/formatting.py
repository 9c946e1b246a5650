"""Text as Telegram reads it: HTML becomes plain text and entities, whose offsets count UTF-16 code units.

Telegram's HTML is no HTML: it has a few tags, four named references, strict nesting, and no stray `<`. The grammar and
the words of its errors follow `parse_html` of tdlib/td.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.telegram.bot_api.refusals import bad_request

TYPES = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}

REFERENCE = re.compile(r"&(?:#x[0-9a-fA-F]{1,6}(?![0-9a-fA-F])|#[0-9]{1,7}(?![0-9])|(?:lt|gt|amp|quot)(?![a-zA-Z]));?")
TOKEN = re.compile(
    r"(?P<text>[^<&]+)"
    rf"|(?P<reference>{REFERENCE.pattern})"
    r"|(?P<and>&)"
    r"|</(?P<end>[^\s>]*)\s*(?P<end_closed>>?)"
    r"""|<(?P<start>[^\s>]*)(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)(?P<start_closed>>?)"""
)
ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)(?=\s|$)))?\s*""")

Entity = dict[str, Any]


@dataclass(frozen=True)
class Formatted:
    """Plain text and its entities, outer before inner."""

    text: str
    entities: list[Entity]


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    begin: int


def utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(html: str) -> Formatted:
    """Plain text and entities of a text with `parse_mode=HTML`.

    Raises:
        Refusal: 400 with Telegram's description of what can't be parsed, and where.
    """
    text, length = "", 0
    opened: list[_Open] = []
    entities: list[Entity] = []
    for token in TOKEN.finditer(html):
        fail = _failure(len(html[: token.start()].encode()))
        piece = token["text"] or token["and"] or (token["reference"] and unescape(token["reference"])) or ""
        text += piece
        length += utf16(piece)
        if token["start"] is not None:
            opened.append(_Open(*_start_tag(token, fail), begin=length))
        elif token["end"] is not None:
            if not opened:
                raise fail("Unexpected end tag")
            if not token["end_closed"]:
                raise fail("Unclosed end tag")
            tag = opened.pop()
            if (name := token["end"].lower()) not in ("", tag.tag):
                raise fail("Unmatched end tag", f', expected "</{tag.tag}>", found "</{name}>"')
            if length > tag.begin and (entity := _entity(tag, length, text)):
                entities.append(entity)
    if opened:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1].tag}\"")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise bad_request("Text contains invalid Unicode characters after decoding HTML entities")
    return Formatted(text, sorted(_merged(entities), key=lambda e: (e["offset"], -e["length"])))


def trimmed(formatted: Formatted) -> Formatted:
    """The text without white space around it, as Telegram stores it; entities keep to what is left."""
    text = formatted.text.rstrip()
    cut = utf16(text) - utf16(text.lstrip())
    text = text.lstrip()
    entities = []
    for entity in formatted.entities:
        begin = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, utf16(text))
        if end > begin:
            entities.append({**entity, "offset": begin, "length": end - begin})
    return Formatted(text, entities)


def unescape(text: str) -> str:
    """Text with its references replaced, the few that Telegram knows."""
    return REFERENCE.sub(lambda found: _character(found[0].strip("&;")), text)


def _character(name: str) -> str:
    named = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
    if name in named:
        return named[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(code) if 0 < code < 0x10FFFF else f"&{name};"


def _failure(offset: int) -> Callable[..., Exception]:
    def fail(what: str, more: str = "") -> Exception:
        return bad_request(f"can't parse entities: {what} at byte offset {offset}{more}")

    return fail


def _start_tag(token: re.Match[str], fail: Callable[..., Exception]) -> tuple[str, dict[str, str]]:
    name = token["start"].lower()
    if not token["start_closed"] and not token["attributes"]:
        raise fail("Unclosed start tag")
    if name not in TYPES:
        raise fail(f'Unsupported start tag "{name}"')
    if not token["start_closed"]:
        raise fail(f'Unclosed start tag "{name}"')
    attributes: dict[str, str] = {}
    rest = token["attributes"].strip()
    while rest:
        found = ATTRIBUTE.match(rest)
        if not found:
            raise fail(f'Empty attribute name in the tag "{name}"')
        attributes[found[1].lower()] = unescape(next((value for value in found.groups()[1:] if value is not None), ""))
        rest = rest[found.end() :]
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise fail('Tag "span" must have class "tg-spoiler"')
    return name, attributes


def _entity(tag: _Open, end: int, text: str) -> Entity | None:
    entity: Entity = {"type": TYPES[tag.tag], "offset": tag.begin, "length": end - tag.begin}
    match tag.tag:
        case "a":
            url = tag.attributes.get("href") or text.encode("utf-16-le")[tag.begin * 2 :].decode("utf-16-le")
            # Telegram drops a link that is none, and keeps its words.
            if not re.match(r"(https?|tg|ton|tonsite)://.|[\w-]+(\.[\w-]+)+", url):
                return None
            entity["url"] = url
        case "tg-emoji":
            if not tag.attributes.get("emoji-id", "").isdigit():
                raise bad_request("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = tag.attributes["emoji-id"]
        case "code" if tag.attributes.get("class", "").startswith("language-"):
            entity["language"] = tag.attributes["class"].removeprefix("language-")
        case "blockquote" if "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
    return entity


def _merged(entities: list[Entity]) -> list[Entity]:
    """`<pre><code class="language-x">` is one entity; a language by itself means nothing."""
    merged: list[Entity] = []
    for entity in entities:
        span = (entity["offset"], entity["length"])
        if entity["type"] == "pre" and merged and "language" in merged[-1]:
            inner = merged[-1]
            if (inner["offset"], inner["length"]) == span:
                merged[-1] = {**entity, "language": inner["language"]}
                continue
        merged.append(entity)
    return [
        {key: value for key, value in entity.items() if key != "language" or entity["type"] == "pre"}
        for entity in merged
    ]
