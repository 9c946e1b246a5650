"""Shows replies in Telegram while they are written: as drafts, or where those are refused, as a message that grows.

A draft is dropped when its turn is not free. The delivery of the reply never waits for one, with one exception: a
growing message that is just being sent, because the delivery is to edit it and not to repeat its words.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramNotFound, TelegramRetryAfter
from aiogram.methods import EditMessageText, SendMessage, SendMessageDraft
from aiogram.types import LinkPreviewOptions
from cachetools import LRUCache

from gateway.erasures import Erasures
from gateway.telegram import errors
from gateway.telegram.outbound.parts import plain
from gateway.telegram.send_rate import SendRate
from gateway.telegram.typing_sign import Typing
from schema.coaching.drafts import Draft, draft_id, draft_key
from schema.deliveries import Delivery
from schema.telegram.send_ledger import SendLedger, SendState

log = logging.getLogger(__name__)

SHOWN_WITHIN = 1
"""Timeout in seconds of a request. A growing message that is being sent holds up the reply for no longer."""
REMEMBERED = 10_000
"""How many replies, and chats that take no drafts, are remembered."""
_LONGEST = 4096
"""UTF-16 code units of a draft."""
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass
class _Reply:
    """What is known of a reply that is being written."""

    last: tuple[int, int, int] = (0, 0, 0)
    """The number of the latest draft."""
    showing: asyncio.Task[None] | None = None
    grows: bool = False
    """Whether it is shown by a growing message."""
    message_id: int | None = None
    """That message."""
    over: bool = False
    """Whether the delivery has begun: then no draft is shown any more."""


class TelegramDrafts:
    """Shows drafts in Telegram chats.

    With `alone=False`, other processes deliver replies as well, and this one does not learn of it in time. Then there
    are no growing messages.
    """

    def __init__(
        self, bot: Bot, ledger: SendLedger, typing: Typing, pace: SendRate, *, erasures: Erasures, alone: bool = True
    ) -> None:
        self._bot = bot
        self._ledger = ledger
        self._typing = typing
        self._pace = pace
        self._erasures = erasures
        self._alone = alone
        self._replies: LRUCache[str, _Reply] = LRUCache(REMEMBERED)
        self._refused: LRUCache[int, None] = LRUCache(REMEMBERED)
        """The chats in which Telegram takes no drafts."""

    async def show(self, draft: Draft) -> None:
        """Shows a draft, or drops it: when it comes too late, too soon, or during another one of its reply."""
        reply = self._of(draft_key(draft.reply_id))
        if reply.over or reply.showing or draft.number <= reply.last or not _fits(draft):
            return
        chat_id = int(draft.address)
        if chat_id in self._refused and not self._alone:
            return
        if not self._pace.allows_draft(chat_id):
            return
        reply.last, reply.showing = draft.number, asyncio.create_task(self._show(draft, chat_id, reply))
        try:
            await asyncio.wait([reply.showing])
            if not reply.showing.cancelled() and (error := reply.showing.exception()):
                # Only the class: the message may name the chat.
                log.info("A draft could not be shown: %s", type(error).__name__)
        finally:
            reply.showing.cancel()
            reply.showing = None

    async def give_way(self, delivery: Delivery) -> None:
        """Ends the drafts of the reply that is about to be delivered."""
        if delivery.replaces is None:
            return
        reply = self._of(delivery.replaces)
        reply.over = True
        if reply.showing and reply.grows:
            await asyncio.wait([reply.showing])
        elif reply.showing:
            reply.showing.cancel()

    def _of(self, key: str) -> _Reply:
        if key not in self._replies:
            self._replies[key] = _Reply()
        return self._replies[key]

    async def _show(self, draft: Draft, chat_id: int, reply: _Reply) -> None:
        erasure = await self._erasures.latest(draft.user_ref)
        if reply.over or (erasure and erasure.under_way):
            return
        try:
            if chat_id in self._refused:
                reply.grows = True
                await self._grow(draft, chat_id, reply)
            else:
                await self._send(draft, chat_id)
        except TelegramRetryAfter as error:
            self._pace.pause_drafts(error.retry_after)

    async def _send(self, draft: Draft, chat_id: int) -> None:
        request = SendMessageDraft(
            chat_id=chat_id,
            draft_id=draft_id(draft.reply_id),
            text=plain(draft.text),
            parse_mode=None,
            can_stop=True,
            keep_on_stop=True,
        )
        try:
            await self._bot(request, request_timeout=SHOWN_WITHIN)
        except (TelegramBadRequest, TelegramNotFound) as error:
            if not isinstance(error, TelegramBadRequest) or not errors.is_gone(error):
                self._refused[chat_id] = None
            raise
        # The words themselves show that a reply is on its way.
        self._typing.stop(chat_id)

    async def _grow(self, draft: Draft, chat_id: int, reply: _Reply) -> None:
        """Sends the message that shows the reply so far, or edits it. The ledger has it, as all messages."""
        if reply.message_id is not None:
            await self._bot(
                EditMessageText(
                    chat_id=chat_id,
                    message_id=reply.message_id,
                    text=plain(draft.text),
                    parse_mode=None,
                    link_preview_options=_NO_PREVIEW,
                ),
                request_timeout=SHOWN_WITHIN,
            )
            return
        [send] = await self._ledger.plan(draft_key(draft.reply_id), 1, draft.user_ref)
        if send.state is not SendState.PLANNED:
            # An earlier process may have sent it.
            reply.message_id = send.message_id
            return
        await self._ledger.begin(send)
        try:
            message = await self._bot(
                SendMessage(chat_id=chat_id, text=plain(draft.text), parse_mode=None, link_preview_options=_NO_PREVIEW),
                request_timeout=SHOWN_WITHIN,
            )
        except AiogramError as error:
            if errors.failure_of(error).type == errors.NO_ANSWER:
                await self._ledger.unclear(send)
            else:
                await self._ledger.not_sent(send)
            raise
        reply.message_id = message.message_id
        self._typing.stop(chat_id)
        await self._ledger.sent(send, message.message_id)


def _fits(draft: Draft) -> bool:
    return bool(re.fullmatch(r"-?\d{1,19}", draft.address)) and len(draft.text.encode("utf-16-le")) <= 2 * _LONGEST
