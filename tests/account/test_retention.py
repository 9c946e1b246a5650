"""What is nobody's words is deleted after a time; what a person told stays until they erase it."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta

import asyncpg
import pytest
from temporalio.client import ScheduleActionExecutionStartWorkflow
from temporalio.testing import WorkflowEnvironment

from activities.account.row_retention import PostgresRowRetention
from schema.account.names import FORGET_OLD_ID
from schema.account.retention import Forgotten, Kind, OldRows
from schema.operator_error import OperatorError
from workers.schedules import RetentionSettings, schedule_retention

OLD, YOUNG = timedelta(days=100), timedelta(days=80)
KEPT_FOR = timedelta(days=90)


@pytest.fixture
def somebody() -> str:
    """A person of whom nothing is kept yet."""
    return uuid.uuid4().hex[:16]


async def replied(pool: asyncpg.Pool, person: str, age: timedelta) -> None:
    """A reply of the coach of some time ago, and what it rested on."""
    conversation, reply = uuid.uuid4(), uuid.uuid4()
    await pool.execute(
        "INSERT INTO coach_system.conversations (conversation_id, user_ref, began_at) VALUES ($1, $2, now())",
        *(conversation, person),
    )
    await pool.execute(
        "INSERT INTO coach_system.messages (message_id, conversation_id, user_ref, speaker, text, language,"
        " said_at, coach)"
        " VALUES ($1, $2, $3, 'coach', 'A line', 'en', now() - $4::interval, 'offline')",
        *(reply, conversation, person, age),
    )
    await pool.executemany(
        "INSERT INTO coach_system.recalled VALUES ($1, $2, $3, '{}', 0)",
        [(reply, person, part) for part in ("messages", "memories", "told", "losses", "steps")],
    )


async def forgets(worker_pool: asyncpg.Pool, kind: Kind) -> int:
    """What a night does about a kind, with the rights of the workers."""
    return await PostgresRowRetention(worker_pool).forget_old(OldRows(kind=kind, older_than=KEPT_FOR))


async def test_of_an_old_reply_only_that_stays_by_which_it_can_be_forgotten(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, somebody: str
) -> None:
    await replied(pool, somebody, OLD)
    await replied(pool, somebody, YOUNG)
    assert await forgets(worker_pool, Kind.RECALLED) >= 2
    left = await pool.fetch("SELECT part FROM coach_system.recalled WHERE user_ref = $1", somebody)
    assert sorted(row["part"] for row in left) == sorted(
        ["memories", "told", "losses", "messages", "memories", "told", "losses", "steps"]
    )
    assert await pool.fetchval("SELECT count(*) FROM coach_system.messages WHERE user_ref = $1", somebody) == 2


async def test_old_sends_and_the_cost_of_old_calls_go(
    pool: asyncpg.Pool, worker_pool: asyncpg.Pool, somebody: str
) -> None:
    for part, age in enumerate((OLD, YOUNG)):
        await pool.execute(
            "INSERT INTO telegram_system.sends VALUES (1, $1, $2, $1, 'planned', NULL, now() - $3::interval)",
            *(somebody, part, age),
        )
        await pool.execute(
            "INSERT INTO analysis_system.model_calls (analyst, task, tokens_in, tokens_out, tokens_cached, cost_usd,"
            " latency_ms, called_at) VALUES ($1, 'reply', 1, 1, 0, 0, 1, now() - $2::interval)",
            *(somebody, age),
        )
    # Other tests may have left old ones, too.
    assert await forgets(worker_pool, Kind.SENDS) >= 1
    assert await pool.fetchval("SELECT part FROM telegram_system.sends WHERE user_ref = $1", somebody) == 1
    assert await forgets(worker_pool, Kind.MODEL_CALLS) >= 1
    assert await pool.fetchval("SELECT count(*) FROM analysis_system.model_calls WHERE analyst = $1", somebody) == 1


async def test_temporal_does_it_each_night_as_the_settings_say(env: WorkflowEnvironment, workers: None) -> None:
    await schedule_retention(env.client, RetentionSettings())
    await schedule_retention(env.client, RetentionSettings(sends_days=8))
    schedule = env.client.get_schedule_handle(FORGET_OLD_ID)
    try:
        await schedule.pause()
        while not (await schedule.describe()).schedule.state.paused:
            await asyncio.sleep(0.05)
        await schedule_retention(env.client, RetentionSettings(sends_days=9))
        assert (await schedule.describe()).schedule.state.paused
        await schedule.trigger()
        async with asyncio.timeout(30):
            while not (ran := (await schedule.describe()).info.recent_actions):
                await asyncio.sleep(0.1)
        started = ran[0].action
        assert isinstance(started, ScheduleActionExecutionStartWorkflow)
        night = env.client.get_workflow_handle(started.workflow_id, result_type=Forgotten)
        assert (await night.result()).rows.keys() == set(Kind)
        summaries = [event.user_metadata.summary.data async for event in night.fetch_history_events()]
        assert b'"Delete sends older than 9 days"' in summaries
    finally:
        await schedule.delete()


def test_what_a_delivery_may_still_need_is_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELFOLOGY_KEEP_SENDS_DAYS", "0")
    with pytest.raises(OperatorError, match="SELFOLOGY_KEEP_SENDS_DAYS"):
        RetentionSettings()
