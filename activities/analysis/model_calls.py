"""The books on language models in `analysis_system.model_calls`: what each call took, and what is left of the day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic
from typing import Literal

import asyncpg

from activities.ai.prices import Prices
from activities.ai.usage import Usage
from schema.model import Model

_ENTER = (
    "INSERT INTO analysis_system.model_calls (answer_id, analyst, task, prompt_version, tokens_in, tokens_out,"
    " tokens_cached, cost_usd, latency_ms, called_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() - make_interval(secs => $10))"
)
_UNREACHABLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
log = logging.getLogger(__name__)
By = Literal["model", "day", "task"]

# Days are those of the budget: the database's clock cuts them, for all processes alike, wherever it stands.
_TODAY = "date_trunc('day', now() AT TIME ZONE 'UTC')"
_GROUP = {"model": "analyst", "day": "to_char(called_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')", "task": "task"}


class Costs(Model):
    """What a group of calls took."""

    group: str
    calls: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    """US dollars."""
    latency_ms: float
    """The median of a call."""


@dataclass(frozen=True)
class _Call:
    """A call that is to be entered."""

    answer_id: str | None
    usage: Usage
    cost: Decimal
    ended_at: float
    """On the clock of this process. The books go by the server's, so they get its age."""

    def row(self) -> tuple[object, ...]:
        usage = self.usage
        return (
            self.answer_id,
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
    """Enters calls into the books. `prices` are those of each `provider/model`.

    Nobody waits longer than `patience` (seconds) for the books, nor loses a reply for their sake: what can't be entered
    now is entered with the next call, as of its own time.
    """

    def __init__(self, pool: asyncpg.Pool, prices: Mapping[str, Prices], *, patience: float = 0.1) -> None:
        self._pool = pool
        self._prices = prices
        self._patience = patience
        self._open: list[_Call] = []
        self._writer: asyncio.Task[None] | None = None
        self._failing = False

    def unbooked(self) -> Decimal:
        """US dollars for calls of this process that are not in the books yet."""
        return sum((call.cost for call in self._open), Decimal(0))

    async def enter(self, answer_id: str | None, usage: Usage) -> None:
        """One call; `answer_id` is the answer that it was about."""
        self._open.append(_Call(answer_id, usage, self._prices[usage.analyst].cost(usage), monotonic()))
        # One writes for all, and is not cancelled with those who wait: nobody would know whether it had written.
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await asyncio.wait({self._writer}, timeout=self._patience)

    async def _write(self) -> None:
        try:
            while calls := self._open.copy():
                await self._pool.executemany(_ENTER, [call.row() for call in calls])
                del self._open[: len(calls)]
        except _UNREACHABLE as error:
            if not self._failing:
                log.error(
                    "Language models: calls can't be entered into the books (%s); the next one tries again for all",
                    type(error).__name__,
                )
            self._failing = True
        else:
            self._failing = False


async def costs(pool: asyncpg.Pool, by: By, days: int) -> Sequence[Costs]:
    """What calls took in the last days (UTC, with today), added up; the dearest group first, days in their order."""
    rows = await pool.fetch(
        f"SELECT {_GROUP[by]} AS group, count(*) AS calls, sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out,"
        " sum(cost_usd) AS cost, percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) AS latency_ms"
        " FROM analysis_system.model_calls"
        f" WHERE called_at >= ({_TODAY} - make_interval(days => $1)) AT TIME ZONE 'UTC'"
        f" GROUP BY 1 ORDER BY {'1' if by == 'day' else 'cost DESC, 1'}",
        days - 1,
    )
    return [Costs.model_validate(dict(row)) for row in rows]
