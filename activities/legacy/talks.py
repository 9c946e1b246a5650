"""Talks and insights of the old system."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from textwrap import shorten
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from activities.legacy.arriving import Arrival, Arriving, Sealed, id_of, seconds
from schema.encrypted_columns import CRISIS_SAID, INSIGHT_FOUND, INSIGHT_GIST, SAID
from schema.legacy.messages import Fault, Source
from schema.legacy.rows import Misfit, OldInsight, OldMessage, OldRow
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

WRITER = "legacy"
"""Who wrote the coach's side of old talks, and old insights."""
_GIST = 200


class Messages(Arriving):
    """The messages of old talks, all of a person in one conversation."""

    source = Source.CONVERSATIONS
    encrypted = {"text": SAID}
    danger = CRISIS_SAID

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldMessage)
        fields = {
            "conversation_id": id_of("conversation", user_ref),
            "speaker": row.role.speaker,
            "language": language_of(row.text, self._locale),
            "said_at": row.said_at,
            "text": row.text,
        }
        return Arrival(str(row.id), user_ref, str(id_of("message", row.id)), fields)

    def names(self, arrival: Arrival) -> dict[str, object]:
        return {"message_id": arrival.kept_as}

    def is_own(self, arrival: Arrival) -> bool:
        return bool(arrival.fields["speaker"] == "person")

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        await connection.execute(
            "INSERT INTO coach_system.conversations AS kept (conversation_id, user_ref, began_at)"
            " SELECT conversation_id, user_ref, min(said_at)"
            " FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS m (conversation_id, user_ref, said_at)"
            " GROUP BY 1, 2 ON CONFLICT (conversation_id) DO UPDATE"
            " SET began_at = least(kept.began_at, excluded.began_at)",
            [a.fields["conversation_id"] for a, _ in rows],
            [a.user_ref for a, _ in rows],
            [a.fields["said_at"] for a, _ in rows],
        )
        await connection.executemany(
            "INSERT INTO coach_system.messages (message_id, conversation_id, user_ref, speaker, language, said_at,"
            " text, crisis, update_id, reply_id, coach) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
            " ON CONFLICT DO NOTHING",
            [
                (
                    *(a.kept_as, a.fields["conversation_id"], a.user_ref, a.fields["speaker"], a.fields["language"]),
                    *(a.fields["said_at"], columns["text"], columns["crisis"]),
                    # Which reply it got, the old system does not tell.
                    *(
                        (f"legacy:{a.kept_as}", uuid.uuid5(uuid.UUID(a.kept_as), "reply"), None)
                        if self.is_own(a)
                        else (None, None, WRITER)
                    ),
                )
                for a, columns in rows
            ],
        )
        return [a for a, _ in rows]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT message_id, conversation_id, speaker, language, said_at, text FROM coach_system.messages"
            " WHERE message_id = ANY ($1::uuid[])",
            list(kept_as),
        )
        return {str(row["message_id"]): dict(row) for row in rows}

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        return {"seconds": seconds(fields["said_at"])}


class OldInsights(Arriving):
    """Insights. The old system kept none of the words that they rest on, and had no guard: each is read by ours."""

    source = Source.INSIGHTS
    encrypted = {"text": INSIGHT_FOUND, "gist": INSIGHT_GIST}

    def ready(self, row: OldRow, user_ref: str | None) -> Arrival:
        assert isinstance(row, OldInsight)
        if not Guard("", language_of(row.text, self._locale), "").lets_pass(row.text):
            raise Misfit(Fault.WITHHELD, "text")
        fields = {
            "made_at": row.made_at,
            "text": row.text,
            "gist": shorten(row.text, _GIST, placeholder="…"),
        }
        return Arrival(str(row.id), user_ref, str(id_of("insight", row.id)), fields)

    def names(self, arrival: Arrival) -> dict[str, object]:
        return {"insight_id": arrival.kept_as}

    async def write(self, connection: PoolConnectionProxy, rows: Sequence[Sealed]) -> list[Arrival]:
        # Seen before: no reply announces it.
        await connection.executemany(
            "INSERT INTO coach_system.insights (insight_id, user_ref, text, gist, quotes, sources, writer, made_at,"
            " shown_at) VALUES ($1, $2, $3, $4, '{}', '{}', $5, $6, $6) ON CONFLICT DO NOTHING",
            [(a.kept_as, a.user_ref, c["text"], c["gist"], WRITER, a.fields["made_at"]) for a, c in rows],
        )
        return [a for a, _ in rows]

    async def here(self, connection: PoolConnectionProxy, kept_as: Collection[str]) -> dict[str, Mapping[str, Any]]:
        rows = await connection.fetch(
            "SELECT insight_id, made_at, text, gist FROM coach_system.insights WHERE insight_id = ANY ($1::uuid[])",
            list(kept_as),
        )
        return {str(row["insight_id"]): dict(row) for row in rows}

    def sums(self, fields: Mapping[str, Any]) -> dict[str, float]:
        return {"seconds": seconds(fields["made_at"])}
