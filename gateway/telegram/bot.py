"""The bot: people's updates on the one side, their sessions' messages on the other, in one process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn, TypeVar

import asyncpg
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
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.worker import Worker

from activities.account.person_export import PersonRecords
from gateway.erasures import Erasures
from gateway.racing import first
from gateway.sessions import Sessions
from gateway.telegram.bot_api import BotApiSession
from gateway.telegram.failures import reason
from gateway.telegram.ledger import Ledger
from gateway.telegram.pace import SENDS_A_SECOND, Pace
from gateway.telegram.sender import TelegramSender
from gateway.telegram.settings import TelegramSettings
from gateway.telegram.typing import Typing
from gateway.telegram.updates.askings import Askings
from gateway.telegram.updates.commands import menu
from gateway.telegram.updates.inbox import Inbox
from gateway.telegram.updates.languages import Languages
from gateway.telegram.updates.outage import TelegramOutage, pause_after
from gateway.telegram.updates.polling import TRY_AGAIN, Polling
from gateway.telegram.updates.reading import KINDS
from gateway.telegram.updates.webhook import Webhook, listening
from gateway.texts import Texts
from schema.build import BUILD_ID
from schema.channels import TELEGRAM_QUEUE
from schema.onboarding.messages import SessionSettings
from schema.operator_error import OperatorError
from schema.vocabulary import Locale

T = TypeVar("T")

logger = logging.getLogger(__name__)

ANSWER_WITHIN = 10
"""Seconds that Telegram may take for a call at the start."""
FORGET_EVERY = timedelta(hours=1)
"""How often what the ledger of sends no longer needs is removed."""

REFUSED = (
    "Telegram does not know the bot's token: take it from @BotFather anew (/mybots, API Token) and set"
    " SELFOLOGY_TELEGRAM_TOKEN."
)


@asynccontextmanager
async def connected(settings: TelegramSettings) -> AsyncIterator[Bot]:
    """The bot's connection to Telegram. Raises `OperatorError` when there is no token, or it can't be one."""
    api = TelegramAPIServer.from_base(settings.api_url) if settings.api_url else PRODUCTION
    try:
        bot = Bot(settings.known_token, session=BotApiSession(api=api))
    except TokenValidationError:
        raise OperatorError(REFUSED) from None
    async with bot:
        yield bot


@dataclass(frozen=True)
class TelegramBot:
    """All that the bot is made of."""

    bot: Bot
    client: Client
    pool: asyncpg.Pool
    settings: TelegramSettings
    pepper: SecretStr
    locale: Locale
    """The language of people whose own is not known."""
    task_timeout: timedelta
    drain_within: timedelta
    """How long deliveries under way may still take when the bot is told to stop."""
    pace: Pace = field(default_factory=Pace)
    sessions: SessionSettings = field(default_factory=SessionSettings)
    try_again: BackoffConfig = TRY_AGAIN

    async def run(self, leaving: asyncio.Event, ready: Callable[[User], None]) -> None:
        """Serves people until `leaving` is set, then drains. `ready` is told who the bot is.

        Raises `OperatorError` when Telegram refuses the token or the webhook.
        """
        me = await first(self._ask(GetMe()), leaving.wait())
        if not isinstance(me, User):
            return
        # A webhook may be shared with other gateways, and any of them may bring the reply.
        typing = Typing(self.bot, alone=self.settings.webhook_url is None)
        languages, askings, ledger = Languages(self.locale), Askings(), Ledger(self.pool, self.bot.id)
        erasures = Erasures(self.client)
        sender = TelegramSender(self.bot, ledger, PersonRecords(self.pool), typing, self.pace, erasures=erasures)
        sessions = Sessions(self.client, place="in Telegram", task_timeout=self.task_timeout, settings=self.sessions)
        inbox = Inbox(
            self.bot,
            sessions,
            typing,
            languages,
            self.pace,
            askings=askings,
            pepper=self.pepper,
            settings=self.settings,
        )
        deliveries = Worker(
            self.client,
            task_queue=TELEGRAM_QUEUE,
            activities=[sender.deliver],
            interceptors=[languages, askings],
            build_id=BUILD_ID,
            # Over all gateways together: the server counts.
            max_task_queue_activities_per_second=SENDS_A_SECOND,
            graceful_shutdown_timeout=self.drain_within,
        )
        receive = self._by_webhook if self.settings.webhook_url else self._by_polling
        async with typing, deliveries, inbox:
            await first(receive(inbox, leaving, lambda: ready(me)), self._keep_house(ledger))

    async def _keep_house(self, ledger: Ledger) -> NoReturn:
        """What is done beside serving people, who wait for none of it."""
        await self._introduce()
        await _keep_small(ledger)

    async def _introduce(self) -> None:
        """Tells Telegram what the bot is and can do, in each language, where that is not what it says already.

        Telegram lets a bot do so only now and then, and makes it wait for minutes: it is not waited for.
        """
        try:
            # Whoever's Telegram speaks neither language is spoken to in English.
            for code, locale in ((Locale.RU, Locale.RU), (Locale.EN, Locale.EN), (None, Locale.EN)):
                await self._introduce_in(Texts(locale), code)
        except AiogramError as error:
            logger.warning(
                "The bot's menu and description could not be brought up to date (%s); the next start tries it again.",
                type(error).__name__,
            )

    async def _introduce_in(self, texts: Texts, code: Locale | None) -> None:
        known = await self.bot(GetMyCommands(language_code=code))
        if [BotCommand(command=each.command, description=each.description) for each in known] != menu(texts):
            await self.bot(SetMyCommands(commands=menu(texts), language_code=code))
        about = texts.say("telegram-description")
        if (await self.bot(GetMyDescription(language_code=code))).description != about:
            await self.bot(SetMyDescription(description=about, language_code=code))
        short = texts.say("telegram-short-description")
        if (await self.bot(GetMyShortDescription(language_code=code))).short_description != short:
            await self.bot(SetMyShortDescription(short_description=short, language_code=code))

    async def _by_polling(self, inbox: Inbox, leaving: asyncio.Event, ready: Callable[[], None]) -> None:
        # While one is set, Telegram refuses to be asked.
        await self._ask(DeleteWebhook())
        ready()
        try:
            await Polling(self.bot, inbox, leaving, try_again=self.try_again).run()
        except TelegramUnauthorizedError:
            raise OperatorError(REFUSED) from None

    async def _by_webhook(self, inbox: Inbox, leaving: asyncio.Event, ready: Callable[[], None]) -> None:
        secret = self.settings.known_webhook_secret
        async with listening(Webhook(inbox, secret), self.settings):
            await self._ask(SetWebhook(url=self.settings.webhook_url or "", secret_token=secret, allowed_updates=KINDS))
            ready()
            # It stays set: Telegram keeps what comes meanwhile until the bot is back.
            await leaving.wait()

    async def _ask(self, method: TelegramMethod[T]) -> T:
        """Asks Telegram for what the bot can't begin without, for as long as Telegram is away."""
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


async def _keep_small(ledger: Ledger) -> NoReturn:
    """Forgets what the ledger no longer needs."""
    while True:
        try:
            await ledger.forget_old()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            logger.warning("The ledger of sends could not be cleaned (%s); it is tried again.", type(error).__name__)
        await asyncio.sleep(FORGET_EVERY.total_seconds())
