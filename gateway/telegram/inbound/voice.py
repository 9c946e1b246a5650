"""Handlers of voice messages, of texts that come while one is on its way, and of the button that mends one."""

from __future__ import annotations

from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message
from cachetools import LRUCache

from gateway.telegram.callback_data import MendCallback
from gateway.telegram.inbound.contents import is_by_others, may_continue, nonce_of
from gateway.telegram.inbound.visitor import Reply, TelegramVisitor
from gateway.telegram.send_rate import MovingWindow, Rate
from gateway.telegram.typing_sign import LONGEST_FOR_COACH
from schema.voice.messages import LARGEST, LONGEST, Mending, SpokenMessage, WrittenMessage

A_DAY = 24 * 60 * 60.0
COUNTED = 10_000
"""How many counted updates are remembered: one that Telegram sends again does not count twice."""


class SpokenMessages:
    """Takes voice messages, as many as a person may send a day."""

    def __init__(self, a_day: int) -> None:
        self._a_day = MovingWindow(Rate(a_day, A_DAY))
        self._counted: LRUCache[str, None] = LRUCache(COUNTED)

    async def take(self, message: Message, visitor: TelegramVisitor) -> Reply | None:
        """Has a voice message heard, or says why it is not. Its caption is screened in any case."""
        assert message.voice is not None
        await visitor.screen_text(message)
        if await visitor.is_being_erased():
            return None
        if is_by_others(message):
            return Reply("telegram-voice-of-others")
        too_long = message.voice.duration > LONGEST.total_seconds()
        if too_long or (message.voice.file_size or 0) > LARGEST:
            return Reply("telegram-voice-too-long", {"minutes": int(LONGEST.total_seconds() // 60)})
        if not self._allows(visitor):
            return Reply("telegram-voice-enough")
        visitor.typing.start(visitor.chat_id, LONGEST_FOR_COACH)
        spoken = SpokenMessage(
            update_id=visitor.update_id,
            message_id=str(message.message_id),
            file_id=message.voice.file_id,
            seconds=message.voice.duration,
            nonce=nonce_of(message),
        )
        await visitor.clients.voice.speak(visitor, spoken)
        return None

    async def take_text(self, message: Message, visitor: TelegramVisitor) -> None:
        """Sends a text to where a voice message is on its way. Leaves it to the next handler when none is."""
        written = WrittenMessage(
            update_id=visitor.update_id,
            message_id=str(message.message_id),
            text=message.text or "",
            nonce=nonce_of(message),
            more_expected=may_continue(message),
        )
        if not await visitor.clients.voice.write(visitor, written):
            raise SkipHandler

    def _allows(self, visitor: TelegramVisitor) -> bool:
        if visitor.update_id not in self._counted and not self._a_day.try_acquire(visitor.user_ref):
            return False
        self._counted[visitor.update_id] = None
        return True


async def mend(query: CallbackQuery, callback_data: MendCallback, visitor: TelegramVisitor) -> Reply | None:
    """Waits for other words in place of what was heard. The reply says when it was taken already."""
    mending = Mending(nonce=callback_data.nonce, update_id=visitor.update_id)
    is_under_way = await visitor.clients.voice.mend(visitor, mending)
    await visitor.replace_keyboard(None)
    return None if is_under_way else Reply("notice-voice-taken")
