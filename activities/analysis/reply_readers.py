"""The models that may write to a person now: of the companies that they agreed to, within the budgets."""

from __future__ import annotations

from decimal import Decimal

import asyncpg

from activities.analysis.budget import budget_of
from activities.analysis.model_usage import replies_cost_today
from activities.analysis.router import Router
from schema.analysis.routing import ModelRef


class ReplyReaders:
    """Routes what is written to people. `cost_a_day` is what models may cost for one person, in US dollars."""

    def __init__(self, pool: asyncpg.Pool, router: Router, cost_a_day: Decimal) -> None:
        self._pool = pool
        self._router = router
        self._cost_a_day = cost_a_day

    async def of(self, user_ref: str) -> list[ModelRef]:
        """The models, in order of attempt. None are left beyond the person's own budget."""
        agreed = await companies_agreed_to(self._pool, user_ref)
        spent = await replies_cost_today(self._pool, user_ref)
        return await self._router.route_reply(budget_of(spent, self._cost_a_day), agreed)


async def companies_agreed_to(pool: asyncpg.Pool, user_ref: str) -> list[str]:
    """The companies whose models may read what a person writes."""
    agreed = await pool.fetchval("SELECT readers FROM onboarding_system.people WHERE user_ref = $1", user_ref)
    return agreed or []
