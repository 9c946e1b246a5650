"""`selfology bot`, as an operator starts and ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable

import pytest

from schema.account.consent import OperatorSettings
from tests.stack.conftest import WITHIN, CommandResult, Said, command_line, logins_in_use, one_line
from tests.telegram.bot_api import BotApi
from workers.database_roles import Role
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    """Telegram."""
    async with BotApi() as api:
        yield api


def test_without_a_token_one_line_says_how_to_get_one(in_process: Callable[..., Said]) -> None:
    line = one_line(in_process("bot"))
    assert "@BotFather" in line
    assert "SELFOLOGY_TELEGRAM_TOKEN" in line
    assert ".env" in line


def test_a_token_that_cannot_be_one_is_named_and_not_told(in_process: Callable[..., Said]) -> None:
    line = one_line(in_process("bot", SELFOLOGY_TELEGRAM_TOKEN="not a token"))
    assert "SELFOLOGY_TELEGRAM_TOKEN" in line
    assert "not a token" not in line


async def test_a_token_that_telegram_refuses_is_named_and_not_told(
    selfology: Callable[..., CommandResult], there: dict[str, str], api: BotApi
) -> None:
    token = f"{api.token[:-4]}abcd"
    telegram = {"SELFOLOGY_TELEGRAM_TOKEN": token, "SELFOLOGY_TELEGRAM_API_URL": api.url}
    said = await asyncio.to_thread(selfology, "bot", **telegram, **there)
    assert "SELFOLOGY_TELEGRAM_TOKEN" in one_line(said)
    assert token not in said.stdout + said.stderr


async def test_it_says_who_it_is_answers_and_leaves_when_it_is_told_to(home: Home, api: BotApi) -> None:
    process = await asyncio.create_subprocess_exec(
        *command_line("bot"),
        env={**os.environ, "SELFOLOGY_TELEGRAM_TOKEN": api.token, "SELFOLOGY_TELEGRAM_API_URL": api.url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        told = (await asyncio.wait_for(process.stdout.readline(), WITHIN)).decode()
        assert "https://t.me/selfology_test_bot" in told
        assert "http://127.0.0.1:" in told
        anna = api.person(1001, language_code="en")
        await anna.writes("/start")
        await anna.sees("Shall we begin?", WITHIN)
        async with joined_stack(Settings()) as stack:
            assert await logins_in_use(stack.database_url) == {Role.WORKER.login, Role.BOT.login}
        process.send_signal(signal.SIGTERM)
        output, errors = await asyncio.wait_for(process.communicate(), WITHIN)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert api.token.encode() not in output
    assert errors.decode().splitlines() == [f"selfology: {OperatorSettings().complaint}"]
