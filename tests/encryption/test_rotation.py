"""Master keys change while people talk, and everybody's keys are wrapped anew by a workflow that can be interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from activities.account import key_rewrapping
from activities.account.key_rewrapping import StoredKeyRewrapping
from activities.encryption.master_keys import RingFile
from schema.account.messages import Rewrapping
from schema.account.names import REWRAP_KEYS_ID
from schema.deliveries import Feedback, Question
from schema.keys.key_id import KeyId
from schema.onboarding.bank import BankQuestion
from schema.onboarding.names import TASK_QUEUE
from tests import servers
from tests.keys import encryption_of, key_file
from tests.people.person import People
from workers.bootstrap import Parts
from workers.process_encryption import Encryption
from workers.run import workers_of
from workers.settings import Engine
from workers.stack.home import Home
from workflows.account.rewrap import RewrapKeys


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page holds two keys."""
    monkeypatch.setattr(key_rewrapping, "PAGE", 2)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with keys."""
    home = Home.prepared(tmp_path)
    home.kept_master_keys()
    key_file(home.keys)
    return home


@pytest.fixture
def keys(home: Home) -> Encryption:
    """Those of a process that keeps none, and asks each time."""
    return replace(encryption_of(home), kept_for=0)


@pytest.mark.usefixtures("parts")
async def test_a_conversation_goes_on_while_master_keys_change(
    home: Home,
    keys: Encryption,
    pool: asyncpg.Pool,
    worker_pool: asyncpg.Pool,
    bank: list[BankQuestion],
) -> None:
    async with (
        servers.temporal(encrypted=keys) as env,
        workers_of(env.client, Parts.on(worker_pool, keys, bank), Engine(), sandbox=True),
        People(env, pool, keys=keys) as cast,
    ):
        town = [cast.person() for _ in range(5)]
        for person in town:
            await person.begins()
        assert await keys.store.count() == {"1": 5}
        assert home.rotate_master_keys() == "2"
        for person in town:
            await person.says("I like lakes, they calm me.")
            await person.sees(Feedback)
            await person.sees(Question)
        await cast.person().begins()
        assert await keys.store.count() == {"1": 5, "2": 1}
        done = await env.client.execute_workflow(
            RewrapKeys.run, Rewrapping.not_begun(), id=REWRAP_KEYS_ID, task_queue=TASK_QUEUE
        )
        # The workflow's own key, the system's, is among them.
        assert (done.looked_at, done.rewrapped, done.unreadable) == (7, 5, 0)
        assert await keys.store.count() == {"2": 7}
        for person in town:
            await person.says("And the sea.")
            await person.sees(Feedback)
            assert await person.kept_texts() == ["I like lakes, they calm me.", "And the sea."]


async def test_wrapping_goes_on_where_it_was_and_leaves_what_it_cannot_read(home: Home, keys: Encryption) -> None:
    for number in range(5):
        await keys.keys.newest(f"{number:016}")
    (damaged, *_) = await keys.store.page(None, 1)
    await keys.store.replace(damaged, damaged._replace(wrapped="AAAA"))
    home.rotate_master_keys()
    rewrapping = StoredKeyRewrapping(keys.store, RingFile(home.master_keys))
    first = await rewrapping.rewrap_page(Rewrapping.not_begun())
    # Its result was lost: the same page again.
    again = await rewrapping.rewrap_page(Rewrapping.not_begun())
    assert (first.rewrapped, again.rewrapped, again.after) == (1, 0, first.after)
    so_far = first
    while not so_far.done:
        so_far = await rewrapping.rewrap_page(so_far)
    assert (so_far.looked_at, so_far.rewrapped, so_far.unreadable) == (5, 4, 1)
    assert await keys.store.count() == {"1": 1, "2": 4}
    await keys.keys.destroy(KeyId("4".zfill(16), 1))
    assert (await rewrapping.rewrap_page(Rewrapping.not_begun())).rewrapped == 0
