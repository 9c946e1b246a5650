"""Master keys change while people talk, and everybody's keys are wrapped anew by a workflow that can be interrupted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import asyncpg
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from activities.account import key_rewrapping
from activities.account.key_rewrapping import StoredKeyRewrapping
from activities.encryption.master_keys import RingFile
from schema.account.messages import Rewrapping
from schema.account.names import REWRAP_KEYS_ID
from schema.deliveries import Feedback, Question
from schema.keys.key_id import KeyId
from schema.onboarding.names import TASK_QUEUE
from tests import servers
from tests.keys import encryption_of, key_file
from tests.people.person import People, Person
from workers.bootstrap import Parts
from workers.process_encryption import Encryption
from workers.replay import first_difference
from workers.run import workers_of
from workers.settings import Engine
from workers.stack.home import Home, write_private
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


async def test_a_conversation_goes_on_while_master_keys_change(
    home: Home,
    keys: Encryption,
    pool: asyncpg.Pool,
    parts_with: Callable[[Encryption], Parts],
) -> None:
    async with (
        servers.temporal(encrypted=keys) as env,
        workers_of(env.client, parts_with(keys), Engine(), sandbox=False),
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


@dataclass
class Talker:
    """Somebody who answers each question as soon as it comes."""

    person: Person
    said: list[str] = field(default_factory=list)

    async def answers(self, times: int) -> None:
        """Says so many things, and sees what comes of each."""
        for _ in range(times):
            self.said.append(f"{self.person.name} likes lakes, they calm me: {len(self.said)}.")
            await self.person.says(self.said[-1])
            await self.person.sees(Feedback)
            await self.person.sees(Question)

    async def joins(self, answers: int) -> None:
        """Begins, and answers."""
        await self.person.begins()
        await self.answers(answers)


def has_failed(event: HistoryEvent) -> bool:
    """Whether a task failed; one that took too long on a busy machine, and was done again, did not."""
    attempt = event.activity_task_started_event_attributes.last_failure
    return (
        event.event_type in (EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED, EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED)
        or event.marker_recorded_event_attributes.HasField("failure")
        or attempt.HasField("application_failure_info")
    )


@pytest.mark.parametrize("at_first", [4, pytest.param(16, marks=pytest.mark.long)])
async def test_people_in_talk_lose_nothing_while_master_keys_change_twice(
    home: Home, pool: asyncpg.Pool, parts_with: Callable[[Encryption], Parts], at_first: int
) -> None:
    # Each key is kept for a moment, then asked for again.
    keys = replace(encryption_of(home), kept_for=0.1)
    async with (
        servers.temporal(encrypted=keys) as env,
        workers_of(env.client, parts_with(keys), Engine(), sandbox=False),
        People(env, pool, keys=keys) as cast,
    ):

        def some(many: int) -> list[Talker]:
            return [Talker(cast.person(planned_questions=15)) for _ in range(many)]

        town = some(at_first)
        await asyncio.gather(*(talker.joins(1) for talker in town))
        for master in ("2", "3"):
            async with asyncio.TaskGroup() as talk:
                words_before = sum(len(talker.said) for talker in town)
                for talker in town:
                    talk.create_task(talker.answers(3))
                while sum(len(talker.said) for talker in town) < words_before + len(town):
                    await asyncio.sleep(0.01)
                assert home.rotate_master_keys() == master
                # Some come while the keys of the others are wrapped.
                newcomers = some(2)
                for talker in newcomers:
                    talk.create_task(talker.joins(3))
                done = await env.client.execute_workflow(
                    RewrapKeys.run, Rewrapping.not_begun(), id=REWRAP_KEYS_ID, task_queue=TASK_QUEUE
                )
            town += newcomers
            assert done.unreadable == 0
            assert (await keys.store.count()).keys() == {master}

        # Nothing needs the older ones any more.
        write_private(home.master_keys, home.kept_master_keys().split()[-1])
        await asyncio.gather(*(talker.answers(1) for talker in town))
        for talker in town:
            await talker.person.is_analysed(len(talker.said))
            assert await talker.person.kept_texts() == talker.said
            history = await talker.person.session.fetch_history()
            assert [event for event in history.events if has_failed(event)] == []
        assert await first_difference(history, env.client.data_converter) is None


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


async def test_a_new_master_key_has_a_name_of_its_own_though_an_older_one_was_taken_out(home: Home) -> None:
    assert home.rotate_master_keys() == "2"
    write_private(home.master_keys, home.kept_master_keys().split()[-1])
    assert home.rotate_master_keys() == "3"
    assert await RingFile(home.master_keys).newest() == "3"
