"""What people write, change, or send instead of writing."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.types import Message
from cachetools import LRUCache

from gateway.telegram.inbound.contents import is_by_others, may_go_on, nonce_of
from gateway.telegram.inbound.visitor import Reply, TelegramVisitor
from schema.deliveries import NoticeCode
from schema.onboarding.messages import EditedAnswer, SubmittedAnswer

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


async def hear(message: Message, visitor: TelegramVisitor) -> None:
    """A text goes to the open session."""
    answer = SubmittedAnswer(
        update_id=visitor.update_id,
        text=message.text or "",
        nonce=nonce_of(message),
        message_id=str(message.message_id),
        more_expected=may_go_on(message),
    )
    if await visitor.tell(visitor.clients.onboarding.submit_answer, answer):
        # Until there is a coach, who takes whatever no session does.
        await visitor.is_overheard(message, NoticeCode.NO_COACH_YET)


async def hear_again(message: Message, visitor: TelegramVisitor) -> None:
    """A text that was changed goes there, too."""
    edited = EditedAnswer(update_id=visitor.update_id, message_id=str(message.message_id), text=message.text or "")
    if not await visitor.clients.onboarding.edit_answer(visitor, edited):
        # Nothing is said: Telegram also tells of edits that nobody made, when what a message shows has changed.
        await visitor.is_overheard(message)


async def hear_others(message: Message, visitor: TelegramVisitor) -> None:
    """What somebody else wrote is no answer: the person is asked about it, where anybody asks them anything."""
    is_asked = await visitor.clients.onboarding.is_open(visitor)
    await visitor.is_overheard(message, NoticeCode.SOMEBODY_ELSES_WORDS if is_asked else NoticeCode.NO_COACH_YET)


async def only_hear(message: Message, visitor: TelegramVisitor) -> None:
    """Words that nothing is said to are heard for a crisis."""
    await visitor.is_overheard(message)


class Wordless:
    """What people send instead of words. An album comes as one message for each of its parts, and is answered once."""

    def __init__(self) -> None:
        self._albums: LRUCache[str, None] = LRUCache(ALBUMS_REMEMBERED)

    async def decline(self, message: Message, visitor: TelegramVisitor) -> Reply | None:
        """Things without words can't be read."""
        await visitor.is_overheard(message)
        if (album := message.media_group_id) in self._albums:
            return None
        if album:
            self._albums[album] = None
        return Reply(_NO_WORDS.get(ContentType(message.content_type), "telegram-not-words"))


async def leave_be(message: Message) -> None:
    """Some messages ask for nothing."""


def others_messages() -> Router:
    """The way of what somebody else wrote. It is no command either."""
    router = Router(name="others_words")
    router.message.register(hear_others, F.text, is_by_others)
    router.edited_message.register(only_hear, is_by_others)
    return router


def messages() -> Router:
    """The way of all that is no command."""
    router = Router(name="messages")
    router.message.register(hear, F.text)
    router.message.register(leave_be, _BY_TELEGRAM_ITSELF)
    router.message.register(Wordless().decline)
    router.edited_message.register(hear_again, F.text)
    router.edited_message.register(only_hear)
    return router
