"""`python -m tests.ops.screens docs`: pictures of what `make ops` shows, for the docs.

One is the page of alerts in Prometheus while the fault is there, the other the operators' chat when it is over.
"""

from __future__ import annotations

import asyncio
import io
import sys
from pathlib import Path

from PIL import Image
from rich.console import Console

from tests.browser.chromium import chromium
from tests.ops.demonstration import Fault, demonstration
from tests.ops.monitoring import Monitoring
from tests.telegram.screens import drawn, picture

COLOURS = 64


async def draw(folder: Path) -> None:
    """Plays the demonstration, and draws it into files of a folder."""
    async with demonstration(Console(highlight=False), speed=10) as (shown, watch):
        await shown.is_quiet()
        await shown.talks()
        await shown.breaks(Fault.WORKER)
        _keep(folder / "ops-prometheus.png", await _alerts(watch))
        await shown.mends(Fault.WORKER)
        _keep(folder / "ops-telegram.png", await picture(drawn(watch.operators.phone.conversation)))


async def _alerts(watch: Monitoring) -> bytes:
    """The alerts that fire, as Prometheus shows them."""
    async with chromium() as browser:
        tab = await browser.new_page(viewport={"width": 1100, "height": 700})
        await tab.goto(watch.page)
        await tab.locator("#inactiveAlerts").locator("..").click()
        for alert in await tab.locator(".alert_header.alert-danger").all():
            await alert.click()
        # The bar that stands at the top of the window would cover what is at the place that it was scrolled to.
        await tab.evaluate("scrollTo(0, 0)")
        return await tab.screenshot(full_page=True)


def _keep(file: Path, png: bytes) -> None:
    """Writes a picture with few colours, which is a third of the size."""
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(file, optimize=True)
    # Beside a home directory, what a process writes is its own.
    file.chmod(0o644)


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
