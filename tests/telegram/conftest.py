"""A Telegram of its own for each test, the bot beside it, and people with phones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiogram import Bot
from aiogram.utils.backoff import BackoffConfig
from temporalio.client import Client
from temporalio.service import RetryConfig

from activities.account.person_export import PostgresPersonExports
from activities.coaching.drafts import PostgresDraftFeed
from activities.encryption.identities import StoredIdentities
from activities.encryption.sqlite_key_store import SQLiteKeyStore
from activities.telegram.send_ledger import PostgresSendLedger
from gateway.clients.temporal.clients import temporal_clients
from gateway.telegram.app import TelegramBot, connected
from gateway.telegram.inbound.askings import Askings
from gateway.telegram.inbound.locale_cache import LocaleCache
from gateway.telegram.inbound.update_handler import UpdateHandler
from gateway.telegram.send_rate import Rate, SendRate
from gateway.telegram.settings import TelegramSettings
from gateway.telegram.typing_sign import Typing
from gateway.telegram.voice import Transcriber
from schema.onboarding.messages import SessionSettings
from schema.vocabulary import Locale
from schema.voice.messages import VoiceTimes
from tests.keys import encryption, encryption_in
from tests.people.telegram_user import PEPPER, TelegramTown
from tests.ports import free_port
from tests.telegram.bot_api import BotApi, Person
from tests.telegram.clock import Clock, WallClock
from tests.telegram.fake_clients import Asked
from tests.telegram.noted_gateway import Gateway, NotedRequests
from tests.telegram.outbox import Outbox, outbox_at

RunsBot = Callable[..., AbstractAsyncContextManager[TelegramTown]]

AT_ONCE = Rate(1000)
SOON = BackoffConfig(min_delay=0.05, max_delay=0.2, factor=1.5, jitter=0.0)

# The default is to try for 10 s; so is an outage one after a moment.
HASTY = RetryConfig(initial_interval_millis=20, max_elapsed_time_millis=100, max_retries=2)


async def plain_client(address: str) -> Client:
    """A client as the bot has one; that of the tests' environment would let clocks run ahead."""
    return await Client.connect(
        address, data_converter=encryption().data_converter, interceptors=encryption().for_channels, retry_config=HASTY
    )


@asynccontextmanager
async def running_bot(
    client: Client,
    pool: asyncpg.Pool,
    api: BotApi,
    mode: str = "polling",
    *,
    session: SessionSettings | None = None,
    locale: Locale = Locale.EN,
    pace: SendRate | None = None,
    transcriber: Transcriber | None = None,
    voice: VoiceTimes | None = None,
    **settings: object,
) -> AsyncIterator[TelegramTown]:
    """The bot, until the context is left."""
    telegram = telegram_settings(api, mode, **settings)
    leaving, ready = asyncio.Event(), asyncio.Event()
    async with connected(telegram) as connection:
        bot = TelegramBot(
            connection,
            client,
            temporal_clients(
                client, place="in Telegram", task_timeout=timedelta(seconds=2), settings=session, voice=voice
            ),
            PostgresSendLedger(pool, connection.id),
            PostgresPersonExports(pool, encryption().columns),
            PostgresDraftFeed(pool, encryption().columns),
            telegram,
            identities=encryption().identities(PEPPER),
            locale=locale,
            drain_within=timedelta(seconds=2),
            transcriber=transcriber,
            pace=pace or SendRate(AT_ONCE, AT_ONCE),
            try_again=SOON,
        )
        running = asyncio.create_task(bot.run(leaving, lambda _: ready.set()))
        begun = asyncio.create_task(ready.wait())
        await asyncio.wait([running, begun], return_when=asyncio.FIRST_COMPLETED)
        begun.cancel()
        try:
            if not running.done():
                yield TelegramTown(api, client, pool, locale)
        finally:
            leaving.set()
            await running


@asynccontextmanager
async def town_of(
    name: str, temporal_address: str, pool: asyncpg.Pool, *, planned_questions: int
) -> AsyncIterator[TelegramTown]:
    """The people of a town and their bot. Its name tells both: "Russian town, polling", "English town, webhook"."""
    locale, mode = Locale.RU if name.startswith("Russian") else Locale.EN, name.rpartition(" ")[2]
    async with BotApi() as api:
        client = await plain_client(temporal_address)
        session = SessionSettings(planned_questions=planned_questions)
        async with running_bot(client, pool, api, mode, session=session, locale=locale) as town:
            yield town
        # Buttons that were taken away can't be taken away again; chats of other towns' people are not known here.
        allowed = ("message is not modified", "chat not found")
        assert [refused for refused in api.refused if not any(each in refused.description for each in allowed)] == []


def telegram_settings(api: BotApi, mode: str = "polling", **settings: object) -> TelegramSettings:
    """Settings of a bot at this Telegram."""
    port = free_port()
    webhook = {"webhook_url": f"http://127.0.0.1:{port}/telegram", "webhook_port": port} if mode == "webhook" else {}
    return TelegramSettings.model_validate(
        {"token": api.token, "api_url": api.url, "limit": 1000, **webhook, **settings}
    )


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram."""
    async with BotApi() as api:
        yield api


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What tells how much time has passed, for all that counts how fast somebody may speak, and for deliveries."""
    clock = Clock()
    for module in ("send_rate", "outbound.sender", "inbound.callbacks"):
        monkeypatch.setattr(f"gateway.telegram.{module}.time", clock)
    return clock


@pytest.fixture
def wall_clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    """This machine's time of day; a test may set it."""
    wall_clock = WallClock(time.time)
    monkeypatch.setattr("time.time", wall_clock.time)
    return wall_clock


@pytest.fixture
def runs_bot(workers: None, temporal_address: str, bot_pool: asyncpg.Pool, api: BotApi) -> RunsBot:
    """Runs the bot with settings of a test."""

    @asynccontextmanager
    async def run(
        mode: str = "polling", *, temporal: str | None = None, **settings: Any
    ) -> AsyncIterator[TelegramTown]:
        client = await plain_client(temporal or temporal_address)
        async with running_bot(client, bot_pool, api, mode, **settings) as town:
            yield town

    return run


@pytest.fixture(scope="module")
async def outbox(bot_pool: asyncpg.Pool) -> AsyncIterator[Outbox]:
    """The sender, at a Telegram that nothing else uses."""
    async with BotApi() as api, outbox_at(api, bot_pool) as outbox:
        yield outbox


@pytest.fixture
def anna(outbox: Outbox) -> Person:
    """Somebody new in every test."""
    return outbox.somebody()


@pytest.fixture
def key_store(tmp_path: Path) -> Path:
    """The file of people's keys and identities."""
    encryption_in(tmp_path)
    return tmp_path / "keys.db"


@pytest.fixture
async def gateway(key_store: Path) -> AsyncIterator[Gateway]:
    """The bot's inbound side, without servers. It hears no voice messages."""
    async with gateway_of(key_store) as gateway:
        yield gateway


@pytest.fixture
async def hearing_gateway(key_store: Path) -> AsyncIterator[Gateway]:
    """The same where voice messages are heard, two of a person a day."""
    async with gateway_of(key_store, hears=True) as gateway:
        yield gateway


@asynccontextmanager
async def gateway_of(key_store: Path, *, hears: bool = False) -> AsyncIterator[Gateway]:
    """The bot's inbound side between a person and clients that note what is asked of them."""
    telegram, asked = NotedRequests(), Asked()
    async with Bot("42:token-of-tests", session=telegram) as bot, Typing(bot, alone=False) as typing:
        updates = UpdateHandler(
            bot,
            asked.clients(),
            typing,
            LocaleCache(Locale.EN),
            SendRate(AT_ONCE, AT_ONCE),
            askings=Askings(),
            identities=StoredIdentities(SQLiteKeyStore(key_store), PEPPER),
            settings=TelegramSettings(limit=1000, voices_a_day=2),
            hears=hears,
        )
        yield Gateway(updates, asked, telegram)
