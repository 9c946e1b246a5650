"""`selfology keys`: the keys that encrypt what people write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from workers.process_encryption import Encryption

keys = typer.Typer(help="The keys that encrypt what people write, and the master keys.", no_args_is_help=True)


@keys.command()
def status() -> None:
    """Show how many keys there are, and which master keys wrap them."""
    asyncio.run(_status())


@keys.command()
def rotate() -> None:
    """Add a master key to the file of this machine. Keys are wrapped by it from now on; `rewrap` takes the others."""
    asyncio.run(_rotate())


@keys.command()
def rewrap() -> None:
    """Wrap all keys by the newest master key. Goes on where it was, if it was interrupted."""
    asyncio.run(_rewrap())


@keys.command()
def replay_erasures() -> None:
    """Erase again who was erased in the last weeks. For a restored Temporal; other restores are noticed."""
    asyncio.run(_replay_erasures())


async def _replay_erasures() -> None:
    from activities.account.person_store import PostgresPersonStore
    from activities.account.tombstones import PostgresTombstones
    from workers import erasure_replay
    from workers.client import connect
    from workers.database import database_pool
    from workers.settings import Settings
    from workers.stack.join import joined_stack

    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        client = await connect(stack.temporal_address, encryption)
        await stack.check_database()
        async with database_pool(stack.database_url, min_size=1, max_size=2) as pool:
            people = PostgresPersonStore(pool, encryption.keys, encryption.columns, companies=())
            number = await erasure_replay.replay_erasures(
                client, encryption.store, PostgresTombstones(pool), people, everybody=True
            )
    typer.echo(f"{number} people are erased again; what they have done since stays.")


async def _status() -> None:
    from workers.settings import Settings
    from workers.stack.join import joined_stack

    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        await _tell(encryption)


async def _tell(encryption: Encryption) -> None:
    newest, wrapped = await encryption.masters.newest(), await encryption.store.count()
    for master in {**wrapped, newest: 0}:
        mark = ", the newest" if master == newest else ""
        typer.echo(f"Master key {master}{mark}: wraps {wrapped.get(master, 0)} keys")
    if not encryption.writes:
        typer.echo("Texts are written in clear: SELFOLOGY_ENCRYPTION is false.")


async def _rotate() -> None:
    from schema.operator_error import OperatorError
    from workers.encryption.settings import EncryptionSettings
    from workers.settings import Settings
    from workers.stack.home import Home
    from workers.stack.join import joined_stack

    keys_from, settings = EncryptionSettings(), Settings()
    if keys_from.vault_address is not None:
        raise OperatorError("Vault holds the master keys: rotate its transit key, then run `selfology keys rewrap`.")
    if keys_from.master_keys is not None:
        raise OperatorError(
            "The master keys are a setting: add name:key as the first word of SELFOLOGY_MASTER_KEYS everywhere,"
            " restart, then move it to the end, restart, and run `selfology keys rewrap`."
        )
    async with joined_stack(settings) as stack, stack.encryption() as encryption:
        name = Home.prepared(settings.home).rotate_master_keys()
        typer.echo(f"Master key {name} is added. `selfology keys rewrap` wraps the older keys by it, too.")
        await _tell(encryption)


async def _rewrap() -> None:
    from temporalio.common import WorkflowIDConflictPolicy

    from schema.account.messages import Rewrapping
    from schema.account.names import REWRAP_KEYS_ID
    from schema.onboarding.names import TASK_QUEUE
    from schema.public import Public
    from workers.client import connect
    from workers.settings import Settings
    from workers.stack.join import joined_stack
    from workflows.account.rewrap import RewrapKeys

    async with joined_stack(Settings()) as stack, stack.encryption() as encryption:
        client = await connect(stack.temporal_address, encryption)
        done = await client.execute_workflow(
            RewrapKeys.run,
            Rewrapping.not_begun(),
            id=REWRAP_KEYS_ID,
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=Public("Wraps all keys by the newest master key"),
        )
        typer.echo(f"{done.looked_at} keys looked at, {done.rewrapped} wrapped anew, {done.unreadable} unreadable.")
        await _tell(encryption)
