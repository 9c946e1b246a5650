"""`selfology bot`: Selfology in Telegram."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NoReturn

import typer

from workers.optional_dependencies import require_extra

if TYPE_CHECKING:
    from aiogram.types import User
    from temporalio.client import Client

    from workers.stack.join import Stack

CHECK_SERVERS_EVERY = 1.0
"""Seconds between checks that the embedded servers are alive."""


def bot() -> None:
    """Run the Telegram bot until SIGTERM or Ctrl-C; its token is SELFOLOGY_TELEGRAM_TOKEN."""
    require_extra("telegram")
    asyncio.run(_bot())


async def _bot() -> None:
    from gateway.telegram.settings import TelegramSettings
    from workers.logs import log_to_output
    from workers.telemetry.start import start_telemetry

    telegram = TelegramSettings()
    # Raises for a missing token before anything is started.
    _ = telegram.known_token
    log_to_output()
    start_telemetry("bot")

    from activities.account.person_export import PostgresPersonExports
    from activities.coaching.drafts import PostgresDraftFeed
    from activities.telegram.send_ledger import PostgresSendLedger
    from gateway.clients.temporal.clients import temporal_clients
    from gateway.concurrency import first
    from gateway.telegram.app import TelegramBot, connected
    from workers.ai_settings import AISettings
    from workers.client import connect
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.health import checks
    from workers.health.probes import served_health
    from workers.health.telegram import telegram_answers
    from workers.settings import Settings
    from workers.shutdown import stop_on_signals
    from workers.stack.join import joined_stack
    from workers.voice_model import transcriber

    settings = Settings()
    async with (
        connected(telegram) as connection,
        joined_stack(settings, Role.BOT) as stack,
        stack.encryption() as encryption,
    ):
        with stop_on_signals() as leaving:
            for complaint in stack.complaints:
                typer.echo(f"selfology: {complaint}", err=True)
            await stack.check_database()
            client = await connect(stack.temporal_address, encryption, channel=True)
            async with database_pool(
                stack.database_url, min_size=1, max_size=settings.engine.database_connections
            ) as pool:
                running = TelegramBot(
                    connection,
                    client,
                    temporal_clients(client, place="in Telegram", task_timeout=settings.engine.workflow_task_timeout),
                    PostgresSendLedger(pool, connection.id),
                    PostgresPersonExports(pool, encryption.columns),
                    PostgresDraftFeed(pool, encryption.columns),
                    telegram,
                    identities=encryption.identities(stack.pepper),
                    locale=settings.locale,
                    drain_within=settings.engine.graceful_shutdown_timeout,
                    transcriber=transcriber(AISettings()),
                )
                look = [
                    checks.temporal(client),
                    checks.database(pool, needed=False),
                    checks.key_store(encryption.store, needed=False),
                    telegram_answers(connection),
                ]
                async with served_health("bot", look) as health:
                    await first(running.run(leaving, lambda me: _announce(me, stack, client)), _keep_stack_alive(stack))
                    health.draining = True


def _announce(me: User, stack: Stack, client: Client) -> None:
    from schema.account.consent import OperatorSettings
    from workers.logs import announce

    if complaint := OperatorSettings().complaint:
        typer.echo(f"selfology: {complaint}", err=True)
    inside = f" Inside: {stack.ui_url}/namespaces/{client.namespace}/workflows" if stack.ui_url else ""
    announce(f"Selfology listens at https://t.me/{me.username}, Ctrl-C leaves.{inside}")


async def _keep_stack_alive(stack: Stack) -> NoReturn:
    from schema.operator_error import OperatorError

    known = (stack.temporal_address, stack.database_url)
    while True:
        if await stack.ensure_alive() and (stack.temporal_address, stack.database_url) != known:
            raise OperatorError("The servers came back at another address; nothing is lost: run the command again.")
        await asyncio.sleep(CHECK_SERVERS_EVERY)
