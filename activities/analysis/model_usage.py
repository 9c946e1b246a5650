"""The usage log of language models in `analysis_system.model_calls`: tokens, cost and latency of each call.

A call is kept with the id of what it was about, an answer, a reply of the coach, or a look for an insight, in
`answer_id`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from time import monotonic
from typing import Literal

import asyncpg

from activities.ai.prices import Prices
from activities.ai.usage import Usage
from schema import metrics
from schema.base_model import Model

_INSERT = (
    "INSERT INTO analysis_system.model_calls (answer_id, analyst, task, prompt_version, tokens_in, tokens_out,"
    " tokens_cached, cost_usd, latency_ms, called_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() - make_interval(secs => $10))"
)
UNREACHABLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What asyncpg raises when the usage log can't be reached."""
log = logging.getLogger(__name__)

By = Literal["model", "day", "task"]

# The database's clock decides when a day begins, so that all processes agree on the budget's day.
TODAY = "date_trunc('day', now() AT TIME ZONE 'UTC')"
_GROUP = {"model": "analyst", "day": "to_char(called_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')", "task": "task"}


class Costs(Model):
    """Usage and cost of a group of calls."""

    group: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    """US dollars."""
    latency_ms: float
    """Median latency of a call."""


@dataclass(frozen=True)
class _UnrecordedCall:
    """A call that is not in the usage log yet."""

    about: str | None
    usage: Usage
    cost: Decimal
    ended_at: float
    """Monotonic clock of this process. The log uses the server's clock, so it receives the age of the call."""

    def row(self) -> tuple[object, ...]:
        usage = self.usage
        return (
            self.about,
            usage.analyst,
            usage.task,
            usage.prompt_version,
            usage.tokens_in,
            usage.tokens_out,
            usage.tokens_cached,
            self.cost,
            usage.latency_ms,
            monotonic() - self.ended_at,
        )


class ModelCalls:
    """Records calls in the usage log. `prices` holds the prices of each `provider/model`.

    Recording takes at most `patience` seconds and never fails a reply. A call that can't be written now is written
    together with the next call, with its own time.
    """

    def __init__(self, pool: asyncpg.Pool, prices: Mapping[str, Prices], *, patience: float = 0.1) -> None:
        self._pool = pool
        self._prices = prices
        self._patience = patience
        self._unwritten: list[_UnrecordedCall] = []
        self._writer: asyncio.Task[None] | None = None
        self._failing = False

    def unrecorded(self) -> Decimal:
        """US dollars for calls of this process that are not in the usage log yet."""
        return sum((call.cost for call in self._unwritten), Decimal(0))

    async def record(self, about: str | None, usage: Usage) -> None:
        """Records one call, with the id of the answer or reply that it was about."""
        cost = self._prices[usage.analyst].cost(usage)
        _measure(usage, cost)
        self._unwritten.append(_UnrecordedCall(about, usage, cost, monotonic()))
        # One task writes for all callers. Their cancellation does not reach it: a cancelled write may have happened.
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await asyncio.wait({self._writer}, timeout=self._patience)

    async def _write(self) -> None:
        try:
            while calls := self._unwritten.copy():
                await self._pool.executemany(_INSERT, [call.row() for call in calls])
                del self._unwritten[: len(calls)]
        except UNREACHABLE as error:
            if not self._failing:
                log.error(
                    "Language models: calls can't be written to the usage log (%s); the next call tries again for all",
                    type(error).__name__,
                )
            self._failing = True
        else:
            self._failing = False


def _measure(usage: Usage, cost: Decimal) -> None:
    by = {"analyst": usage.analyst, "task": usage.task}
    metrics.MODEL_CALLS.add(**by)
    metrics.MODEL_CALL.record(timedelta(milliseconds=usage.latency_ms), **by)
    metrics.MODEL_TOKENS.add(usage.tokens_in, analyst=usage.analyst, direction="in")
    metrics.MODEL_TOKENS.add(usage.tokens_out, analyst=usage.analyst, direction="out")
    metrics.MODEL_COST.add(round(cost * 1_000_000), analyst=usage.analyst)


async def replies_cost_today(pool: asyncpg.Pool, user_ref: str) -> Decimal:
    """US dollars that models have cost today (UTC) for replies to a person and for insights.

    Also for those that never came about.
    """
    cost = await pool.fetchval(
        "SELECT sum(cost_usd) FROM analysis_system.model_calls WHERE answer_id IN ("
        "SELECT reply_id FROM coach_system.messages WHERE user_ref = $1 AND said_at > now() - interval '2 days'"
        " UNION ALL SELECT look_id FROM coach_system.insight_looks WHERE user_ref = $1)"
        f" AND called_at >= {TODAY} AT TIME ZONE 'UTC'",
        user_ref,
    )
    return cost or Decimal(0)


async def costs(pool: asyncpg.Pool, by: By, days: int) -> Sequence[Costs]:
    """Usage and cost of the last `days` days (UTC, today included) by group: most expensive first, days in order."""
    rows = await pool.fetch(
        f"SELECT {_GROUP[by]} AS group, count(*) AS calls, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out,"
        " sum(cost_usd) AS cost, percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS latency_ms"
        " FROM shared.model_calls"
        f" WHERE called_at >= ({TODAY} - make_interval(days => $1)) AT TIME ZONE 'UTC'"
        f" GROUP BY 1 ORDER BY {'1' if by == 'day' else 'cost DESC, 1'}",
        days - 1,
    )
    return [Costs.model_validate(dict(row)) for row in rows]
