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
from schema.coaching.activities import MessagesToHear, MessageToKeep
from schema.coaching.deliveries import CoachReply
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.coaching.test_streaming import Stage, stage
from tests.people.person import PATIENCE, People, at_rest
from workers.bootstrap import Parts
from workflows.coaching.answering import _REPLIES

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


async def test_a_text_that_a_killed_worker_had_heard_gets_its_reply_and_what_came_meanwhile_another(
    anna: Talker, parts: Parts
) -> None:
    update, text = uuid.uuid4().hex, "I miss my brother."
    heard = MessagesToHear(
        user_ref=anna.user_ref,
        reply_id=str(uuid.uuid5(_REPLIES, f"{anna.user_ref}/{update}")),
        messages=[MessageToKeep(update_id=update, text=text, said_at=datetime(2026, 11, 28, tzinfo=UTC))],
        locale=Locale.EN,
    )
    # Its work is kept, but the server never heard of it: the task is done anew, together with what has come by then.
    await ActivityEnvironment().run(parts.conversations.hear, heard)
    await anna.says(text, update_id=update, more_expected=True)
    await anna.says("He has moved away.")
    first, second = await anna.person.sees(CoachReply), await anna.person.sees(CoachReply)
    assert first.reply_id == heard.reply_id
    said = [("person", text), ("person", "He has moved away."), ("coach", first.text), ("coach", second.text)]
    assert await anna.kept() == said


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
