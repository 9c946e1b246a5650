"""The activities of insights: when to look for one, the look itself, and what the person does with it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import asyncpg
from temporalio import activity

from activities.ai.insight import InsightWriter, Material, OwnText
from activities.ai.offline.memory import brings_up
from activities.analysis.reply_readers import ReplyReaders
from activities.analysis.served_tier import served
from activities.coaching.insights.store import Insights
from activities.coaching.memory.store import Memories
from activities.coaching.own_texts import OwnTexts
from activities.postgres.locks import lock_person
from schema.account.consent import TALKS_SINCE
from schema.analysis.routing import Tier
from schema.coaching.insights import (
    CurrentInsights,
    InsightDenied,
    InsightSeeker,
    InsightSought,
    InsightsShown,
    InsightStore,
    InsightToSeek,
    LookClaimed,
    LookToClaim,
)
from schema.vocabulary import Locale
from workflows.coaching.rules.tokens import about_tokens

_MOST_TOKENS = 6000
"""Of all texts that a model reads at once."""

_CLAIM = """
    INSERT INTO coach_system.insight_looks (user_ref, look_id, looked_at)
    SELECT user_ref, $2, $3 FROM onboarding_system.people WHERE user_ref = $1 AND consent_version >= $4
    ON CONFLICT (user_ref) DO UPDATE SET look_id = excluded.look_id, looked_at = excluded.looked_at
    RETURNING look_id
"""


class PostgresInsightStore(InsightStore):
    """Says when to look for an insight, and keeps what the person does with those that are found."""

    def __init__(self, pool: asyncpg.Pool, texts: OwnTexts, insights: Insights, readers: ReplyReaders) -> None:
        self._pool = pool
        self._texts = texts
        self._insights = insights
        self._readers = readers

    @activity.defn(name="coaching.claim_look")
    async def claim_look(self, look: LookToClaim) -> LookClaimed:
        last = await self._pool.fetchrow(
            "SELECT look_id, looked_at FROM coach_system.insight_looks WHERE user_ref = $1", look.user_ref
        )
        if not (last and str(last["look_id"]) == look.look_id):
            if last and look.now - last["looked_at"] < look.settings.rests:
                return LookClaimed()
            fresh = [
                text.said_at.date()
                for text in await self._texts.of(look.user_ref)
                if (last is None or text.said_at > last["looked_at"])
                and len(text.text.split()) >= look.settings.fewest_words
            ]
            enough = len(fresh) >= look.settings.fresh_texts and len(set(fresh)) >= look.settings.over_days
            if not enough or await self._insights.is_troubled(look.user_ref, look.now):
                return LookClaimed()
            async with self._pool.acquire() as connection, connection.transaction():
                await lock_person(connection, look.user_ref)
                claim = (_CLAIM, look.user_ref, uuid.UUID(look.look_id), look.now, TALKS_SINCE)
                if await connection.fetchval(*claim) is None:
                    return LookClaimed()
        return LookClaimed(due=True, readers=await self._readers.of(look.user_ref))

    @activity.defn(name="coaching.show_insights")
    async def show(self, shown: InsightsShown) -> CurrentInsights:
        insights = await self._insights.of(shown.user_ref)
        await self._insights.see(shown.user_ref, shown.shown_at)
        return CurrentInsights(insights=insights)

    @activity.defn(name="coaching.deny_insight")
    async def deny(self, denied: InsightDenied) -> bool:
        return await self._insights.deny(denied.user_ref, denied.insight_id, denied.denied_at)


class InsightActivities(InsightSeeker):
    """Looks for insights with the writer of the requested tier."""

    def __init__(
        self, texts: OwnTexts, insights: Insights, memories: Memories, writers: Mapping[Tier, InsightWriter]
    ) -> None:
        self._texts = texts
        self._insights = insights
        self._memories = memories
        self._writers = writers

    @activity.defn(name="coaching.seek_insight")
    async def seek(self, look: InsightToSeek) -> InsightSought:
        writer = served(self._writers, look.tier)
        if await self._insights.is_kept(look.look_id):
            return InsightSought(found=True)
        kept = await self._memories.of(look.user_ref)
        boundaries = [memory.text for memory in kept if memory.kind == "boundary"]
        known = await self._insights.known(look.user_ref)
        material = Material(
            look_id=look.look_id,
            locale=look.locale,
            texts=_latest(await self._texts.of(look.user_ref), boundaries, look.locale),
            known=[part for each in known for part in (each.text, each.gist)],
            boundaries=boundaries,
        )
        found = await writer.connect(material)
        quotes = material.borne(found.quotes) if found else []
        if found is None or not quotes or brings_up(found.text, boundaries, look.locale):
            return InsightSought(found=False)
        new = await self._insights.keep(
            look.user_ref, look.look_id, found, quotes, known, writer=writer.writer, now=look.now
        )
        return InsightSought(found=new)


def _latest(texts: Sequence[OwnText], boundaries: Sequence[str], locale: Locale) -> list[OwnText]:
    """The latest texts that fit the budget and bring up nothing that must not be."""
    chosen, room = list[OwnText](), _MOST_TOKENS
    for text in reversed(texts):
        if brings_up(text.text, boundaries, locale):
            continue
        if (room := room - about_tokens(text.text)) < 0:
            break
        chosen.append(text)
    return chosen[::-1]
