"""Handlers of messages that are no commands: texts, edits and other content."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ContentType
from aiogram.types import Message
from cachetools import LRUCache

from gateway.clients.onboarding import Hearer
from gateway.telegram.inbound.contents import is_by_others, may_continue, nonce_of
from gateway.telegram.inbound.visitor import Reply, TelegramVisitor
from gateway.telegram.inbound.voice import SpokenMessages
from schema.coaching.messages import EditedMessage
from schema.deliveries import NoticeCode
from schema.onboarding.messages import EditedAnswer, SubmittedAnswer

_UNSUPPORTED_REPLIES = {
    ContentType.STICKER: "telegram-sticker",
    ContentType.ANIMATION: "telegram-picture",
    ContentType.PHOTO: "telegram-picture",
    ContentType.VIDEO: "telegram-picture",
    ContentType.VOICE: "telegram-voice",
    ContentType.VIDEO_NOTE: "telegram-recording",
    ContentType.AUDIO: "telegram-recording",
    ContentType.DOCUMENT: "telegram-file",
}
"""Reply key for each unsupported content type."""

ALBUMS_REMEMBERED = 1000
"""How many answered albums are remembered; the parts of one arrive within seconds."""

_SERVICE_MESSAGES = F.content_type.in_(
    {
        ContentType.PINNED_MESSAGE,
        ContentType.MESSAGE_AUTO_DELETE_TIMER_CHANGED,
        ContentType.WRITE_ACCESS_ALLOWED,
        ContentType.CHAT_BACKGROUND_SET,
        ContentType.PROXIMITY_ALERT_TRIGGERED,
    }
)
"""Service messages: Telegram's records of changes to the chat."""


async def take_text(message: Message, visitor: TelegramVisitor) -> None:
    """Sends a text to the session, or to the coach when none takes it."""
    answer = SubmittedAnswer(
        update_id=visitor.update_id,
        text=message.text or "",
        nonce=nonce_of(message),
        message_id=str(message.message_id),
        more_expected=may_continue(message),
    )
    # A reply to a question answers that question, also while the session rests.
    hearer = Hearer.SESSION if answer.nonce else await visitor.clients.onboarding.hearer(visitor)
    if hearer is not Hearer.SESSION or await visitor.signal(visitor.clients.onboarding.submit_answer, answer):
        await visitor.tell_coach(message, hearer)


async def take_edit(message: Message, visitor: TelegramVisitor) -> None:
    """Sends an edited text to the open session, else to the coach, else screens it for a crisis."""
    update_id, message_id, text = visitor.update_id, str(message.message_id), message.text or ""
    answer = EditedAnswer(update_id=update_id, message_id=message_id, text=text)
    hearer = await visitor.clients.onboarding.hearer(visitor)
    if hearer is Hearer.SESSION and await visitor.clients.onboarding.edit_answer(visitor, answer):
        return
    said = EditedMessage(update_id=update_id, message_id=message_id, text=text)
    if not await visitor.clients.coaching.edit(visitor, said):
        # Without a reply: Telegram also reports edits that the person did not make, such as a new link preview.
        await visitor.screen_text(message)


async def take_text_by_others(message: Message, visitor: TelegramVisitor) -> None:
    """Screens a text by somebody else for a crisis. Neither a session nor the coach takes it for the person's own.

    The reply asks what it means to them.
    """
    await visitor.screen_text(message, NoticeCode.SOMEBODY_ELSES_WORDS)


async def screen_only(message: Message, visitor: TelegramVisitor) -> None:
    """Screens a message for a crisis and sends no other reply."""
    await visitor.screen_text(message)


class UnsupportedContent:
    """Replies to unsupported content. An album arrives as one message per part and gets one reply."""

    def __init__(self) -> None:
        self._albums: LRUCache[str, None] = LRUCache(ALBUMS_REMEMBERED)

    async def decline(self, message: Message, visitor: TelegramVisitor) -> Reply | None:
        """Screens the message's caption for a crisis and says that the content can't be read."""
        await visitor.screen_text(message)
        if (album := message.media_group_id) in self._albums:
            return None
        if album:
            self._albums[album] = None
        return Reply(_UNSUPPORTED_REPLIES.get(ContentType(message.content_type), "telegram-not-words"))


async def ignore(message: Message) -> None:
    """Service messages get no reply."""


def messages_by_others() -> Router:
    """Router for messages by somebody else. Comes before the commands, because such a message is no command."""
    router = Router(name="messages_by_others")
    router.message.register(take_text_by_others, F.text, is_by_others)
    router.edited_message.register(screen_only, is_by_others)
    return router


def messages(spoken: SpokenMessages | None) -> Router:
    """Router for everything that is not a command. Without `spoken`, voice messages are not heard."""
    router = Router(name="messages")
    if spoken:
        router.message.register(spoken.take, F.voice)
        router.message.register(spoken.take_text, F.text)
    router.message.register(take_text, F.text)
    router.message.register(ignore, _SERVICE_MESSAGES)
    router.message.register(UnsupportedContent().decline)
    router.edited_message.register(take_edit, F.text)
    router.edited_message.register(screen_only)
    return router
