"""`selfology costs`: the costs of language models."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer


class Group(StrEnum):
    """The grouping of costs."""

    MODEL = "model"
    DAY = "day"
    TASK = "task"


def costs(
    by: Annotated[Group, typer.Option(help="What to add up by.")] = Group.DAY,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back, today included.")] = 30,
) -> None:
    """Show what language models have cost, in US dollars and days of UTC."""
    asyncio.run(_costs(by, days))


async def _costs(by: Group, days: int) -> None:
    from rich.console import Console
    from rich.table import Column, Table

    from activities.analysis.budget import Spending
    from activities.analysis.model_usage import costs
    from workers.ai_settings import AISettings
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.migrations import migrations_of
    from workers.settings import Settings
    from workers.stack.database import reachable_database

    settings = AISettings()
    async with reachable_database(Settings(), Role.OPERATOR) as url:
        (await migrations_of(url)).refuse_other()
        async with database_pool(url, min_size=1, max_size=1) as pool:
            groups = await costs(pool, by.value, days)
            today = await Spending(pool, settings.daily_budget).spent_today()
    numbers = ("calls", "tokens in", "tokens out", "median ms", "US dollars")
    table = Table(by.value, *(Column(name, justify="right") for name in numbers), box=None, pad_edge=False)
    for row in groups:
        cells = (f"{row.calls:,}", f"{row.tokens_in:,}", f"{row.tokens_out:,}", f"{row.latency_ms:,.0f}")
        table.add_row(row.group, *cells, f"{row.cost:.4f}")
    if len(groups) > 1:
        table.add_section()
        total = sum((row.cost for row in groups), Decimal(0))
        table.add_row("all", f"{sum(row.calls for row in groups):,}", "", "", "", f"{total:.4f}")
    console = Console(highlight=False)
    console.print(table if groups else f"No language model has been asked in the last {days} days.")
    console.print(f"\n{budget_line(today, settings.daily_budget)}")


def budget_line(spent: Decimal, limit: Decimal | None) -> str:
    """Describes today's spending for operators."""
    from activities.analysis.budget import MEANING, budget_of

    if limit is None:
        return f"Today: ${spent:.4f}; no daily budget is set (SELFOLOGY_AI_DAILY_BUDGET)."
    return f"Today: ${spent:.4f} of ${limit:.2f}; {MEANING[budget_of(spent, limit)]}."
