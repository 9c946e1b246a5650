"""What Temporal keeps of a session: ciphertext, but for its story; and what happens without keys."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import RawValue, RetryPolicy
from temporalio.converter import WorkflowSerializationContext
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.ai.analyst import Withheld
from schema.deliveries import Feedback, Question, Summary
from schema.errors import AnswerGone, KeysAway, Undecipherable
from schema.failure_description import described
from schema.keys.encrypted_payload import ENCRYPTED
from schema.onboarding.names import SESSION_ID
from schema.operator_error import OperatorError
from tests import servers
from tests.keys import encryption, encryption_in, payloads_in
from tests.people.person import PATIENCE, People, Person, at_rest
from workers.bootstrap import Parts
from workers.data_converter import DATA_CONVERTER
from workers.process_encryption import Encryption
from workers.replay import first_difference, summary_of
from workers.run import workers_of
from workers.settings import Engine

SECRET = "quinceberry"


async def test_a_history_tells_its_story_and_no_word_of_a_person(people: People) -> None:
    person = people.person(planned_questions=3)
    await person.begins()
    await person.says(f"I like lakes and every {SECRET} at them, they calm me.")
    await person.sees(Feedback)
    await person.sees(Question)
    await person.says("I keep lists of all that I want to see.")
    await person.sees(Feedback)
    await person.sees(Question)
    await person.says(f"My sister calls me {SECRET}, and I like that a lot.")
    await person.sees(Summary)
    await person.outcome()
    history = await person.session.fetch_history()
    assert SECRET not in history.to_json()
    # Who reads the Web UI reads what happened.
    told = [summary for event in history.events if (summary := summary_of(event))]
    assert any(summary.startswith("Question 1: ") for summary in told)
    assert {"Recall the person", "Open the session", "Summary and profile"} <= set(told)
    # And every payload that is no such summary is encrypted with the person's key.
    kinds: dict[bytes, set[bytes]] = {}
    for event in history.events:
        for payload in payloads_in(event):
            kinds.setdefault(payload.metadata["encoding"], set()).add(payload.metadata.get("key", b""))
    assert kinds.pop(ENCRYPTED) == {f"{person.user_ref}.1".encode()}
    assert kinds.keys() <= {b"json/plain", b"binary/null"}
    assert await first_difference(history, people.env.client.data_converter) is None


async def test_a_payload_of_somebody_else_or_a_damaged_one_is_refused_by_its_reader_alone() -> None:
    keys = encryption()
    annas, boriss = (
        keys.data_converter.with_context(WorkflowSerializationContext("default", SESSION_ID.of(who * 16)))
        for who in "ab"
    )
    assert annas.payload_codec is not None
    (sealed,) = await annas.encode([SECRET])
    (plain,) = await DATA_CONVERTER.encode([SECRET])
    assert await annas.decode([sealed, plain]) == [SECRET, SECRET]
    cut = Payload(metadata=dict(sealed.metadata), data=sealed.data[:-1])
    renamed = Payload(metadata={**sealed.metadata, "key": b"nobody"}, data=sealed.data)
    other = Payload(metadata={**sealed.metadata, "key": f"{'b' * 16}.1".encode()}, data=sealed.data)
    for converter, payload in ((boriss, sealed), (annas, cut), (annas, renamed), (annas, other)):
        with pytest.raises((Undecipherable, RuntimeError)) as refused:
            await converter.decode([payload], [str])
        assert SECRET not in repr(refused.value)


async def test_a_signal_that_nobody_can_decrypt_is_left_out_and_the_session_goes_on(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    person = people.person()
    await person.begins()
    (sealed,) = await encryption().data_converter.encode([SECRET])
    sealed.data = sealed.data[:-1]
    with caplog.at_level(logging.ERROR):
        await person.session.signal("submit_answer", RawValue(sealed))
        await at_rest(person.session)
    await person.says("I like lakes, they calm me.")
    assert await person.sees(Feedback)
    assert SECRET not in caplog.text


async def test_without_its_keys_a_session_waits_and_loses_nothing(
    pool: asyncpg.Pool,
    parts_with: Callable[[Encryption], Parts],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Whoever keeps no key asks the store each time.
    keys = replace(encryption_in(tmp_path), kept_for=0)
    there, away = tmp_path / "keys.db", tmp_path / "away.db"
    parts = parts_with(keys)
    async with servers.temporal(encrypted=keys) as env, People(env, pool, keys=keys) as cast:
        person = cast.person()
        async with workers_of(env.client, parts, Engine(), sandbox=False):
            await person.begins()
            assert await person.sees_nothing_more()
        await person.says(f"I like every {SECRET} at the lakes.")
        there.rename(away)
        # A channel is told to bring a message again.
        with pytest.raises(RPCError) as refused:
            await person.says("And the sea.")
        assert refused.value.status is RPCStatusCode.UNAVAILABLE
        with caplog.at_level(logging.WARNING):
            async with workers_of(env.client, parts, Engine(), sandbox=False):
                async with asyncio.timeout(PATIENCE):
                    while "The key store" not in caplog.text:
                        await asyncio.sleep(0.05)
                assert (await person.session.describe()).status is WorkflowExecutionStatus.RUNNING
                assert not await pool.fetchval(
                    "SELECT count(*) FROM onboarding_system.answers WHERE user_ref = $1", person.user_ref
                )
                away.rename(there)
                assert await person.sees(Feedback)
        assert await person.kept_texts() == [f"I like every {SECRET} at the lakes."]
        assert SECRET not in (await person.session.fetch_history()).to_json()
        assert SECRET not in caplog.text


@workflow.defn(name="Broken")
class Broken:
    """Runs an activity that fails in words of somebody else."""

    @workflow.run
    async def run(self) -> None:
        """Lets it fail."""
        await workflow.execute_activity(
            breaks, start_to_close_timeout=timedelta(seconds=9), retry_policy=RetryPolicy(maximum_attempts=1)
        )


@activity.defn
async def breaks() -> None:
    """Quotes what a person wrote, as a library might."""
    try:
        raise KeyError(SECRET)
    except KeyError as error:
        raise ValueError(f"can't read {SECRET}") from error


async def test_a_failure_keeps_its_words_to_who_has_the_key(env: WorkflowEnvironment) -> None:
    async with Worker(
        env.client,
        task_queue="broken",
        workflows=[Broken],
        activities=[breaks],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await env.client.start_workflow(Broken.run, id=SESSION_ID.of("c" * 16), task_queue="broken")
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
    assert isinstance(failed.value.cause, ActivityError)
    cause = failed.value.cause.cause
    assert isinstance(cause, ApplicationError)
    assert (cause.type, cause.message) == ("ValueError", f"can't read {SECRET}")
    kept = (await handle.fetch_history()).to_json()
    assert SECRET not in kept
    assert '"message": "ValueError"' in kept


@pytest.mark.parametrize(
    "error", [AnswerGone(), KeysAway("Words."), OperatorError("Words."), Withheld("Words."), ValueError(SECRET)]
)
def test_the_words_that_a_log_tells_are_those_that_a_failure_tells_in_clear(error: Exception) -> None:
    failure = Failure()
    DATA_CONVERTER.failure_converter.to_failure(error, DATA_CONVERTER.payload_converter, failure)
    told = str(error).rpartition(": ")[2]
    assert (told in failure.message) is (told in described(error)) is not isinstance(error, ValueError)
    assert failure.HasField("encoded_attributes") is isinstance(error, ValueError)


async def answers(person: Person, times: int) -> None:
    """Answers questions."""
    for number in range(times):
        await person.says(f"I like every {SECRET} at lake {number}, it calms me.")
        await person.sees(Feedback)
        await person.sees(Question)


async def test_a_session_that_began_in_clear_goes_on_encrypted_and_releases_take_turns_with_it(
    pool: asyncpg.Pool, parts_with: Callable[[Encryption], Parts], tmp_path: Path
) -> None:
    new = encryption_in(tmp_path)
    old = replace(new, writes=False)
    async with servers.temporal(encrypted=old) as env:
        encrypting = await env.connect_client(data_converter=new.data_converter)
        before, after = parts_with(old), parts_with(new)
        async with People(env, pool, keys=new) as cast:
            person = cast.person()
            written: list[bytes] = []

            async def in_this_turn() -> set[bytes]:
                """How the inputs of activities were written since somebody last asked."""
                events = (await person.session.fetch_history()).events
                inputs = [event.activity_task_scheduled_event_attributes.input for event in events]
                before = len(written)
                written[:] = [payload.metadata["encoding"] for each in inputs for payload in each.payloads]
                return set(written[before:])

            async with workers_of(env.client, before, Engine(), sandbox=False):
                await person.begins()
                await answers(person, 1)
            assert await in_this_turn() == {b"json/plain"}
            async with workers_of(encrypting, after, Engine(), sandbox=False):
                await answers(person, 1)
                assert await in_this_turn() == {ENCRYPTED}
                # Both releases serve it side by side, each taking what comes to it.
                async with workers_of(env.client, before, Engine(), sandbox=False):
                    await answers(person, 2)
                await in_this_turn()
                await answers(person, 1)
            assert await in_this_turn() == {ENCRYPTED}
            # Rolled back.
            async with workers_of(env.client, before, Engine(), sandbox=False):
                await answers(person, 1)
            assert await in_this_turn() == {b"json/plain"}
        assert len(await person.kept_texts()) == 6
