"""The activity that delivers messages to Telegram chats, each exactly once as far as Telegram allows.

The activity retries nothing itself: the ledger records what each attempt sent, and Temporal retries the activity.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import time
from typing import TypeVar, cast

import aiohttp
from aiogram import Bot
from aiogram.enums import ParseMode
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import EditMessageText, SendDocument, SendMessage, SendPhoto, TelegramMethod
from aiogram.types import BufferedInputFile, LinkPreviewOptions, Message
from temporalio import activity
from temporalio.exceptions import ApplicationError

from gateway.erasures import Erasures, HeldBack
from gateway.presentation.export.export_files import as_html, as_json
from gateway.presentation.texts.texts import Texts
from gateway.telegram import errors
from gateway.telegram.bot_api import UnexpectedResponse
from gateway.telegram.outbound.card import draw_card
from gateway.telegram.outbound.drafts import TelegramDrafts
from gateway.telegram.outbound.evolution import draw_evolution
from gateway.telegram.outbound.parts import Card, EvolutionPicture, ExportFile, ExportNote, Part, TextPart
from gateway.telegram.outbound.rendering import render
from gateway.telegram.send_rate import SendRate, TooSoon
from gateway.telegram.typing_sign import Typing
from schema import metrics
from schema.account.export import PersonExport, PersonExports
from schema.deliveries import ChannelSender, Delivered, Delivery
from schema.telegram.send_ledger import Send, SendLedger, SendState

T = TypeVar("T")
SendRequest = SendMessage | SendPhoto | SendDocument

log = logging.getLogger(__name__)

ONE_TRY = 3.7
"""Seconds of one attempt. Temporal's timeout is 4 s: after that another attempt may run, and both would send."""
_ONE_REQUEST = 3.0
_ONE_CONNECT = 1.5
# Seconds that must be left to begin a send, its ledger entry included; and to make the request after that entry.
_LEAST = 0.7
_LEAST_BEGUN = 0.35

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class TelegramSender(ChannelSender):
    """Delivers to Telegram chats. Fails with the error types of `gateway.telegram.errors`."""

    def __init__(
        self,
        bot: Bot,
        ledger: SendLedger,
        records: PersonExports,
        typing: Typing,
        pace: SendRate,
        *,
        drafts: TelegramDrafts,
        erasures: Erasures,
    ) -> None:
        self._bot = bot
        self._ledger = ledger
        self._records = records
        self._typing = typing
        self._pace = pace
        self._drafts = drafts
        self._erasures = erasures

    @activity.defn
    async def deliver(self, delivery: Delivery) -> Delivered:
        until = time.monotonic() + ONE_TRY
        chat_id = _chat(delivery)
        await self._drafts.give_way(delivery)
        parts = render(delivery)
        sends = await self._ledger.plan(delivery.key, len(parts), delivery.user_ref)
        message_ids = []
        for part, send in zip(parts, sends, strict=True):
            try:
                message_ids.append(await self._deliver_part(part, send, delivery, chat_id, until))
            except HeldBack:
                # A delivery with crisis support counts as done without its other messages.
                if not any(other.helps for other in parts):
                    raise
        return Delivered(
            message_ids=[str(message_id) for message_id in message_ids if message_id is not None],
            again=any(send.may_have_come for send in sends),
        )

    async def _deliver_part(self, part: Part, send: Send, delivery: Delivery, chat_id: int, until: float) -> int | None:
        """Sends one message unless it was sent before. Returns its id, or None when the id is not known."""
        if not _is_due(part, send):
            return send.message_id
        request = await self._request(part, chat_id, Texts(delivery.locale))
        if request is None:
            return None
        earlier = await self._earlier(part, send, delivery)
        edited = False
        if earlier is not None and isinstance(request, SendMessage):
            edited = await self._edit(earlier, request, part, send, until)
        message_id = earlier if edited else await self._send(request, part, send, until)
        if message_id is not None:
            await self._ledger.sent(send, message_id)
            metrics.SENDS.add(outcome="sent")
        return message_id

    async def _request(self, part: Part, chat_id: int, texts: Texts) -> SendRequest | None:
        """Builds the request: draws the card or reads the export if needed. Returns None for an empty export file."""
        match part:
            case TextPart():
                return SendMessage(
                    chat_id=chat_id,
                    text=part.html,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=_NO_PREVIEW,
                    reply_markup=part.keyboard,
                )
            case Card():
                return _photo(part, await asyncio.to_thread(draw_card, part.profile, texts, theme=part.theme), chat_id)
            case EvolutionPicture():
                return _photo(part, await asyncio.to_thread(draw_evolution, part.view, texts), chat_id)
            case ExportNote():
                export = await self._records.of(part.user_ref)
                return SendMessage(
                    chat_id=chat_id, text=texts.say("export-nothing" if export.empty else "export-ready")
                )
            case ExportFile():
                export = await self._records.of(part.user_ref)
                if export.empty:
                    return None
                content = await asyncio.to_thread(_file, part, export, texts)
                return SendDocument(chat_id=chat_id, document=BufferedInputFile(content, f"selfology.{part.form}"))

    async def _earlier(self, part: Part, send: Send, delivery: Delivery) -> int | None:
        """Returns the id of the message that this part replaces by an edit, if any."""
        if send.state is SendState.UNKNOWN:
            return send.message_id
        if delivery.replaces is None or send.part > 0 or not isinstance(part, TextPart | ExportNote):
            return None
        return await self._ledger.first_message(delivery.replaces)

    async def _edit(self, message_id: int, words: SendMessage, part: Part, send: Send, until: float) -> bool:
        """Edits the earlier message. Returns False when Telegram refuses the edit."""
        await self._begin(words, part, send, until, editing=message_id)
        edit = EditMessageText(
            message_id=message_id,
            **words.model_dump(include={"chat_id", "text", "parse_mode", "link_preview_options", "reply_markup"}),
        )
        try:
            await self._call(edit, until)
        except TelegramBadRequest as error:
            # After any other refusal, the text is sent as a new message.
            return errors.is_unchanged(error)
        except AiogramError as error:
            if not isinstance(error, UnexpectedResponse) or not error.accepted:
                raise await self._failed(send, error, editing=message_id) from None
        return True

    async def _send(self, request: SendRequest, part: Part, send: Send, until: float) -> int | None:
        await self._begin(request, part, send, until)
        try:
            return await self._send_or_fall_back(request, until)
        except AiogramError as error:
            failure = await self._failed(send, error)
            if failure.type != errors.NO_ANSWER or part.resend.sends(again=send.may_have_come):
                raise failure from None
            times = "a third time" if send.may_have_come else "twice"
            log.warning("Telegram did not answer, so a message may be missing; it is not sent %s", times)
            return None

    async def _send_or_fall_back(self, request: SendRequest, until: float) -> int:
        """Sends a message, or its plain text when Telegram refuses the format. Returns the message's id."""
        try:
            message: Message = await self._call(request, until)
        except UnexpectedResponse as odd:
            if odd.message_id is None:
                raise
            return odd.message_id
        except TelegramBadRequest as error:
            plain = _in_plain_words(request)
            if plain is None or errors.is_gone(error):
                raise
            log.warning("Telegram refused a message (%s); its words are sent plain", errors.reason(error))
            return await self._send_or_fall_back(plain, until)
        return message.message_id

    async def _begin(
        self, request: SendRequest, part: Part, send: Send, until: float, *, editing: int | None = None
    ) -> None:
        """Waits for the rate limit and records in the ledger that the send begins.

        Raises a retryable `ApplicationError` when the rest of this attempt is too short.
        """
        left = until - time.monotonic()
        if left < _LEAST:
            raise _out_of_time()
        try:
            await self._pace.wait(int(request.chat_id), patience=left - _LEAST)
        except TooSoon as soon:
            raise errors.busy("Telegram takes only so many messages a second", soon.seconds) from None
        if not part.helps:
            await self._erasures.raise_if_erasing()
        self._typing.stop(int(request.chat_id))
        await self._ledger.begin(send, editing=editing)
        # The ledger entry may have taken too long.
        if until - time.monotonic() < _LEAST_BEGUN:
            await self._ledger.not_sent(send)
            raise _out_of_time()

    async def _call(self, request: TelegramMethod[T], until: float) -> T:
        # At least 0.1 s, because aiohttp takes 0 as no timeout.
        left = max(until - time.monotonic(), 0.1)
        timeout = aiohttp.ClientTimeout(total=min(_ONE_REQUEST, left), connect=min(_ONE_CONNECT, left / 2))
        # aiogram passes the object on to aiohttp. The connect timeout tells a failed connect from a lost response.
        return await self._bot(request, request_timeout=cast("int", timeout))

    async def _failed(self, send: Send, error: AiogramError, *, editing: int | None = None) -> ApplicationError:
        """Records in the ledger whether the message may have arrived. Returns the failure to raise."""
        failure = errors.failure_of(error)
        metrics.SENDS.add(outcome=str(failure.type))
        if failure.type == errors.NO_ANSWER:
            await self._ledger.unclear(send, editing=editing)
        else:
            await self._ledger.not_sent(send)
        return failure


def _photo(part: Card | EvolutionPicture, picture: bytes, chat_id: int) -> SendPhoto:
    return SendPhoto(
        chat_id=chat_id,
        photo=BufferedInputFile(picture, "profile.png"),
        caption=part.caption,
        parse_mode=ParseMode.HTML,
        reply_markup=part.keyboard,
    )


def _file(part: ExportFile, export: PersonExport, texts: Texts) -> bytes:
    return as_json(export) if part.form == "json" else as_html(export, texts)


def _in_plain_words(request: SendRequest) -> SendMessage | None:
    """Returns the request as plain text, or None when it has no markup or no text."""
    match request:
        case SendMessage(parse_mode=ParseMode.HTML):
            return request.model_copy(update={"text": _plain(request.text), "parse_mode": None})
        case SendPhoto(caption=str(caption)):
            return SendMessage(
                chat_id=request.chat_id,
                text=_plain(caption),
                link_preview_options=_NO_PREVIEW,
                reply_markup=request.reply_markup,
            )
        case _:
            return None


def _plain(marked_up: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", marked_up))


def _out_of_time() -> ApplicationError:
    return errors.busy("The time of this try is over; the next one goes on", 0.1)


def _is_due(part: Part, send: Send) -> bool:
    match send.state:
        case SendState.SENT:
            return False
        case SendState.UNKNOWN:
            # Repeating an edit is harmless.
            return send.message_id is not None or part.resend.sends(again=send.in_doubt)
        case _:
            return True


def _chat(delivery: Delivery) -> int:
    if not re.fullmatch(r"-?\d{1,19}", delivery.address):
        raise errors.recipient_gone()
    return int(delivery.address)
