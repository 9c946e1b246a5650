"""Whoever writes a reply is killed or freezes: the reply is written to its end, kept once, and said once."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from activities.coaching import coach
from activities.coaching.agreement_store import proposal_of
from activities.coaching.memory.mind import Mind
from schema.coaching.activities import Heard, MessagesToHear, MessageToKeep
from schema.coaching.deliveries import CoachReply
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.coaching.test_streaming import Stage, stage
from tests.people.person import PATIENCE, People, at_rest
from workers.bootstrap import Parts

__all__ = ["stage"]


async def test_of_one_who_froze_and_one_who_writes_in_its_place_the_first_to_end_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.anna.says("I miss my brother.")
    await stage.shows("You miss him.")
    stage.writer.begun.clear()
    with monkeypatch.context() as frozen:
        # From here on the server hears nothing of the first attempt, as of a process that was killed or suspended.
        frozen.setattr(coach, "HEARTBEAT_EVERY", 60)
        async with asyncio.timeout(PATIENCE):
            await stage.writer.begun.wait()
    # They take turns: the frozen one comes to itself and says this, the one in its place that.
    await stage.shows("It hurts.")
    await stage.shows("How long has it been?")
    stage.writer.ends()
    async with asyncio.timeout(PATIENCE):
        while len(await stage.anna.kept()) < 2:
            await asyncio.sleep(0.01)
    stage.writer.ends()
    reply = await stage.anna.person.sees(CoachReply)
    assert reply.text == "You miss him. It hurts."
    await at_rest(stage.anna.talk)
    assert await stage.anna.kept() == [("person", "I miss my brother."), ("coach", reply.text)]
    assert stage.anna.person.glances()[-1] is reply, "nothing came after it"


async def test_a_reply_that_is_cut_is_begun_again_once_and_then_left_to_the_offline_coach(stage: Stage) -> None:
    await stage.anna.says("I miss my brother.")
    for sentence in ("You miss him.", "It hurts."):
        await stage.shows(sentence)
        stage.writer.breaks_off()
    reply = await stage.anna.person.sees(CoachReply)
    assert reply.offline
    assert not reply.text.startswith(("You miss him.", "It hurts."))
    await at_rest(stage.anna.talk)
    assert await stage.anna.kept() == [("person", "I miss my brother."), ("coach", reply.text)]
    assert stage.anna.person.glances()[-1] is reply, "nothing came after it"


async def test_a_reply_that_was_kept_before_the_kill_is_not_written_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[str] = []

    async def is_killed_once(*asked: Any) -> Any:
        if not killed:
            killed.append("after the reply was kept")
            raise ConnectionError
        return await proposal_of(*asked)

    monkeypatch.setattr(coach, "proposal_of", is_killed_once)
    await stage.anna.says("I miss my brother.")
    await stage.shows("You miss him.")
    stage.writer.begun.clear()
    stage.writer.ends()
    reply = await stage.anna.person.sees(CoachReply)
    assert killed
    assert reply.text == "You miss him."
    assert not stage.writer.begun.is_set(), "nobody was asked to write again"
    assert await stage.anna.kept() == [("person", "I miss my brother."), ("coach", reply.text)]


async def test_texts_that_a_killed_worker_had_heard_apart_get_one_reply_together(
    anna: Talker, parts: Parts, pool: asyncpg.Pool
) -> None:
    answered = await anna.says("My week was long.")
    first = await anna.person.sees(CoachReply)

    async def hears(reply_id: str, *texts: tuple[str, str]) -> Heard:
        messages = [
            MessageToKeep(update_id=update, text=text, said_at=datetime(2026, 11, 28, 12, at, tzinfo=UTC))
            for at, (update, text) in enumerate(texts)
        ]
        said = MessagesToHear(user_ref=anna.user_ref, reply_id=reply_id, messages=messages, locale=Locale.EN)
        return await ActivityEnvironment().run(parts.conversations.hear, said)

    # What the killed worker heard is kept. Its task is done anew, and meanwhile another text has come.
    alone, together = str(uuid.uuid4()), str(uuid.uuid4())
    pavel, anew = (uuid.uuid4().hex, "I miss my brother."), (uuid.uuid4().hex, "He has moved away.")
    await hears(alone, pavel)
    assert (await hears(together, (answered, "My week was long."), pavel, anew)).unanswered
    rows = await pool.fetch(
        "SELECT update_id, reply_id FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'person'",
        anna.user_ref,
    )
    assert {row["update_id"]: str(row["reply_id"]) for row in rows} == {
        answered: first.reply_id,
        pavel[0]: together,
        anew[0]: together,
    }


async def test_what_was_being_remembered_is_remembered_once(
    anna: Talker, people: People, pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[str] = []
    sum_up = Mind.sum_up

    async def is_killed_once(mind: Mind, *of: Any) -> None:
        if not killed:
            killed.append("after the memories were kept")
            raise ConnectionError
        await sum_up(mind, *of)

    monkeypatch.setattr(Mind, "sum_up", is_killed_once)
    await anna.asks("I have a dog called Rex.")
    await anna.asks("Rex is old by now.")
    await at_rest(anna.talk)
    assert killed
    told = await pool.fetch(
        "SELECT message_id, count(*) FROM coach_system.memories WHERE user_ref = $1 GROUP BY message_id, position",
        anna.user_ref,
    )
    assert [row["count"] for row in told] == [1] * len(told) != []
