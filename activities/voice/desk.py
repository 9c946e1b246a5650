"""Who may be heard, by consent and budget, and what it cost."""

from __future__ import annotations

import asyncpg
from temporalio import activity

from activities.ai.providers import OPENAI
from activities.ai.usage import OnUsage, Usage
from activities.analysis.budget import Spending
from schema.account.consent import TALKS_SINCE
from schema.analysis.routing import Budget
from schema.person import PersonRef
from schema.voice.activities import HeardUsage, Hearing, HearingAllowed, VoiceDesk


class PostgresVoiceDesk(VoiceDesk):
    """Reads consents, and books in the usage log of models."""

    def __init__(self, pool: asyncpg.Pool, spending: Spending, on_usage: OnUsage) -> None:
        self._pool = pool
        self._spending = spending
        self._on_usage = on_usage

    @activity.defn(name="voice.may_be_heard")
    async def may_be_heard(self, ref: PersonRef) -> HearingAllowed:
        agreed = await self._pool.fetchrow(
            "SELECT readers, consent_version FROM onboarding_system.people WHERE user_ref = $1", ref.user_ref
        )
        if agreed is None:
            return HearingAllowed(hearing=Hearing.NOT_BEGUN)
        if OPENAI.name not in agreed["readers"] or (agreed["consent_version"] or "") < TALKS_SINCE:
            return HearingAllowed(hearing=Hearing.NOT_AGREED)
        spent = await self._spending.budget() is Budget.SPENT
        return HearingAllowed(hearing=Hearing.BUDGET_SPENT if spent else Hearing.ALLOWED)

    @activity.defn(name="voice.book")
    async def book(self, usage: HeardUsage) -> None:
        used = Usage(task="voice", prompt_version=None, tokens_cached=0, **usage.model_dump())
        await self._on_usage(None, used)
