"""`selfology erase`: erases a person who has asked for it elsewhere, such as by letter."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from schema.person import Channel
    from schema.vocabulary import Locale

WARNING = "Everything that is kept about this person is destroyed, and nothing brings it back. Go on?"


def erase(
    telegram: Annotated[str | None, typer.Option(help="The person's Telegram id.")] = None,
    terminal: Annotated[str | None, typer.Option(help="Their name in the terminal instead.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
) -> None:
    """Erase a person, as if they had asked in their channel, where they are told. It goes on by itself."""
    if bool(telegram) == bool(terminal):
        raise typer.BadParameter("give --telegram or --terminal")
    if yes or typer.confirm(WARNING):
        asyncio.run(_erase(telegram, terminal))


@dataclass(frozen=True)
class _Person:
    """Who is erased, as a client takes them."""

    user_ref: str
    channel: Channel
    locale: Locale


async def _erase(telegram: str | None, terminal: str | None) -> None:
    from gateway.clients.temporal.clients import temporal_clients
    from schema.account.names import ERASE_ID
    from schema.channel_queues import TELEGRAM_QUEUE, terminal_queue
    from schema.operator_error import OperatorError
    from schema.person import Channel
    from workers.client import connect
    from workers.settings import Settings
    from workers.stack.join import joined_stack

    settings = Settings()
    async with joined_stack(settings) as stack, stack.encryption() as encryption:
        client = await connect(stack.temporal_address, encryption, channel=True)
        door, name = ("telegram", telegram) if telegram else ("terminal", terminal or "")
        user_ref = await encryption.identities(stack.pepper).person_of(door, name)
        if encryption.writes and (await encryption.store.newest(user_ref)).key is None:
            raise OperatorError("Nothing is kept about anybody of this name: check it, and SELFOLOGY_PEPPER.")
        queue = TELEGRAM_QUEUE if telegram else terminal_queue(user_ref)
        timeout = settings.engine.workflow_task_timeout
        clients = temporal_clients(client, place="by an operator", task_timeout=timeout)
        await clients.account.erase(_Person(user_ref, Channel(task_queue=queue, address=name), settings.locale))
        typer.echo(f"It has begun: {ERASE_ID.of(user_ref)} in the Web UI, which is gone a minute after its end.")
