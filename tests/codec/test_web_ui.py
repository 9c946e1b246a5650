"""An operator in the real Web UI: bytes without a token and a reason, text with them."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from schema.identity import user_ref
from schema.onboarding.names import SESSION_ID
from tests.browser.chromium import chromium
from tests.ports import free_port
from tests.stack.conftest import WITHIN, command_line, home, no_servers
from workers.database import database_connection
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

__all__ = ["home", "no_servers"]

NAME = "quinceberry"
BYTES = re.compile(r'"[A-Za-z0-9+/=\s]{100,}"')
WHY = "A person wrote that their summary never came"


@contextmanager
def codec_server() -> Iterator[str]:
    """A running `selfology codec`; the link that it prints for its operator."""
    command = command_line("codec")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        told = (re.match(r"Say why you look: (\S+)", line) for line in process.stdout)
        yield next(found[1] for found in told if found)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WITHIN) == 0
    finally:
        process.kill()
        process.wait()


async def input_of(page: Page, session: str) -> Locator:
    """What a session was begun with, who it is with included."""
    await page.goto(session)
    return page.get_by_role("textbox", name="Input").first


async def sets_the_codec_server(page: Page, address: str) -> None:
    """Says in the Web UI's own dialog, as the command told, where the codec server is."""
    await page.get_by_test_id("data-encoder-status").click()
    await page.get_by_text("Use my browser setting").click()
    await page.get_by_label("Codec Server browser endpoint").fill(address)
    await page.get_by_text("Include cross-origin credentials").click()
    await page.get_by_role("button", name="Apply").click()


async def says_why(browser: BrowserContext, link: str) -> None:
    """Gives a reason on the page that the command's link opens; the token is in the link."""
    page = await browser.new_page()
    await page.goto(link)
    await page.get_by_label("Why").fill(WHY)
    await page.get_by_role("button", name="Decrypt for half an hour").click()
    await expect(page.get_by_text(WHY)).to_be_visible()
    # What is left in the browser's history leads nobody in.
    assert "#" not in page.url


@pytest.mark.long
async def test_the_web_ui_shows_bytes_and_then_to_who_says_why_the_text(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SELFOLOGY_CODEC_PORT", str(free_port()))
    async with joined_stack(Settings()) as stack, chromium() as chrome:
        chat = command_line("chat", "--as", NAME, "--language", "en")
        await asyncio.to_thread(
            subprocess.run, chat, input="1\n", text=True, capture_output=True, timeout=WITHIN, check=True
        )
        person = user_ref(stack.pepper, f"terminal:{NAME}")
        session = f"{stack.ui_url}/namespaces/default/workflows/{SESSION_ID.of(person)}"
        with codec_server() as link:
            browser = await chrome.new_context(viewport={"width": 1400, "height": 1000})
            page = await browser.new_page()
            await expect(await input_of(page, session)).to_have_text(BYTES)

            await sets_the_codec_server(page, link.partition("/#")[0])
            await expect(await input_of(page, session)).to_have_text(BYTES)
            await expect(page.get_by_text("Codec Server could not connect").filter(visible=True).first).to_be_visible()

            await says_why(browser, link)
            await expect(await input_of(page, session)).to_contain_text(NAME)
            await browser.close()
        async with database_connection(stack.database_url) as database:
            looks = await database.fetch(
                "SELECT DISTINCT operator, reason, user_ref FROM audit_system.looks"
                " JOIN audit_system.people_looked_at USING (look_id)"
            )
        assert [(look["reason"], look["user_ref"]) for look in looks] == [(WHY, person)]
