"""Who has agreed that their talks with the coach are kept."""

from __future__ import annotations

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from schema.account.consent import TALKS_SINCE
from schema.vocabulary import Locale


async def agreed_locale(database: asyncpg.Pool | PoolConnectionProxy, user_ref: str) -> Locale | None:
    """The person's language; None for who has not agreed that talks are kept."""
    kept = await database.fetchval(
        "SELECT locale FROM onboarding_system.people WHERE user_ref = $1 AND consent_version >= $2",
        user_ref,
        TALKS_SINCE,
    )
    return Locale(kept) if kept else None
