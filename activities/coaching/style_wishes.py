"""How people wish to be spoken to by the coach, in `coach_system.style_wishes`, over all conversations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from activities.ai.offline.style_wishes import wishes_in
from activities.coaching.recall.part import Chosen
from activities.encryption.column import TextColumns
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite, WishHeard
from schema.coaching.memory import ShownWish
from schema.coaching.wishes import StyleWish
from schema.encrypted_columns import WISHED
from schema.vocabulary import Locale
from workflows.coaching.rules.tokens import about_tokens

_KEEP = """
    INSERT INTO coach_system.style_wishes (wish_id, user_ref, wish, quote, message_id, wished_at)
    SELECT $1, $2, $3, $4, message_id, $6 FROM coach_system.messages WHERE message_id = $5
    ON CONFLICT DO NOTHING
"""
_CLOSE = """
    UPDATE coach_system.style_wishes SET dropped_at = $3
    WHERE user_ref = $1 AND wish = ANY ($2) AND dropped_at IS NULL AND wished_at < $3
"""
_OPEN = """
    SELECT wish_id, wish, quote, wished_at FROM coach_system.style_wishes
    WHERE user_ref = $1 AND dropped_at IS NULL ORDER BY wished_at
"""


class KeptWish(ShownWish):
    """A wish that holds."""

    wish_id: str
    wished_at: datetime


class StyleWishes:
    """Keeps wishes, and gives each reply those that hold: a part of what is recalled."""

    name = "wishes"

    def __init__(self, pool: asyncpg.Pool, columns: TextColumns) -> None:
        self._pool = pool
        self._columns = columns

    async def hear(
        self, user_ref: str, message_id: uuid.UUID, text: str, said_at: datetime, locale: Locale
    ) -> WishHeard | None:
        """Keeps what a message wishes for, in place of older wishes of the same kind; None if it wishes nothing.

        A message that is heard again changes nothing, and gets the same result.
        """
        heard = wishes_in(text, locale)
        if heard.as_before and not heard.wishes:
            dropped = await self._close(user_ref, list(StyleWish), said_at)
            return WishHeard(wish=None) if dropped else None
        for wish in heard.wishes:
            await self._close(user_ref, [other for other in StyleWish if other.kind == wish.kind], said_at)
            wish_id = uuid.uuid5(message_id, wish)
            quote = await self._columns.seal(user_ref, text, WISHED, {"wish_id": wish_id})
            await self._pool.execute(_KEEP, wish_id, user_ref, wish, quote, message_id, said_at)
        return WishHeard(wish=heard.wishes[-1]) if heard.wishes else None

    async def _close(self, user_ref: str, wishes: Sequence[StyleWish], at: datetime) -> bool:
        """Closes wishes; whether any was open, or was closed by this very message."""
        await self._pool.execute(_CLOSE, user_ref, wishes, at)
        return bool(
            await self._pool.fetchval(
                "SELECT EXISTS (SELECT FROM coach_system.style_wishes WHERE user_ref = $1 AND dropped_at = $2)",
                user_ref,
                at,
            )
        )

    async def wishes_of(self, user_ref: str) -> list[KeptWish]:
        """The wishes of a person that hold, the oldest first."""
        return [
            KeptWish(wish_id=str(row["wish_id"]), wish=row["wish"], quote=quote, wished_at=row["wished_at"])
            for row in await self._pool.fetch(_OPEN, user_ref)
            if (quote := await self._columns.open(row["quote"], WISHED, row))
        ]

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """All that hold: there is at most one of each kind."""
        wishes = await self.wishes_of(reply.user_ref)
        return Chosen([wish.wish_id for wish in wishes], sum(about_tokens(wish.quote) for wish in wishes))

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """The wishes, by our codes and in the person's words."""
        wishes = [wish for wish in await self.wishes_of(reply.user_ref) if wish.wish_id in ids]
        return {"wished": [wish.wish for wish in wishes], "wishes": [wish.quote for wish in wishes]}
