"""Several things at once, of which the first to end decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def first(*steps: Awaitable[Any]) -> Any:
    """The result of the step that ends first; the others are cancelled."""
    tasks = [asyncio.ensure_future(step) for step in steps]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # If several ended at once, the earliest of them in the order of steps counts.
        return next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
