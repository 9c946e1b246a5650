"""How the bot begins: nothing that is only for the looks comes before serving, and nothing of it ends the bot."""

from __future__ import annotations

import pytest

from tests.people.telegram_user import until
from tests.telegram.bot_api import BotApi, Fault
from tests.telegram.conftest import RunsBot


def settings_of_profile(api: BotApi) -> list[str]:
    return [call.method for call in api.calls if call.method.startswith("setMy")]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "menu and description" in record.getMessage()]


async def test_a_pause_that_telegram_asks_for_the_menu_keeps_nobody_waiting(
    runs_bot: RunsBot, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.will(Fault("setMyCommands", "429", retry_after=460))
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/start")
        await anna.sees("consent-question")
        await until(lambda: len(complaints(caplog)) == 1)
    assert settings_of_profile(api) == []
    async with runs_bot():
        await until(lambda: len(settings_of_profile(api)) > 5)
        await until(lambda: ("short_description", "") in api.profile)
    assert len(complaints(caplog)) == 1


@pytest.mark.parametrize("kind", ["500", "cut"])
async def test_a_failure_is_one_line_without_the_token(
    runs_bot: RunsBot, api: BotApi, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    api.will(Fault("getMyCommands", kind))  # type: ignore[arg-type]
    async with runs_bot() as town:
        await until(lambda: len(complaints(caplog)) == 1)
        anna = town.somebody()
        await anna.writes("/help")
        await anna.sees("telegram-help")
    assert api.token not in caplog.text


async def test_a_profile_that_is_up_to_date_is_left_alone(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot():
        await until(lambda: ("short_description", "") in api.profile)
    told = settings_of_profile(api)
    api.profile["description", "ru"] = "Something of an earlier version."
    async with runs_bot():
        await until(lambda: len([call for call in api.calls if call.method == "getMyShortDescription"]) == 6)
    assert settings_of_profile(api) == [*told, "setMyDescription"]
    assert "ИИ" in api.profile["description", "ru"]


async def test_a_bot_that_is_still_introducing_itself_leaves_at_once(
    runs_bot: RunsBot, api: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.will(Fault("getMyCommands", "hang"))
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.writes("/help")
        await anna.sees("telegram-help")
    assert complaints(caplog) == []
