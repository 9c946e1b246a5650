"""How long backups take, for docs/backup.md: `python -m tests.load.backups --people 2000`.

Rows of as many people are generated, twelve answers each, with texts as random as ciphertext. They are backed up,
verified, destroyed and restored with some minutes of the log, beside nothing else.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Awaitable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pyrage import x25519

from tests.keys import encryption_of, key_file
from workers.database import database_connection
from workers.migrations import migrate
from workers.settings import Settings
from workers.stack.backup.archive import BackedUp, BackupDirectory
from workers.stack.backup.archiver import Archiver
from workers.stack.backup.creation import Progress, create_backup
from workers.stack.backup.restoring import Wanted, restore
from workers.stack.backup.settings import BackupKeys
from workers.stack.backup.verification import verify_backup
from workers.stack.home import Home
from workers.stack.postgres import PostgresServer

EVERY = timedelta(minutes=4)
HISTORY = 6_500 * 12
"""Bytes of Temporal's data for a session of twelve answers."""
ROWS = """
    WITH said AS (
        SELECT person, n, md5('person' || person)::uuid AS session_id, md5(person || '-' || n)::uuid AS answer_id,
            left(md5('ref' || person), 16) AS user_ref, encode(sha256(int4send(person) || int4send(n)), 'hex') AS seed
        FROM generate_series($1::int, $2) AS person, generate_series(1, 12) AS n
    ), people AS (
        INSERT INTO onboarding_system.people (user_ref, locale, consented_at)
        SELECT user_ref, 'en', now() FROM said WHERE n = 1
    ), sessions AS (
        INSERT INTO onboarding_system.sessions (session_id, user_ref, opened_at)
        SELECT session_id, user_ref, now() FROM said WHERE n = 1
    ), asked AS (
        INSERT INTO onboarding_system.asked_questions
        SELECT session_id, n, user_ref, 'identity-surface-01', 'ENTRY', now() FROM said
    ), answers AS (
        INSERT INTO onboarding_system.answers
            (answer_id, session_id, user_ref, question_id, addendum, language, words, answered_at)
        SELECT answer_id, session_id, user_ref, 'identity-surface-01', false, 'en', 40, now() FROM said
    ), messages AS (
        INSERT INTO onboarding_system.answer_messages (session_id, update_id, answer_id, position, text, heard_at)
        SELECT session_id, n::text, answer_id, 1, (
            SELECT string_agg(encode(sha256((seed || part)::bytea), 'base64'), '') FROM generate_series(1, 9) AS part
        ), now() FROM said
    ), analyses AS (
        INSERT INTO analysis_system.analyses
            (answer_id, user_ref, analyst, sentiment, breakthrough, patterns, insight, analysed_at)
        SELECT answer_id, user_ref, 'offline', .5, false, ARRAY[seed], seed || seed, now() FROM said
    )
    INSERT INTO analysis_system.trait_evidence (answer_id, position, trait, score, confidence)
    SELECT answer_id, k, 'openness', random(), .5 FROM said, generate_series(1, 3) AS k
"""

Result = TypeVar("Result")


def measure(people: Annotated[int, typer.Option(min=100)] = 2000) -> None:
    """Print how long each step takes."""
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="selfology-backups-") as folder:
        os.chdir(folder)
        os.chmod(folder, 0o711)
        asyncio.run(_measure(Path(folder), people))


async def _measure(root: Path, people: int) -> None:
    home = Home.prepared(root / "home")
    home.kept_pepper(), home.kept_master_keys(), key_file(home.keys)
    with closing(sqlite3.connect(home.temporal)) as histories, histories:
        histories.execute("CREATE TABLE history (data blob)")
        for _ in range(people):
            histories.execute("INSERT INTO history VALUES (randomblob(?))", (HISTORY,))
    identity = x25519.Identity.generate()
    of = BackedUp(home, BackupDirectory(root / "backups", root / "keys"), BackupKeys(identity.to_public(), identity))
    postgres = PostgresServer(home, archives_every=EVERY)
    await postgres.launch()
    await postgres.ready()
    await migrate(postgres.database_url)
    archiver = Archiver(of, postgres.database_url, EVERY)
    await archiver.begin()
    shipping = asyncio.create_task(_ships(archiver))
    await _timed("rows are made", _fill(postgres.database_url, 1, people))
    await encryption_of(home).keys.begin("a" * 16)
    async with database_connection(postgres.database_url) as connection:
        size = await connection.fetchval("SELECT pg_database_size(current_database())")
    made = await _timed("create", create_backup(archiver, Progress()))
    found = of.archive.backup(made.name)
    typer.echo(f"{people} people, {made.rows} rows, database {size / 1e6:.0f} MB, backup {made.size / 1e6:.0f} MB")
    await _timed("verify", verify_backup(of, found, Progress()))
    await _fill(postgres.database_url, people + 1, people + people // 10)
    await _timed("recovery point", archiver.make_point())
    await archiver.copy_keys()
    shipping.cancel()
    await postgres.stop()
    shutil.rmtree(home.postgres)
    home.temporal.unlink()
    done = await _timed("restore", restore(Settings(home=home.root), of, Wanted(), Progress()))
    typer.echo(f"{done.people} people are back")


async def _fill(database_url: str, first: int, last: int) -> None:
    async with database_connection(database_url) as connection:
        for begin in range(first, last + 1, 1000):
            await connection.execute(ROWS, begin, min(begin + 999, last))
        await connection.execute("VACUUM ANALYZE")


async def _ships(archiver: Archiver) -> None:
    while True:
        await archiver.ship()
        await asyncio.sleep(0.5)


async def _timed(what: str, work: Awaitable[Result]) -> Result:
    began = time.monotonic()
    result = await work
    typer.echo(f"{what}: {time.monotonic() - began:.1f} s")
    return result


if __name__ == "__main__":
    typer.run(measure)
