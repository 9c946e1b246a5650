"""The daily budget for language models, and how much of it is spent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from time import monotonic

import asyncpg

from activities.analysis.model_usage import TODAY, UNREACHABLE
from schema.analysis.routing import Budget

log = logging.getLogger(__name__)

TIGHT_FROM = Decimal("0.8")
"""From this share of the daily budget on, only the small tier reads answers."""


class Spending:
    """Tracks spending against the daily budget (US dollars, days in UTC). None means no limit."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        daily_budget: Decimal | None,
        *,
        unrecorded: Callable[[], Decimal] = Decimal,
        look_every: float = 5.0,
    ) -> None:
        """Reads the usage log from `pool`.

        Args:
            unrecorded: returns what is spent and not in the usage log yet.
            look_every: seconds for which a figure is reused, because a person waits for the route.
        """
        self._pool = pool
        self._limit = daily_budget
        self._unrecorded = unrecorded
        self._look_every = look_every
        self._budget = Budget.AMPLE
        self._looked_at: float | None = None
        self._blind = False

    async def spent_today(self) -> Decimal:
        """US dollars spent since midnight UTC."""
        total = await self._pool.fetchval(
            f"SELECT sum(cost_usd) FROM shared.model_calls WHERE called_at >= {TODAY} AT TIME ZONE 'UTC'"
        )
        return (total or Decimal(0)) + self._unrecorded()

    async def budget(self) -> Budget:
        """The state of the budget, at most `look_every` seconds old. Logs every change.

        If the usage log can't be read, uses the last known figure and logs that once.
        """
        if self._limit is None:
            return Budget.AMPLE
        if self._looked_at is None or monotonic() - self._looked_at >= self._look_every:
            self._looked_at = monotonic()
            try:
                spent = await self.spent_today()
            except UNREACHABLE as error:
                if not self._blind:
                    log.warning(
                        "Language models: today's spending can't be read (%s); the last figure stands",
                        type(error).__name__,
                    )
                self._blind = True
            else:
                self._blind = False
                self._stands(budget_of(spent, self._limit), spent)
        return self._budget

    def _stands(self, budget: Budget, spent: Decimal) -> None:
        if budget is self._budget:
            return
        self._budget = budget
        log.warning("Language models: $%.2f of today's $%.2f is spent; %s", spent, self._limit, MEANING[budget])


def budget_of(spent: Decimal, limit: Decimal) -> Budget:
    """The state of a budget of `limit` US dollars of which `spent` are spent."""
    if spent >= limit:
        return Budget.SPENT
    return Budget.TIGHT if spent >= TIGHT_FROM * limit else Budget.AMPLE


def stricter(one: Budget, other: Budget) -> Budget:
    """The one of two budgets that leaves less."""
    return max(one, other, key=list(Budget).index)


MEANING = {
    Budget.AMPLE: "all tiers read",
    Budget.TIGHT: "only the small tier reads until midnight UTC",
    Budget.SPENT: "the offline analyst reads until midnight UTC",
}
