"""What a restore leaves for the next start: to erase again whom it brought back, before anybody is served."""

from __future__ import annotations

import logging

from pydantic import ValidationError
from temporalio.client import Client

from activities.account.person_store import PostgresPersonStore
from activities.encryption.key_store import Tombstone
from schema.base_model import Model
from schema.operator_error import OperatorError
from workers.database import database_pool
from workers.erasure_replay import sweep_again
from workers.process_encryption import Encryption
from workers.stack.backup.erasures import Erasure
from workers.stack.home import Home, write_private

log = logging.getLogger(__name__)


class Restored(Model):
    """Who has to be erased again, in Temporal's data as in PostgreSQL."""

    erased: list[Erasure]


def keep_for_the_start(home: Home, tombstones: list[Tombstone]) -> None:
    """Remembers whom the next start has to erase again."""
    restored = Restored(erased=[Erasure.of(each) for each in tombstones])
    write_private(home.restored, restored.model_dump_json())


async def erase_restored(home: Home, client: Client, database_url: str, encryption: Encryption) -> None:
    """Erases whom a restore has brought back. It is done again when it is interrupted.

    The workers' own comparison finds whom one database remembers and the other does not; here, all were restored.
    """
    try:
        erased = Restored.model_validate_json(home.restored.read_bytes()).erased
    except ValidationError:
        raise OperatorError(f"{home.restored} is damaged: restore again.") from None
    async with database_pool(database_url, min_size=1, max_size=2) as pool:
        people = PostgresPersonStore(pool, encryption.keys, encryption.columns, companies=())
        for each in erased:
            await sweep_again(client, people, each.tombstone)
    home.restored.unlink()
    log.warning("After a restore, the %d people who were erased before are erased again", len(erased))
