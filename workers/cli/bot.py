"""`selfology bot`: Selfology in Telegram."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from types import TracebackType

    from aiogram.types import User
    from temporalio.client import Client

    from workers.stack.join import Stack

    ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

LOOK_AFTER = 1.0
"""Seconds between two looks at whether the servers that are ours to look after are alive."""


def bot() -> None:
    """Run the Telegram bot until SIGTERM or Ctrl-C; its token is SELFOLOGY_TELEGRAM_TOKEN."""
    asyncio.run(_bot())


async def _bot() -> None:
    from gateway.telegram.settings import TelegramSettings  # noqa: PLC0415

    telegram = TelegramSettings()
    # Said before anything is started.
    token = telegram.known_token
    _log(token)

    import asyncpg  # noqa: PLC0415

    from gateway.racing import first  # noqa: PLC0415
    from gateway.telegram.bot import TelegramBot, connected  # noqa: PLC0415
    from workers.client import connect  # noqa: PLC0415
    from workers.leaving import told_to_stop  # noqa: PLC0415
    from workers.settings import Settings  # noqa: PLC0415
    from workers.stack.join import joined_stack  # noqa: PLC0415

    settings = Settings()
    async with connected(telegram) as connection, joined_stack(settings) as stack:
        leaving = told_to_stop()
        for complaint in stack.complaints:
            typer.echo(f"selfology: {complaint}", err=True)
        await _check_database(stack)
        client = await connect(stack.temporal_address)
        async with asyncpg.create_pool(
            stack.database_url, min_size=1, max_size=settings.engine.database_connections
        ) as pool:
            running = TelegramBot(
                connection,
                client,
                pool,
                telegram,
                pepper=stack.pepper,
                locale=settings.locale,
                task_timeout=settings.engine.workflow_task_timeout,
                drain_within=settings.engine.graceful_shutdown_timeout,
            )
            await first(running.run(leaving, lambda me: _tell(me, stack, client)), _look_after(stack))


async def _check_database(stack: Stack) -> None:
    from workers.database import pending  # noqa: PLC0415
    from workers.errors import OperatorError  # noqa: PLC0415

    # The embedded one is kept up to date by those who run it.
    if not stack.embedded_database and (lacking := await pending(stack.database_url)):
        raise OperatorError(f"The database lacks {lacking} migrations: run `selfology db migrate`.")


def _tell(me: User, stack: Stack, client: Client) -> None:
    inside = f" Inside: {stack.ui_url}/namespaces/{client.namespace}/workflows" if stack.ui_url else ""
    typer.echo(f"Selfology listens at https://t.me/{me.username}, Ctrl-C leaves.{inside}")


async def _look_after(stack: Stack) -> NoReturn:
    from workers.errors import OperatorError  # noqa: PLC0415

    known = (stack.temporal_address, stack.database_url)
    while True:
        if await stack.ensure_alive() and (stack.temporal_address, stack.database_url) != known:
            raise OperatorError("The servers came back at another address; nothing is lost: run the command again.")
        await asyncio.sleep(LOOK_AFTER)


def _log(token: str) -> None:
    """Warnings go to the standard error, those of Temporal's core among them, and the token to nobody."""
    from temporalio.exceptions import ApplicationError  # noqa: PLC0415
    from temporalio.runtime import (  # noqa: PLC0415
        LogForwardingConfig,
        LoggingConfig,
        Runtime,
        TelemetryConfig,
        TelemetryFilter,
    )

    class WithoutToken(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            # The addresses of Telegram's API hold it, and errors of the network may hold those.
            return super().format(record).replace(token, "<token>")

        def formatException(self, ei: ErrorInfo) -> str:
            # Failures of deliveries say in a line what they are; a trace would only hide it.
            return str(ei[1]) if isinstance(ei[1], ApplicationError) else super().formatException(ei)

    handler = logging.StreamHandler()
    handler.setFormatter(WithoutToken("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    core = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    filtered = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=core)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=filtered)))
