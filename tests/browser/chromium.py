"""A headless Chromium of npm's lock: a machine needs none of its own."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.async_api import Browser, async_playwright, expect

from tests.node import NODE, install

HERE = Path(__file__).parent
UNPACKED = HERE / "node_modules" / ".unpacked"
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic", "--disable-sync"),
    # It would ask the internet for updates.
    *("--disable-background-networking", "--disable-component-update"),
)
# Of what a page is waited for; a slow machine takes its time.
expect.set_options(timeout=60_000)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser that ends with the context."""
    if platform.machine() != "x86_64":
        pytest.skip("npm has this browser for x86_64 only")
    program = _unpacked()
    libraries = {"LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib")}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=list(ARGUMENTS), env={**os.environ, **libraries}
        )
        try:
            yield browser
        finally:
            await browser.close()


def _unpacked() -> Path:
    install(HERE)
    program = UNPACKED / "chromium"
    with FileLock(HERE / ".npm.lock"):
        if not program.exists():
            UNPACKED.mkdir(exist_ok=True)
            subprocess.run(
                [NODE, "unpack.mjs"],
                cwd=HERE,
                env={**os.environ, "TMPDIR": str(UNPACKED)},
                check=True,
                stdout=subprocess.DEVNULL,
            )
    return program
