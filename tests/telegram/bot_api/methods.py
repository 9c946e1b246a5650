"""The served methods: what they do, and what they refuse."""

from __future__ import annotations

import itertools
import re
from collections.abc import Awaitable, Callable
from typing import Any

from tests.telegram.bot_api.chats import BotMessage, Chat, Files, Json, Keyboard, Tap
from tests.telegram.bot_api.contents import caption_of, check_command, keyboard_of, picture_size, text_of
from tests.telegram.bot_api.formatting import Formatted
from tests.telegram.bot_api.rates import Rates
from tests.telegram.bot_api.refusals import bad_request, forbidden, not_served
from tests.telegram.bot_api.spec import Upload
from tests.telegram.bot_api.updates import Updates, Webhook

LONGEST_POLL = 50
"""Seconds."""
TOAST_LENGTH = 200
FETCHED_BYTES = 20 * 2**20
"""The largest file that a bot may fetch."""
PROFILE_LENGTHS = {"name": 64, "description": 512, "short_description": 120}
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
    *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}


class Methods:
    """The bot as its chats and its profile know it. Each method of the Bot API is a method here."""

    def __init__(self, me: Json, updates: Updates, rates: Rates | None, clock: Callable[[], float]) -> None:
        self.me = me
        self.updates = updates
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        """Taps that are not answered yet."""
        self.files = Files()
        self.commands: dict[tuple[str, str], list[Json]] = {}
        """By scope and language."""
        self.profile: dict[tuple[str, str], str] = {}
        """Name and descriptions, by field and language."""
        self.message_ids = itertools.count(1)
        self._rates = rates
        self._clock = clock

    async def call(self, method: str, p: Json) -> Any:
        """Runs a method with parameters that the specification has passed.

        Raises:
            Refusal: what Telegram would answer instead.
        """
        run: Callable[[Json], Awaitable[Any]] = getattr(self, re.sub(r"(?=[A-Z])", "_", method).lower())
        return await run(p)

    # Updates

    async def get_me(self, p: Json) -> Json:
        features = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        return {**self.me, **dict.fromkeys(features, False)}

    async def get_updates(self, p: Json) -> list[Json]:
        self.updates.allow(p.get("allowed_updates"))
        limit = min(max(p.get("limit", 100), 1), 100)
        return await self.updates.get(p.get("offset", 0), limit, min(p.get("timeout", 0), LONGEST_POLL))

    async def set_webhook(self, p: Json) -> bool:
        secret = p.get("secret_token")
        if secret and len(secret) > 256:
            raise bad_request("secret token is too long")
        if secret and not re.fullmatch(r"[\w-]+", secret, re.ASCII):
            raise bad_request("secret token contains unallowed characters")
        self.updates.allow(p.get("allowed_updates"))
        webhook = Webhook(p["url"], secret, p.get("max_connections", 40)) if "url" in p else None
        self.updates.set_webhook(webhook, drop=p.get("drop_pending_updates", False))
        return True

    async def delete_webhook(self, p: Json) -> bool:
        self.updates.set_webhook(None, drop=p.get("drop_pending_updates", False))
        return True

    async def get_webhook_info(self, p: Json) -> Json:
        return self.updates.webhook_info()

    # Messages

    async def send_message(self, p: Json) -> Json:
        text = text_of(p)
        chat, message = self._draft(p, text)
        message.text = text.text
        return self._send(chat, message, p)

    async def send_photo(self, p: Json) -> Json:
        caption = caption_of(p)
        chat, message = self._draft(p, caption)
        _, content, file = self._file(p["photo"])
        width, height = picture_size(content)
        message.caption, message.photo = caption.text or None, content
        message.extra["photo"] = [{**file, "width": width, "height": height}]
        return self._send(chat, message, p)

    async def send_document(self, p: Json) -> Json:
        caption = caption_of(p)
        chat, message = self._draft(p, caption)
        name, content, file = self._file(p["document"])
        message.caption, message.document = caption.text or None, (name, content)
        message.extra["document"] = {**file, "file_name": name}
        return self._send(chat, message, p)

    async def get_file(self, p: Json) -> Json:
        if (kept := self.files.get(p["file_id"])) is None:
            raise bad_request("invalid file_id")
        _, content, file = kept
        if len(content) > FETCHED_BYTES:
            raise bad_request("file is too big")
        return {**file, "file_path": self.files.path_of(p["file_id"])}

    async def send_chat_action(self, p: Json) -> bool:
        if p.get("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._chat(p).typing.append(self._clock())
        return True

    async def edit_message_text(self, p: Json) -> Json:
        text = text_of(p)
        chat, message = self._to_edit(p)
        if not message.is_text:
            raise bad_request("there is no text in the message to edit")
        return self._edit(chat, message, text, keyboard_of(p))

    async def edit_message_caption(self, p: Json) -> Json:
        caption = caption_of(p)
        chat, message = self._to_edit(p)
        if message.is_text:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(chat, message, caption, keyboard_of(p))

    async def edit_message_reply_markup(self, p: Json) -> Json:
        chat, message = self._to_edit(p)
        return self._edit(chat, message, Formatted(message.words, message.entities), keyboard_of(p))

    async def delete_message(self, p: Json) -> bool:
        if self._chat(p).messages.pop(p["message_id"], None) is None:
            raise bad_request("message to delete not found")
        return True

    async def delete_messages(self, p: Json) -> bool:
        chat = self._chat(p)
        for message_id in p["message_ids"]:
            chat.messages.pop(message_id, None)
        return True

    async def answer_callback_query(self, p: Json) -> bool:
        if len(p.get("text", "")) > TOAST_LENGTH:
            raise bad_request("MESSAGE_TOO_LONG")
        tap = self.taps.pop(p.get("callback_query_id", ""), None)
        if tap is None:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.chats[tap.chat_id].toasts.append(p.get("text", ""))
        return True

    # The bot's profile

    async def set_my_commands(self, p: Json) -> bool:
        if len(p["commands"]) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        for command in p["commands"]:
            check_command(command)
        self.commands[_scope(p)] = p["commands"]
        return True

    async def get_my_commands(self, p: Json) -> list[Json]:
        return self.commands.get(_scope(p), [])

    async def delete_my_commands(self, p: Json) -> bool:
        self.commands.pop(_scope(p), None)
        return True

    async def set_chat_menu_button(self, p: Json) -> bool:
        return True

    async def set_my_name(self, p: Json) -> bool:
        return self._describe("name", p)

    async def set_my_description(self, p: Json) -> bool:
        return self._describe("description", p)

    async def set_my_short_description(self, p: Json) -> bool:
        return self._describe("short_description", p)

    async def get_my_name(self, p: Json) -> Json:
        return {"name": self._described("name", p) or self.me["first_name"]}

    async def get_my_description(self, p: Json) -> Json:
        return {"description": self._described("description", p)}

    async def get_my_short_description(self, p: Json) -> Json:
        return {"short_description": self._described("short_description", p)}

    # What they share

    def _chat(self, p: Json) -> Chat:
        chat = self.chats.get(p["chat_id"]) if "chat_id" in p else None
        if chat is None:
            raise bad_request("chat not found" if "chat_id" in p else "chat_id is empty")
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def _draft(self, p: Json, words: Formatted) -> tuple[Chat, BotMessage]:
        keyboard, chat = keyboard_of(p), self._chat(p)
        message = BotMessage(0, chat.json(), self.me, entities=words.entities, keyboard=keyboard)
        if reply := p.get("reply_parameters"):
            replied = chat.messages.get(reply.get("message_id", 0))
            if replied:
                message.extra["reply_to_message"] = replied.json()
            elif not reply.get("allow_sending_without_reply"):
                raise bad_request("message to be replied not found")
        if p.get("protect_content"):
            message.extra["has_protected_content"] = True
        for name in ("link_preview_options", "show_caption_above_media"):
            if p.get(name):
                message.extra[name] = p[name]
        return chat, message

    def _send(self, chat: Chat, message: BotMessage, p: Json) -> Json:
        if self._rates:
            self._rates.spend(chat.id)
        message.id = next(self.message_ids)
        chat.messages[message.id] = message
        chat.show(message)
        return message.json()

    def _to_edit(self, p: Json) -> tuple[Chat, BotMessage]:
        if "inline_message_id" in p:
            raise not_served("inline messages")
        chat = self._chat(p)
        message = chat.messages.get(p.get("message_id", 0))
        if message is None:
            raise bad_request("message to edit not found")
        if not isinstance(message, BotMessage):
            raise bad_request("message can't be edited")
        return chat, message

    def _edit(self, chat: Chat, message: BotMessage, words: Formatted, keyboard: Keyboard) -> Json:
        before = message.words
        if not message.change(words, keyboard):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a"
                " current content and reply markup of the message"
            )
        if message.words != before:
            chat.show(message)
        return message.json()

    def _file(self, value: Upload | str) -> tuple[str, bytes, Json]:
        if isinstance(value, Upload):
            if not value.content:
                raise bad_request("file must be non-empty")
            return value.name, value.content, self.files.keep(value.name, value.content)
        if re.match(r"https?://", value):
            raise not_served("files by their address")
        kept = self.files.get(value)
        if kept is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return kept

    def _describe(self, field: str, p: Json) -> bool:
        text = p.get(field, "")
        if len(text) > PROFILE_LENGTHS[field]:
            raise bad_request(f"BOT_{field.upper()}_TOO_LONG")
        self.profile[field, _language(p)] = text
        return True

    def _described(self, field: str, p: Json) -> str:
        return self.profile.get((field, _language(p))) or self.profile.get((field, ""), "")


def _language(p: Json) -> str:
    code: str = p.get("language_code", "")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(p: Json) -> tuple[str, str]:
    scope = p.get("scope", {"type": "default"})
    return ":".join(str(value) for value in scope.values()), _language(p)
