"""People with a phone: what they do reaches the bot as updates, and they read what it sends."""

from __future__ import annotations

import asyncio
import io
import random
import re
import time
from typing import Any

from PIL import Image

from tests.telegram.bot_api.chats import BotMessage, Chat, Json, Message, Tap
from tests.telegram.bot_api.contents import TEXT_LENGTH
from tests.telegram.bot_api.formatting import utf16
from tests.telegram.bot_api.methods import Methods

PATIENCE = 30.0
"""Seconds a person waits for a message; on a busy machine the bot needs a few."""


class Person:
    """Somebody in a private chat with the bot; the chat's id is the person's."""

    def __init__(self, chat: Chat, bot: Methods) -> None:
        self.chat = chat
        self.id = chat.id
        self._bot = bot
        self._read = 0

    # What they see

    @property
    def screen(self) -> list[BotMessage]:
        """The bot's messages as they look now, oldest first."""
        return self.chat.of_bot()

    @property
    def sent(self) -> list[Message]:
        """The person's own messages, oldest first."""
        return self.chat.of_person()

    @property
    def conversation(self) -> list[Message]:
        """Both sides, oldest first."""
        return list(self.chat.messages.values())

    @property
    def toasts(self) -> list[str]:
        """What the bot answered to taps, "" where it answered silently."""
        return self.chat.toasts

    @property
    def unanswered_taps(self) -> int:
        """Taps whose button still shows a clock."""
        return sum(tap.chat_id == self.id for tap in self._bot.taps.values())

    @property
    def typing(self) -> list[float]:
        """When the bot was seen typing, in seconds of the loop's clock."""
        return self.chat.typing

    async def sees(self, words: str, patience: float = PATIENCE) -> BotMessage:
        """Reads on until a new message, or the new text of an edited one, has these words.

        Raises:
            AssertionError: it never came; says what came instead.
        """
        begin = self._read
        until = time.monotonic() + patience
        while time.monotonic() < until:
            while self._read < len(self.chat.arrivals):
                message, text = self.chat.arrivals[self._read]
                self._read += 1
                if words in text:
                    return message
            await asyncio.sleep(0.01)
        came = "".join(f"\n  {text!r}" for _, text in self.chat.arrivals[begin:]) or " nothing"
        raise AssertionError(f"{words!r} never came; what came:{came}")

    async def sees_nothing_more(self) -> bool:
        """Whether nothing new to read has come, a moment later."""
        await asyncio.sleep(0.3)
        return self._read == len(self.chat.arrivals)

    # What they do

    async def writes(self, text: str) -> int:
        """Sends a text, a long one in parts as Telegram's clients do; the update id of the last."""
        *before, last = _parts(text)
        for part in before:
            self._sends(text=part)
        return self._sends(text=last)

    async def forwards(self, *texts: str, by: Person | None = None) -> int:
        """Passes on texts of a person, or of somebody of whom only a name is shown; the update id of the last."""
        origin: Json = {"type": "hidden_user", "sender_user_name": "Vera"}
        if by is not None:
            origin = {"type": "user", "sender_user": by.chat.user}
        *before, last = texts
        for text in before:
            self._sends(text=text, forward_origin={**origin, "date": int(time.time())})
        return self._sends(text=last, forward_origin={**origin, "date": int(time.time())})

    async def lets_a_bot_write(self, text: str) -> int:
        """Sends what another bot offered inline; the update id."""
        return self._sends(text=text, via_bot={"id": 4242, "is_bot": True, "first_name": "Quotes"})

    async def sends_poll(self, question: str, *options: str) -> int:
        """Sends a poll; the update id."""
        choices = [{"persistent_id": str(at), "text": text, "voter_count": 0} for at, text in enumerate(options)]
        poll: Json = {"id": "1", "type": "regular", "question": question, "options": choices, "total_voter_count": 0}
        no = ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only")
        return self._sends(poll={**poll, **dict.fromkeys(no, False)})

    async def replies(self, message: Message, text: str) -> int:
        """Answers a message by Telegram's reply; the update id."""
        return self._sends(text=text, reply_to_message=message.json())

    async def sends_sticker(self) -> int:
        """Sends a sticker; the update id."""
        sticker = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._sends(sticker={**self._uploads("sticker.webp", b"RIFF"), **sticker})

    async def sends_photo(self, caption: str = "") -> int:
        """Sends a picture; the update id."""
        picture = io.BytesIO()
        Image.new("RGB", (90, 60)).save(picture, "PNG")
        photo = [{**self._uploads("photo.jpg", picture.getvalue()), "width": 90, "height": 60}]
        return self._sends(photo=photo, **({"caption": caption} if caption else {}))

    async def sends_voice(
        self,
        sound: bytes = b"OggS",
        *,
        seconds: int = 3,
        of_others: bool = False,
        to: Message | None = None,
        **said: Any,
    ) -> int:
        """Sends a voice message, somebody else's or as a reply to a message, with what else is said; the update id."""
        voice = {**self._uploads("voice.ogg", sound), "duration": seconds, "mime_type": "audio/ogg"}
        if of_others:
            said["forward_origin"] = {"type": "hidden_user", "sender_user_name": "Vera", "date": int(time.time())}
        if to:
            said["reply_to_message"] = to.json()
        return self._sends(voice=voice, **said)

    async def edits(self, message_id: int, text: str) -> int:
        """Changes the text of an own message; the update id."""
        message = self.chat.messages[message_id]
        message.text, message.entities, message.edited = text, _commands(text), int(time.time())
        return self._bot.updates.add("edited_message", self.id, message.json())

    async def taps(self, button: str, message: BotMessage | None = None) -> int:
        """Taps the button with this text on the newest message that has it, or on `message`; the update id.

        On a message that is named, a button can be tapped even after it is gone: on a screen that is late it is not.

        Raises:
            AssertionError: there is no such button; says which there are.
        """
        if message:
            keyboards = [(message, keyboard) for keyboard in [message.keyboard, *reversed(message.keyboards)]]
        else:
            keyboards = [(shown, shown.keyboard) for shown in reversed(self.screen)]
        for shown, keyboard in keyboards:
            for tapped in (one for row in keyboard for one in row):
                if tapped["text"] == button and "callback_data" in tapped:
                    return self._tap(shown, tapped["callback_data"])
        raise AssertionError(f"no button {button!r} on {[shown.buttons for shown, _ in keyboards]}")

    def blocks_bot(self) -> None:
        """Blocks the bot."""
        self._changes_membership(blocked=True)

    def unblocks_bot(self) -> None:
        """Lets the bot write again."""
        self._changes_membership(blocked=False)

    def deletes_account(self) -> None:
        """Is gone from Telegram; the bot is not told."""
        self.chat.deactivated = True

    def _sends(self, **content: Any) -> int:
        text = content.pop("text", "")
        message = Message(next(self._bot.message_ids), self.chat.json(), self.chat.user, text, _commands(text), content)
        self.chat.messages[message.id] = message
        return self._bot.updates.add("message", self.id, message.json())

    def _uploads(self, name: str, content: bytes) -> Json:
        return self._bot.files.keep(name, content)

    def _tap(self, message: BotMessage, data: str) -> int:
        tap = Tap(str(random.randrange(10**17, 10**18)), self.id)
        self._bot.taps[tap.id] = tap
        query = {
            "id": tap.id,
            "from": self.chat.user,
            "message": message.json(),
            "chat_instance": str(self.id),
            "data": data,
        }
        return self._bot.updates.add("callback_query", self.id, query)

    def _changes_membership(self, *, blocked: bool) -> None:
        before, self.chat.blocked = self.chat.blocked, blocked
        change = {
            "chat": self.chat.json(),
            "from": self.chat.user,
            "date": int(time.time()),
            "old_chat_member": _member(self._bot.me, blocked=before),
            "new_chat_member": _member(self._bot.me, blocked=blocked),
        }
        self._bot.updates.add("my_chat_member", self.id, change)


def _member(bot: Json, *, blocked: bool) -> Json:
    if blocked:
        return {"status": "kicked", "user": bot, "until_date": 0}
    return {"status": "member", "user": bot}


def _parts(text: str) -> list[str]:
    """A text as Telegram's desktop client cuts it: at the last good place of what still fits, in the half behind."""
    parts = []
    while utf16(text) > TEXT_LENGTH:
        fits = text.encode("utf-16-le")[: 2 * TEXT_LENGTH].decode("utf-16-le", "ignore")
        seams = (fits.rfind(seam, len(fits) // 2) for seam in ("\n\n", "\n", " "))
        end = next((seam for seam in seams if seam > 0), len(fits))
        parts.append(text[:end].strip())
        text = text[end:].strip()
    return [*parts, text]


def _commands(text: str) -> list[Json]:
    """The commands in a text, as Telegram marks them for bots."""
    return [
        {"type": "bot_command", "offset": utf16(text[: command.start()]), "length": len(command[0])}
        for command in re.finditer(r"(?<!\S)/[a-zA-Z0-9_]{1,32}(?:@\w+)?(?!\w)", text)
    ]
