"""A talk outlives its own history."""

from __future__ import annotations

import asyncio

import asyncpg

from schema.coaching.deliveries import CoachReply
from tests import servers
from tests.coaching.talker import Talker
from tests.people.person import PATIENCE, People
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine


async def test_a_talk_that_continues_as_new_loses_nothing(pool: asyncpg.Pool, parts: Parts) -> None:
    async with (
        servers.temporal("limit.historyCount.suggestContinueAsNew=60") as env,
        workers_of(env.client, parts, Engine(), sandbox=True),
        People(env, pool) as cast,
    ):
        anna = Talker(cast)
        await anna.agrees()
        texts = [f"I live in a town with {number} rivers." for number in range(2, 9)]
        updates = [await anna.says(texts[0])]
        await anna.person.sees(CoachReply)
        first_run = (await anna.talk.describe()).run_id
        for text in texts[1:]:
            updates.append(await anna.says(text))
            await anna.person.sees(CoachReply)
        # A talk renews itself in a moment of rest.
        async with asyncio.timeout(PATIENCE):
            while (await anna.talk.describe()).run_id == first_run:
                await asyncio.sleep(0.05)
        # What was taken before is not taken again, and what comes now is.
        await anna.says(texts[-1], update_id=updates[-1])
        await anna.asks("And a bridge over each of them.")
        said = [text for speaker, text in await anna.kept() if speaker == "person"]
        assert said == [*texts, "And a bridge over each of them."]
        replies = [text for speaker, text in await anna.kept() if speaker == "coach"]
        assert len(replies) == len(set(replies)) == len(said)
