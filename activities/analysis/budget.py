"""What is left of the day's money for language models."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from time import monotonic

import asyncpg

from activities.analysis.model_calls import _TODAY, _UNREACHABLE, log
from schema.analysis.routing import Budget

TIGHT_FROM = Decimal("0.8")
"""The share of the daily budget from which on only the small tier reads."""


class Spending:
    """What is left of the daily budget (US dollars, days in UTC); None is no limit."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        daily_budget: Decimal | None,
        *,
        unbooked: Callable[[], Decimal] = Decimal,
        look_every: float = 5.0,
    ) -> None:
        """A spending on these books.

        Args:
            unbooked: what is spent and not in the books yet.
            look_every: seconds for which a figure is good enough: a person waits for the route.
        """
        self._pool = pool
        self._limit = daily_budget
        self._unbooked = unbooked
        self._look_every = look_every
        self._budget = Budget.AMPLE
        self._looked_at: float | None = None
        self._blind = False

    async def spent_today(self) -> Decimal:
        """US dollars since midnight UTC."""
        total = await self._pool.fetchval(
            f"SELECT sum(cost_usd) FROM analysis_system.model_calls WHERE called_at >= {_TODAY} AT TIME ZONE 'UTC'"
        )
        return (total or Decimal(0)) + self._unbooked()

    async def budget(self) -> Budget:
        """How the budget stands, at most `look_every` seconds ago. Operators are told whenever that changes.

        When the books can't be read, the last figure stands, and operators are told that once.
        """
        if self._limit is None:
            return Budget.AMPLE
        if self._looked_at is None or monotonic() - self._looked_at >= self._look_every:
            self._looked_at = monotonic()
            try:
                spent = await self.spent_today()
            except _UNREACHABLE as error:
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
    """What a day's spending means for the rest of it."""
    if spent >= limit:
        return Budget.SPENT
    return Budget.TIGHT if spent >= TIGHT_FROM * limit else Budget.AMPLE


MEANING = {
    Budget.AMPLE: "all tiers read",
    Budget.TIGHT: "only the small tier reads until midnight UTC",
    Budget.SPENT: "the offline analyst reads until midnight UTC",
}
