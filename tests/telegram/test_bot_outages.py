"""What goes away in the middle of a conversation, and comes back: nothing is lost, nothing counts twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import asyncpg
import pytest

from schema.onboarding.messages import SubmittedAnswer
from schema.vocabulary import Locale, Status
from tests.people.telegram_user import ANSWERS, PATIENCE, TelegramUser, until, until_kept
from tests.telegram.bot_api import BotApi, Fault
from tests.telegram.conftest import RunsBot
from tests.telegram.wire import Wire

both_modes = pytest.mark.parametrize("mode", ["polling", "webhook"])
FIRST, SECOND, _ = ANSWERS[Locale.EN]


@pytest.fixture
async def wire(temporal_address: str) -> AsyncIterator[Wire]:
    """The bot's wire to Temporal."""
    async with Wire(temporal_address) as wire:
        yield wire


def gateway_logs(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("gateway")]


def temporal_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line for line in gateway_logs(caplog) if "Temporal" in line]


async def test_who_is_cancelled_by_an_operator_is_told_even_if_the_words_get_lost_on_their_way(
    runs_bot: RunsBot, api: BotApi
) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.begins()
        api.will(Fault("sendMessage", "refuse", chat=anna.phone.id))
        await anna.session.cancel()
        await anna.sees("goodbye-abandoned")


async def test_a_bot_that_has_begun_anew_lets_the_session_tell_what_is_stale(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        first = await anna.begins()
        await anna.answers()
        await anna.is_asked(2)
    async with runs_bot() as town:
        await anna.taps("choice-skip", first)
        await anna.sees("notice-button-is-old")
        assert (await anna.progress()).skipped == 0


@both_modes
async def test_what_is_said_while_temporal_is_away_is_heard_when_it_is_back(
    runs_bot: RunsBot, wire: Wire, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    # Every attempt is the same request: the limit has room for the four that are made.
    async with runs_bot(mode, temporal=wire.address, limit=4) as town:
        anna, boris = town.somebody(), town.somebody()
        await anna.begins()
        await wire.cut()
        await anna.answers(0)
        await anna.writes("Oh, and one more thing: the gulls.")
        await boris.writes("/start")
        await until(lambda: any("Temporal is away" in line for line in gateway_logs(caplog)))
        # Long enough for several attempts.
        await asyncio.sleep(0.7)
        if mode == "webhook":
            # What needs no session is answered meanwhile.
            clara = town.somebody()
            await clara.writes("/help")
            await clara.sees("telegram-help")
        assert boris.phone.screen == []
        told = temporal_lines(caplog)
        assert len(told) == 1
        assert "is away" in told[0]
        await wire.mend()
        await boris.sees("consent-question")
        await anna.is_asked(2)
        await until_kept(anna, [FIRST, "Oh, and one more thing: the gulls."])
    assert "is back" in temporal_lines(caplog)[1]


async def test_a_bot_that_leaves_while_temporal_is_away_finds_the_answer_again(
    runs_bot: RunsBot, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    async with runs_bot(temporal=wire.address) as town:
        anna = town.somebody()
        await anna.begins()
        await wire.cut()
        await anna.answers(0)
        await until(lambda: any("Temporal is away" in line for line in gateway_logs(caplog)))
    assert await anna.kept() == []
    await wire.mend()
    async with runs_bot():
        await anna.is_asked(2)
        assert await anna.kept() == [FIRST]


@both_modes
async def test_what_is_said_while_telegram_is_away_arrives_when_it_is_back(
    runs_bot: RunsBot, api: BotApi, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")
    async with runs_bot(mode) as town:
        anna = town.somebody()
        await anna.begins()
        await api.goes_away()
        await anna.answers(0)
        await asyncio.sleep(0.5)
        await api.comes_back()
        await anna.is_asked(2)
        assert await anna.kept() == [FIRST]
    if mode == "polling":
        assert len([line for line in gateway_logs(caplog) if "Telegram is away" in line]) == 1
    assert api.token not in caplog.text


@both_modes
async def test_a_redelivered_update_counts_once(runs_bot: RunsBot, api: BotApi, mode: str) -> None:
    async with runs_bot(mode) as town:
        anna = town.somebody()
        await anna.begins()
        answer = await anna.writes(FIRST)
        await anna.is_asked(2)
        help_ = await anna.writes("/help")
        await anna.sees("telegram-help")
        api.redelivers(answer)
        api.redelivers(help_)
        assert await anna.is_left_in_peace()
        # Another process does not remember; the session does.
    async with runs_bot(mode):
        api.redelivers(answer)
        assert await anna.is_left_in_peace()
        assert await anna.kept() == [FIRST]
        assert (await anna.progress()).answered == 1


async def test_every_gesture_that_comes_twice_counts_once(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        start = await anna.writes("/start")
        await anna.sees("consent-question")
        yes = await anna.taps("choice-agree")
        await anna.is_asked(1)
        skip = await anna.writes("/skip")
        await anna.is_asked(1)
        pause = await anna.writes("/pause")
        await anna.sees("paused-person")
    async with runs_bot():
        for update in (start, yes, skip, pause):
            api.redelivers(update)
        assert await anna.is_left_in_peace()
        progress = await anna.progress()
        assert (progress.status, progress.skipped) == (Status.PAUSED, 1)


async def test_nothing_that_a_person_asks_for_is_brought_again_to_an_update_that_comes_again(
    runs_bot: RunsBot, api: BotApi
) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        remark = await anna.writes("Is anybody here?")
        await anna.sees("notice-not-begun")
        call = await anna.writes("I want to kill myself.")
        await anna.sees("crisis-contacts")
        passed_on = await anna.phone.forwards("Call me.")
        await anna.sees("notice-somebody-elses-words")
        insights = await anna.writes("/insights")
        await anna.sees("insights-empty")
        profile = await anna.writes("/profile")
        await anna.sees("profile-empty")
        export = await anna.writes("/export")
        await anna.sees("export-nothing")
    async with runs_bot() as town:
        for update in (remark, call, passed_on, insights, profile, export):
            api.redelivers(update)
        # Later updates are handled later: when this one is answered, all of them were.
        await anna.writes("/help")
        await anna.sees("telegram-help")
        for workflow in ("listening", "insights", "profile", "export"):
            await town.client.get_workflow_handle(f"{workflow}-{anna.user_ref}").result()
        assert await anna.is_left_in_peace()
        # Somebody who asks again gets it again.
        await anna.writes("/profile")
        await anna.sees("profile-empty")


@both_modes
async def test_an_update_that_nobody_can_handle_keeps_nobody_waiting(
    runs_bot: RunsBot, mode: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gateway")

    class Broken(SubmittedAnswer):
        def __init__(self, **values: object) -> None:
            if values["text"] == "a secret that breaks it":
                raise ZeroDivisionError("a secret that breaks it")
            super().__init__(**values)

    monkeypatch.setattr("gateway.telegram.inbound.messages.SubmittedAnswer", Broken)
    async with runs_bot(mode) as town:
        anna = town.somebody()
        await anna.begins()
        await anna.writes("a secret that breaks it")
        await anna.sees("telegram-trouble")
        await anna.writes(FIRST)
        await anna.is_asked(2)
    assert any("ZeroDivisionError" in line for line in gateway_logs(caplog))
    assert "a secret" not in caplog.text


@both_modes
async def test_whoever_blocks_the_bot_is_left_alone_until_they_come_back(
    runs_bot: RunsBot, api: BotApi, mode: str
) -> None:
    async with runs_bot(mode) as town:
        anna = town.somebody()
        await anna.begins()
        await anna.answers(0)
        anna.phone.blocks_bot()
        await until_status(anna, Status.PAUSED)
        refusals = [refused for refused in api.refused if refused.status == 403]
        await asyncio.sleep(0.5)
        assert [refused for refused in api.refused if refused.status == 403] == refusals
        anna.phone.unblocks_bot()
        await anna.writes("/start")
        await anna.is_asked(2)
        assert (await anna.progress()).status is Status.ACTIVE


async def test_an_operator_s_cancel_in_the_middle_of_a_send_leaves_no_send_on_its_way(
    runs_bot: RunsBot, api: BotApi, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.telegram.outbound.sender._ONE_REQUEST", 0.5)
    async with runs_bot() as town:
        anna = town.somebody()
        await anna.begins()
        fault = Fault("sendMessage", "hang", chat=anna.phone.id)
        api.will(fault)
        await anna.writes("/pause")
        await until(lambda: fault.times == 0)
        await anna.session.cancel()
        async with asyncio.timeout(PATIENCE):
            while "unknown" not in (states := await kept_states(pool, anna)) or "sending" in states:
                await asyncio.sleep(0.02)


async def kept_states(pool: asyncpg.Pool, person: TelegramUser) -> list[str]:
    """What the ledger of sends knows of what was said to a person."""
    rows = await pool.fetch("SELECT state FROM telegram_system.sends WHERE user_ref = $1", person.user_ref)
    return [row["state"] for row in rows]


async def test_lines_of_the_gateways_own_that_do_not_arrive_hold_nobody_up(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        for kind in ("429", "500", "cut", "refuse"):
            api.will(Fault("sendMessage", kind))
            await anna.writes("/help")
        api.will(Fault("answerCallbackQuery", "500"))
        await anna.writes("/start")
        await anna.sees("consent-question")
        await anna.phone.taps(anna.text("choice-agree"))
        await anna.is_asked(1)


async def until_status(person: TelegramUser, status: Status) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await person.progress()).status is not status:
            await asyncio.sleep(0.02)
