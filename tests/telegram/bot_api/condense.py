"""Makes `spec.json`: the part of Telegram's Bot API that the fake server serves, in a compact machine-readable form.

Source: `.butcher/schema/schema.json` in the source distribution of aiogram 3.31 on PyPI (MIT licence, copyright 2017 to
present Alex Root Junior), which is scraped from Telegram's own documentation with every release. To make it anew:

    pip download --no-binary :all: --no-deps aiogram && tar xzf aiogram-*.tar.gz
    python -m tests.telegram.bot_api.condense aiogram-*/.butcher/schema/schema.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.telegram.bot_api.spec import SPEC

SERVED = [
    *("getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo"),
    *("sendMessage", "sendPhoto", "sendDocument", "sendChatAction", "answerCallbackQuery"),
    *("editMessageText", "editMessageCaption", "editMessageReplyMarkup", "deleteMessage", "deleteMessages"),
    *("setMyCommands", "getMyCommands", "deleteMyCommands", "setChatMenuButton"),
    *("setMyName", "getMyName", "setMyDescription", "getMyDescription"),
    *("setMyShortDescription", "getMyShortDescription", "getFile"),
]

SHOWN = [
    *("Update", "User", "Chat", "Message", "MaybeInaccessibleMessage", "MessageEntity", "CallbackQuery"),
    *("ChatMemberUpdated", "ChatMember", "ChatMemberMember", "ChatMemberBanned"),
    *("PhotoSize", "Document", "Sticker", "Voice", "Poll", "PollOption"),
    *("MessageOrigin", "MessageOriginUser", "MessageOriginHiddenUser", "MessageOriginChat", "MessageOriginChannel"),
    *("InlineKeyboardMarkup", "InlineKeyboardButton", "CopyTextButton", "LinkPreviewOptions"),
    *("WebhookInfo", "BotCommand", "BotName", "BotDescription", "BotShortDescription", "File"),
]
"""Types of the server's own answers and updates, which are held to the specification as well."""

BEYOND = {"InputRichMessage", "SuggestedPostParameters", "EphemeralMessageParameters"}
"""Types of parameters that a private conversation in plain HTML does not use; sending one is refused."""


def signature(annotation: dict[str, Any]) -> str:
    """A field in short: its type, the one value that it may have, and `?` where it may be left out."""
    kind = str(annotation["type"])
    literal = re.search(r"(?:must be|always) [\"'“]?(\w+)[\"'”]?\.?$", annotation["description"])
    if kind == "String" and literal and annotation["required"]:
        kind = f"'{literal[1]}'"
    return kind if annotation["required"] else f"{kind}?"


def condensed(schema: dict[str, Any]) -> dict[str, Any]:
    """The served methods, the types that they and the answers are made of, and the names of all other methods."""
    methods: dict[str, dict[str, str]] = {}
    types: dict[str, Any] = {}
    for item in (child for group in schema["items"] for child in group["children"]):
        fields = {annotation["name"]: signature(annotation) for annotation in item["annotations"]}
        if item["category"] == "methods":
            methods[item["name"]] = fields
        else:
            kinds = re.findall(r"^ - (\w+)$", item["description"], re.MULTILINE)
            types[item["name"]] = " or ".join(kinds) if kinds and not fields else fields
    kept: set[str] = set()
    asked = [kind for name in SERVED for kind in methods[name].values()]
    while asked:
        for name in set(re.findall(r"[A-Z]\w+", asked.pop())) & set(types) - kept - BEYOND:
            kept.add(name)
            asked += [types[name]] if isinstance(types[name], str) else types[name].values()
    kept |= set(SHOWN)
    return {
        "version": schema["api"]["version"],
        "methods": {name: methods[name] for name in SERVED},
        "types": {name: types[name] for name in sorted(kept)},
        "unserved": sorted(set(methods) - set(SERVED)),
    }


if __name__ == "__main__":
    schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    SPEC.write_text(json.dumps(condensed(schema), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
