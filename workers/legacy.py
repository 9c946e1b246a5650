"""The process that moves people in from the old system: it alone knows where that one's database is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict
from temporalio.client import Client
from temporalio.worker import Worker

from activities.legacy.asked_and_answered import Answers, Questions, Sessions
from activities.legacy.importing import PostgresLegacyImport
from activities.legacy.old_tables import OldTables
from activities.legacy.portraits import Changes, Profiles
from activities.legacy.removal import PostgresLegacyRemoval
from activities.legacy.talks import Messages, OldInsights
from schema.build_id import BUILD_ID
from schema.environment import EnvironmentSettings
from schema.legacy.messages import Source
from schema.legacy.names import LEGACY_QUEUE
from workers.bootstrap import shipped_bank
from workers.database_address import DatabaseUrl, with_password
from workers.process_encryption import Encryption
from workers.registry import activities_of
from workers.settings import Settings


class LegacySettings(EnvironmentSettings):
    """Where the old system's tables are. No other process reads these settings."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_LEGACY_")

    database_password: SecretStr | None = None
    """The password of its user, where the address has none."""
    database_url: DatabaseUrl | None = Field(default=None, repr=False)
    """The old database's address. The login needs SELECT on its tables, and nothing else."""
    database_schema: str = Field(default="selfology", pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    """The schema that the tables are in."""

    @field_validator("database_url")
    @classmethod
    def _with_password(cls, url: str | None, info: ValidationInfo) -> str | None:
        return with_password(url, info.data.get("database_password"))


@asynccontextmanager
async def serving_legacy(
    client: Client,
    pool: asyncpg.Pool,
    encryption: Encryption,
    settings: Settings,
    *,
    old: OldTables | None,
    pepper: SecretStr,
) -> AsyncIterator[None]:
    """Serves the activities that move people in as long as the context is open; without `old`, those that take back.

    `pepper` is the bot's: by it the people of the old system are those whom it will meet.
    """
    activities = activities_of(PostgresLegacyRemoval(pool, settings.half_life))
    if old:
        columns, identities = encryption.columns, encryption.identities(pepper)
        kinds = [
            Questions(columns, settings.locale, shipped_bank()),
            Sessions(columns, settings.locale),
            Answers(columns, settings.locale, Source.ANSWERS_NEW),
            Answers(columns, settings.locale, Source.ANSWERS),
            Profiles(columns, settings.locale, settings.half_life),
            Changes(columns, settings.locale),
            Messages(columns, settings.locale),
            OldInsights(columns, settings.locale),
        ]
        activities += activities_of(PostgresLegacyImport(pool, old, identities, kinds, settings.locale))
    try:
        async with Worker(
            client,
            task_queue=LEGACY_QUEUE,
            build_id=BUILD_ID,
            activities=activities,
            # One batch after the other: an attempt that was given up ends before the next begins.
            max_concurrent_activities=1,
            graceful_shutdown_timeout=settings.engine.graceful_shutdown_timeout,
        ):
            yield
    finally:
        if old:
            await old.close()
