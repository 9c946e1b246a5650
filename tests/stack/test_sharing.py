"""Clients of one machine share one stack, which keeps its data and ends by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from contextlib import AsyncExitStack

import asyncpg
import pytest

from schema.operator_error import OperatorError
from tests.stack.conftest import ended, servers_of, started, until
from workers.client import connect
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack
from workers.stack.locks import held_exclusively
from workers.stack.ports import Ports
from workers.stack.record import running_stack
from workers.stack.server import is_alive


async def test_two_clients_at_once_share_one_stack_that_ends_after_both_left_and_is_nobodys_with_other_settings(
    settings: Settings, home: Home
) -> None:
    async with AsyncExitStack() as second_client:
        async with AsyncExitStack() as first_client:
            first, second = await asyncio.gather(
                first_client.enter_async_context(joined_stack(settings)),
                second_client.enter_async_context(joined_stack(settings)),
            )
            assert first.temporal_address == second.temporal_address
            assert first.database_url == second.database_url
            assert first.pepper == second.pepper
            assert set(servers_of(home)) == {"temporal", "postgres"}

        client = await connect(second.temporal_address)
        assert await client.count_workflows()
        assert not await second.ensure_alive()
        elsewhere = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/selfology"})
        with pytest.raises(OperatorError, match="started for other servers"):
            async with joined_stack(elsewhere):
                pass

    servers = servers_of(home)
    await until(lambda: not held_exclusively(home.stack_lock))
    assert not any(is_alive(process) for process in servers.values())
    assert running_stack(home) is None


async def test_what_people_told_and_where_to_find_it_survives_a_restart(settings: Settings, home: Home) -> None:
    async with joined_stack(settings) as before:
        client = await connect(before.temporal_address)
        await client.start_workflow("Unserved", id="kept", task_queue="nobody")
        await _run(before.database_url, "CREATE TABLE told AS SELECT 'Ёлка' AS word")
    await ended(home)

    async with joined_stack(settings) as after:
        client = await connect(after.temporal_address)
        assert (await client.get_workflow_handle("kept").describe()).task_queue == "nobody"
        assert await _run(after.database_url, "SELECT lower(word) FROM told") == "ёлка"
        assert (after.temporal_address, after.ui_url) == (before.temporal_address, before.ui_url)
        assert after.pepper == before.pepper


async def test_a_taken_port_is_left_to_who_has_it_and_a_long_home_path_does_not_matter(home: Home) -> None:
    deep = Home.prepared(home.root / ("long" * 30))
    with socket.create_server(("127.0.0.1", 0)) as other_program:
        taken = other_program.getsockname()[1]
        deep.ports.write_text(Ports(frontend=taken, ui=taken).model_dump_json())
        async with joined_stack(Settings(home=deep.root)) as stack:
            assert not stack.temporal_address.endswith(f":{taken}")
            assert await connect(stack.temporal_address)
            assert await _run(stack.database_url, "SELECT 1") == 1
    await ended(deep)


async def test_selfology_up_says_where_everything_is_and_leaves_at_ctrl_c(home: Home) -> None:
    up = started("up")
    assert up.stdout is not None
    said = [await asyncio.to_thread(up.stdout.readline) for _ in range(4)]
    running = running_stack(home)
    assert running is not None
    assert running.ui_url is not None
    assert running.temporal_address in said[0]
    assert running.ui_url in said[1]
    assert "Ctrl-C" in said[3]

    os.kill(up.pid, signal.SIGINT)
    assert await asyncio.to_thread(up.wait) == 0
    await until(lambda: not held_exclusively(home.stack_lock))
    assert servers_of(home) == {}


async def _run(database_url: str, query: str) -> object:
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
