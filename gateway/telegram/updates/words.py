"""What people write, change, or send instead of writing."""

from __future__ import annotations

from collections import deque

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.types import Message

from gateway.telegram.buttons import QuestionTap
from gateway.telegram.updates.guest import Guest, Line
from schema.deliveries import NoticeCode
from schema.session import ANSWER_LIMIT, EditedAnswer, SubmittedAnswer

_NO_WORDS = {
    ContentType.STICKER: "telegram-sticker",
    ContentType.ANIMATION: "telegram-picture",
    ContentType.PHOTO: "telegram-picture",
    ContentType.VIDEO: "telegram-picture",
    ContentType.VOICE: "telegram-voice",
    ContentType.VIDEO_NOTE: "telegram-voice",
    ContentType.AUDIO: "telegram-voice",
    ContentType.DOCUMENT: "telegram-file",
}
"""What is said to things that people send instead of words."""

ALBUMS_REMEMBERED = 1000
"""How many albums are known to have been answered; the parts of one come within seconds."""

_BY_TELEGRAM_ITSELF = F.content_type.in_(
    {
        ContentType.PINNED_MESSAGE,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.CHAT_BACKGROUND_SET,
        ContentType.PROXIMITY_ALERT_TRIGGERED,
    }
)
"""Records of what a person did with the chat. They are said to nobody."""


async def hear(message: Message, guest: Guest) -> Line | None:
    """A text goes to the open session."""
    text = message.text or ""
    if len(text) > ANSWER_LIMIT:
        return await _too_long(guest, text)
    answer = SubmittedAnswer(
        update_id=guest.update_id, text=text, nonce=nonce_of(message), message_id=str(message.message_id)
    )
    if await guest.tell("submit_answer", answer):
        # Until there is a coach, who takes whatever no session does.
        await guest.is_overheard(text, otherwise=NoticeCode.NO_COACH_YET)
    return None


async def hear_again(message: Message, guest: Guest) -> Line | None:
    """A text that was changed goes there, too."""
    text = message.text or ""
    if len(text) > ANSWER_LIMIT:
        return await _too_long(guest, text)
    edited = EditedAnswer(update_id=guest.update_id, message_id=str(message.message_id), text=text)
    if not await guest.sessions.tell(guest, "edit_answer", edited):
        # Nothing is said: Telegram also tells of edits that nobody made, when what a message shows has changed.
        await guest.is_overheard(text)
    return None


async def hear_caption(message: Message, guest: Guest) -> None:
    """Words that come with something else are heard for a crisis."""
    if message.caption:
        await guest.is_overheard(message.caption)


class Wordless:
    """What people send instead of words. An album comes as one message for each of its parts, and is answered once."""

    def __init__(self) -> None:
        self._albums: deque[str] = deque(maxlen=ALBUMS_REMEMBERED)

    async def decline(self, message: Message, guest: Guest) -> Line | None:
        """Things without words can't be read."""
        await hear_caption(message, guest)
        if (album := message.media_group_id) in self._albums:
            return None
        if album:
            self._albums.append(album)
        return Line(_NO_WORDS.get(ContentType(message.content_type), "telegram-not-words"))


async def leave_be(message: Message) -> None:
    """Some messages ask for nothing."""


def nonce_of(message: Message) -> str | None:
    """The asking that a message replies to: the question's own buttons name it."""
    replied = message.reply_to_message
    if replied is None or replied.reply_markup is None:
        return None
    for button in (button for row in replied.reply_markup.inline_keyboard for button in row):
        try:
            return QuestionTap.unpack(button.callback_data or "").nonce
        except (TypeError, ValueError):
            continue
    return None


def words() -> Router:
    """The way of all that is no command."""
    router = Router(name="words")
    router.message.register(hear, F.text)
    router.message.register(leave_be, _BY_TELEGRAM_ITSELF)
    router.message.register(Wordless().decline)
    router.edited_message.register(hear_again, F.text)
    router.edited_message.register(hear_caption)
    return router


async def _too_long(guest: Guest, text: str) -> Line:
    await guest.is_overheard(text)
    return Line("answer-too-long", {"length": len(text), "limit": ANSWER_LIMIT})
