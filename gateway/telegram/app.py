"""The bot process: receives updates from Telegram and delivers the messages of sessions to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn, TypeVar

from aiogram import Bot
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import (
    DeleteWebhook,
    GetMe,
    GetMyCommands,
    GetMyDescription,
    GetMyShortDescription,
    SetMyCommands,
    SetMyDescription,
    SetMyShortDescription,
    SetWebhook,
    TelegramMethod,
)
from aiogram.types import BotCommand, User
from aiogram.utils.backoff import Backoff, BackoffConfig
from aiogram.utils.token import TokenValidationError
from temporalio.client import Client
from temporalio.worker import Worker

from gateway.clients.clients import Clients
from gateway.concurrency import first
from gateway.erasures import Erasures
from gateway.presentation.texts.texts import Texts
from gateway.telegram.bot_api import BotApiSession
from gateway.telegram.errors import reason
from gateway.telegram.inbound.askings import Askings
from gateway.telegram.inbound.commands import menu
from gateway.telegram.inbound.locale_cache import LocaleCache
from gateway.telegram.inbound.outage import TelegramOutage, pause_after
from gateway.telegram.inbound.parsing import ALLOWED_UPDATES
from gateway.telegram.inbound.polling import TRY_AGAIN, Polling
from gateway.telegram.inbound.update_handler import UpdateHandler
from gateway.telegram.inbound.webhook import Webhook, listening
from gateway.telegram.outbound.drafts import TelegramDrafts
from gateway.telegram.outbound.sender import TelegramSender
from gateway.telegram.send_rate import SENDS_A_SECOND, SendRate
from gateway.telegram.settings import TelegramSettings
from gateway.telegram.telemetry import TracedRequests
from gateway.telegram.typing_sign import Typing
from gateway.telegram.voice import AT_ONCE, TelegramEar, TelegramWords, Transcriber
from schema.account.export import PersonExports
from schema.build_id import BUILD_ID
from schema.channel_queues import TELEGRAM_QUEUE, voice_queue
from schema.coaching.drafts import DraftFeed
from schema.identity import Identities
from schema.operator_error import OperatorError
from schema.telegram.send_ledger import SendLedger
from schema.vocabulary import Locale

T = TypeVar("T")

logger = logging.getLogger(__name__)

ANSWER_WITHIN = 10
"""Timeout in seconds for a call at startup."""

REFUSED = (
    "Telegram does not know the bot's token: take it from @BotFather anew (/mybots, API Token) and set"
    " SELFOLOGY_TELEGRAM_TOKEN."
)


@asynccontextmanager
async def connected(settings: TelegramSettings) -> AsyncIterator[Bot]:
    """Opens the bot's connection to Telegram. Raises `OperatorError` when the token is missing or malformed."""
    api = TelegramAPIServer.from_base(settings.api_url) if settings.api_url else PRODUCTION
    try:
        session = BotApiSession(api=api)
        session.middleware(TracedRequests())
        bot = Bot(settings.known_token, session=session)
    except TokenValidationError:
        raise OperatorError(REFUSED) from None
    async with bot:
        yield bot


@dataclass(frozen=True)
class TelegramBot:
    """The bot and what it needs to run."""

    bot: Bot
    client: Client
    clients: Clients
    ledger: SendLedger
    exports: PersonExports
    feed: DraftFeed
    """What the coach is writing."""
    settings: TelegramSettings
    identities: Identities
    locale: Locale
    """The language for people whose own is not known."""
    drain_within: timedelta
    """How long running deliveries may take after the bot is told to stop."""
    transcriber: Transcriber | None = None
    """Who writes down voice messages; without one, people are asked to write."""
    pace: SendRate = field(default_factory=SendRate)
    try_again: BackoffConfig = TRY_AGAIN

    async def run(self, leaving: asyncio.Event, ready: Callable[[User], None]) -> None:
        """Serves people until `leaving` is set, then drains. Calls `ready` with the bot's user once it serves.

        Raises `OperatorError` when Telegram refuses the token or the webhook.
        """
        me = await first(self._call_until_answered(GetMe()), leaving.wait())
        if not isinstance(me, User):
            return
        # Several gateways can share a webhook, and any of them may send the reply.
        alone = self.settings.webhook_url is None
        typing = Typing(self.bot, alone=alone)
        locales, askings = LocaleCache(self.locale), Askings()
        erasures = Erasures(self.client)
        drafts = TelegramDrafts(self.bot, self.ledger, typing, self.pace, erasures=erasures, alone=alone)
        sender = TelegramSender(
            self.bot, self.ledger, self.exports, typing, self.pace, drafts=drafts, erasures=erasures
        )
        updates = UpdateHandler(
            self.bot,
            self.clients,
            typing,
            locales,
            self.pace,
            askings=askings,
            identities=self.identities,
            settings=self.settings,
            hears=self.transcriber is not None,
        )
        deliveries = Worker(
            self.client,
            task_queue=TELEGRAM_QUEUE,
            activities=[sender.deliver, TelegramWords(self.clients, typing).hand_over],
            interceptors=[locales, askings],
            build_id=BUILD_ID,
            # The Temporal server counts this over all gateways together.
            max_task_queue_activities_per_second=SENDS_A_SECOND,
            graceful_shutdown_timeout=self.drain_within,
        )
        receive = self._by_webhook if self.settings.webhook_url else self._by_polling
        async with typing, deliveries, updates, self._hearing():
            await first(
                receive(updates, leaving, lambda: ready(me)),
                self._keep_menu(),
                self.feed.follow(TELEGRAM_QUEUE, drafts.show),
            )

    @asynccontextmanager
    async def _hearing(self) -> AsyncIterator[None]:
        """Hears voice messages while the context is open, where somebody can write them down."""
        if self.transcriber is None:
            yield
            return
        async with Worker(
            self.client,
            task_queue=voice_queue(TELEGRAM_QUEUE),
            activities=[TelegramEar(self.bot, self.transcriber).transcribe],
            build_id=BUILD_ID,
            max_concurrent_activities=AT_ONCE,
            graceful_shutdown_timeout=self.drain_within,
        ):
            yield

    async def _keep_menu(self) -> NoReturn:
        """Updates the bot's menu, for which nobody waits, and then lasts as long as the bot."""
        await self._update_menu()
        while True:
            await asyncio.Event().wait()

    async def _update_menu(self) -> None:
        """Sets the bot's menu and descriptions in each language where they differ from what Telegram has.

        Telegram limits these calls and may ask for pauses of minutes, so a failure is only logged.
        """
        try:
            # None is for Telegram clients in any other language; they get English.
            for code, locale in ((Locale.RU, Locale.RU), (Locale.EN, Locale.EN), (None, Locale.EN)):
                await self._update_menu_in(Texts(locale), code)
        except AiogramError as error:
            logger.warning(
                "The bot's menu and description could not be brought up to date (%s); the next start tries it again.",
                type(error).__name__,
            )

    async def _update_menu_in(self, texts: Texts, code: Locale | None) -> None:
        known = await self.bot(GetMyCommands(language_code=code))
        if [BotCommand(command=each.command, description=each.description) for each in known] != menu(texts):
            await self.bot(SetMyCommands(commands=menu(texts), language_code=code))
        about = texts.say("telegram-description")
        if (await self.bot(GetMyDescription(language_code=code))).description != about:
            await self.bot(SetMyDescription(description=about, language_code=code))
        short = texts.say("telegram-short-description")
        if (await self.bot(GetMyShortDescription(language_code=code))).short_description != short:
            await self.bot(SetMyShortDescription(short_description=short, language_code=code))

    async def _by_polling(self, updates: UpdateHandler, leaving: asyncio.Event, ready: Callable[[], None]) -> None:
        # Telegram refuses polling while a webhook is set.
        await self._call_until_answered(DeleteWebhook())
        ready()
        try:
            await Polling(self.bot, updates, leaving, try_again=self.try_again).run()
        except TelegramUnauthorizedError:
            raise OperatorError(REFUSED) from None

    async def _by_webhook(self, updates: UpdateHandler, leaving: asyncio.Event, ready: Callable[[], None]) -> None:
        secret = self.settings.known_webhook_secret
        async with listening(Webhook(updates, self.settings.webhook_path, secret), self.settings):
            await self._call_until_answered(
                SetWebhook(url=self.settings.webhook_url or "", secret_token=secret, allowed_updates=ALLOWED_UPDATES)
            )
            ready()
            # The webhook stays set, so Telegram keeps new updates until the bot is back.
            await leaving.wait()

    async def _call_until_answered(self, method: TelegramMethod[T]) -> T:
        """Makes a call that the bot can't start without, and retries it while Telegram is away.

        Raises `OperatorError` when Telegram refuses the token or the request.
        """
        outage, backoff = TelegramOutage(), Backoff(self.try_again)
        while True:
            try:
                answer = await self.bot(method, request_timeout=ANSWER_WITHIN)
            except (TelegramUnauthorizedError, TelegramNotFound):
                raise OperatorError(REFUSED) from None
            except TelegramBadRequest as error:
                raise OperatorError(f"Telegram refuses {method.__api_method__}: {reason(error)}.") from None
            except AiogramError as error:
                outage.is_on(error)
                await asyncio.sleep(pause_after(error, backoff))
            else:
                outage.is_over()
                return answer
