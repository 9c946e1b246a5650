"""Runs awaitables concurrently until the first one ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def first(*steps: Awaitable[Any]) -> Any:
    """Returns the result of the step that ends first and cancels the others."""
    tasks = [asyncio.ensure_future(step) for step in steps]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # If several end at once, the first of them in argument order wins.
        return next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
