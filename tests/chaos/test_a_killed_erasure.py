"""`kill -9` between the second yes to an erasure and its end: all ends erased, and nothing is said but the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import psutil

from activities.account.person_export import PostgresPersonExports
from schema.account.names import SWEEP_ID
from schema.identity import user_ref
from schema.workflow_ids import WORKFLOW_IDS
from tests.chaos.test_a_killed_bot import PATIENCE, TEXTS, RunningBot, Survivor, api, bot, kill, supervisor_of
from tests.keys import encryption_of
from tests.stack.conftest import servers_of
from tests.telegram.bot_api import BotApi
from workers.client import connect
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import Stack, joined_stack

__all__ = ["api", "bot"]

THE_END = {TEXTS.say("notice-erasing"), TEXTS.say("notice-erased")}

Kills = Callable[[], None]


async def is_about_to_say_yes(anna: Survivor) -> None:
    """Has answered, and stands before the second yes."""
    await anna.answers_to(await anna.begins())
    await anna.is_asked(2)
    await anna.phone.writes("/delete")
    await anna.phone.sees(TEXTS.say("erase-ask"), PATIENCE)
    await anna.phone.taps(TEXTS.say("choice-erase-sure"))
    await anna.phone.sees(TEXTS.say("erase-ask-again"), PATIENCE)


async def is_erased(home: Home, stack: Stack, anna: Survivor) -> None:
    """Waits until nothing is kept of a person and nothing of theirs runs but the sweep."""
    ref = user_ref(stack.pepper, f"telegram:{anna.phone.id}")
    client = await connect(stack.temporal_address)
    theirs = " OR ".join(f"WorkflowId STARTS_WITH '{pattern.of(ref)}'" for pattern in set(WORKFLOW_IDS) - {SWEEP_ID})
    async with asyncpg.create_pool(stack.database_url, min_size=1) as pool, asyncio.timeout(PATIENCE):
        while not (await PostgresPersonExports(pool, encryption_of(home).columns).of(ref)).empty:
            await asyncio.sleep(0.05)
        while (await client.count_workflows(f"ExecutionStatus = 'Running' AND ({theirs})")).count:
            await asyncio.sleep(0.05)


async def test_everything_ends_erased_and_nothing_is_said_but_the_end(home: Home, api: BotApi, bot: RunningBot) -> None:
    def workers() -> None:
        kill(supervisor_of(home))

    def server(named: str) -> Kills:
        def kills() -> None:
            kill(next(process for name, process in servers_of(home).items() if named in name))

        return kills

    def everything() -> None:
        victims: list[int | psutil.Process] = [supervisor_of(home), *servers_of(home).values()]
        for victim in victims:
            kill(victim)
        bot.is_killed()

    people = iter(range(2001, 3000))
    for broken in (bot.is_killed, workers, server("temporal"), server("postgres"), everything):
        town = [Survivor(api.person(next(people), language_code="en")) for _ in range(3)]
        await asyncio.gather(*map(is_about_to_say_yes, town))
        places = [len(anna.phone.chat.arrivals) for anna in town]
        # So the kill finds one erasure well on its way, and one whose yes is on its way to the gateway.
        for anna in town:
            await asyncio.sleep(0.2)
            await anna.phone.taps(TEXTS.say("choice-erase-really-sure"))
            await anna.phone.writes("And one more thing: the gulls.")
        broken()
        await asyncio.gather(*(anna.phone.sees(TEXTS.say("notice-erased"), PATIENCE) for anna in town))
        async with joined_stack(Settings()) as stack:
            await asyncio.gather(*(is_erased(home, stack, anna) for anna in town))
        for anna, place in zip(town, places, strict=True):
            # A second copy of the last words, which a killed bot could not confirm, is no other word.
            await anna.phone.sees_nothing_more()
            assert {words for _, words in anna.phone.chat.arrivals[place:]} <= THE_END
