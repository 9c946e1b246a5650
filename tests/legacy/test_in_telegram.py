"""Somebody of the old system meets ours in Telegram: they are asked before anything of theirs is read."""

from __future__ import annotations

import asyncpg
import pytest

from gateway.presentation.texts.texts import Texts
from schema.vocabulary import Locale
from tests.chaos.test_a_killed_bot import RunningBot
from tests.legacy.old_system import old_system
from tests.legacy.test_fifty_thousand import FIRST, selfology
from tests.stack.conftest import home, no_servers
from tests.telegram.bot_api import BotApi
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

__all__ = ["home", "no_servers"]

TELEGRAMS, THEIRS = Texts(Locale.EN), Texts(Locale.RU)
"""In the language of their Telegram, and in that of their answers, once these are known."""
PATIENCE = 60.0
READ = "SELECT count(*) FROM onboarding_system.answers WHERE crisis IS NOT NULL"

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


async def test_a_hello_is_answered_by_the_question_whether_they_agree(home: Home) -> None:
    async with (
        BotApi() as api,
        joined_stack(Settings()) as stack,
        asyncpg.create_pool(stack.database_url, min_size=1) as pool,
        old_system(stack.database_url) as old,
    ):
        await old.lives(100, first_person=FIRST)
        code, _ = await selfology("legacy", "import", old=old)
        assert code == 0
        bot = RunningBot(api)
        try:
            anna = api.person(FIRST, language_code="en")
            await anna.writes("Hello, is it still you?")
            await anna.sees(TELEGRAMS.say("notice-not-begun"), PATIENCE)
            await anna.writes("/start")
            consent = await anna.sees(THEIRS.say("consent-question"), PATIENCE)
            assert any(THEIRS.say("consent-moved-in") in message.words for message in anna.screen)
            assert await pool.fetchval(READ) == 0
            await anna.taps(consent.buttons[0][0], consent)
            await anna.sees(THEIRS.say("question-frame", number=1, planned=12), PATIENCE)
            await anna.writes("/profile")
            assert (await anna.sees("ортрет", PATIENCE)).photo
        finally:
            bot.ends()
