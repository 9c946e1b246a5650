"""Who is being erased is left in silence, from the moment on in which Temporal took their yes."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment

from gateway.erasures import Erasures, HeldBack
from schema.account.names import ERASE_ID
from schema.deliveries import CrisisSupport, Delivery, Message, Nudge
from schema.onboarding.names import SESSION_ID
from schema.vocabulary import CrisisKind, Locale
from schema.workflow_ids import WORKFLOW_IDS, person_of
from tests.telegram.conftest import plain_client
from tests.telegram.wire import Wire

HELP = CrisisSupport(crisis=CrisisKind.SELF_HARM)

Begins = Callable[[str], Awaitable[WorkflowHandle[object, object]]]


@pytest.fixture
def ref() -> str:
    return uuid.uuid4().hex[:16]


@pytest.fixture
async def begins(env: WorkflowEnvironment) -> AsyncIterator[Begins]:
    """Begins an erasure that nobody works on."""
    begun = []

    async def begin(user_ref: str) -> WorkflowHandle[object, object]:
        with env.with_time_skipping_disabled():
            erasure = await env.client.start_workflow(
                "ErasePerson", id=ERASE_ID.of(user_ref), task_queue="nobody works here"
            )
        begun.append(erasure)
        return erasure

    yield begin
    for erasure in begun:
        if (await erasure.describe()).close_time is None:
            await erasure.terminate()


async def said(erasures: Erasures, workflow_id: str, *messages: Message) -> list[str]:
    """What of a workflow's delivery is said."""
    delivery = Delivery(key="1", address="here", locale=Locale.EN, messages=list(messages))
    activity = ActivityEnvironment()
    activity.info = replace(ActivityEnvironment.default_info(), workflow_id=workflow_id)
    return [message.kind for message in (await activity.run(erasures.deliverable, delivery)).messages]


async def test_nothing_is_said_from_the_yes_to_the_end_but_help_and_the_erasures_own_words(
    env: WorkflowEnvironment, ref: str, begins: Begins
) -> None:
    erasures = Erasures(env.client)
    assert await said(erasures, SESSION_ID.of(ref), Nudge()) == ["nudge"]
    erasure = await begins(ref)
    for pattern in set(WORKFLOW_IDS) - {ERASE_ID}:
        with pytest.raises(HeldBack):
            await said(erasures, pattern.of(ref), Nudge())
        assert await said(erasures, pattern.of(ref), Nudge(), HELP, Nudge()) == ["crisis_support"]
    assert await said(erasures, ERASE_ID.of(ref), Nudge()) == ["nudge"]
    assert await said(erasures, SESSION_ID.of(ref[::-1]), Nudge()) == ["nudge"]
    await erasure.terminate()
    assert await said(erasures, SESSION_ID.of(ref), Nudge()) == ["nudge"]


async def test_an_erasure_is_told_from_the_one_before(env: WorkflowEnvironment, ref: str, begins: Begins) -> None:
    erasures = Erasures(env.client)
    assert await erasures.latest(ref) is None
    first = await begins(ref)
    under_way = await erasures.latest(ref)
    assert under_way is not None
    assert under_way.under_way
    await first.terminate()
    assert await erasures.latest(ref) == replace(under_way, under_way=False)
    await (await begins(ref)).terminate()
    again = await erasures.latest(ref)
    assert again is not None
    assert again.run_id != under_way.run_id


async def test_while_temporal_does_not_say_nothing_is_said_yet(env: WorkflowEnvironment, ref: str) -> None:
    async with Wire(env.client.service_client.config.target_host) as wire:
        erasures = Erasures(await plain_client(wire.address))
        assert await said(erasures, SESSION_ID.of(ref), Nudge()) == ["nudge"]
        await wire.cut()
        with pytest.raises(ApplicationError) as failure:
            await said(erasures, SESSION_ID.of(ref), HELP, Nudge())
    # Not for good, and the rest of it is not left out either.
    assert not isinstance(failure.value, HeldBack)
    assert not failure.value.non_retryable


@pytest.mark.parametrize(
    ("workflow_id", "whose"),
    [
        ("onboarding-xvvrekr6k3wahpl5", "xvvrekr6k3wahpl5"),
        ("deferred-xvvrekr6k3wahpl5-7d444840-9dc0-11d1-b245-5ffdce74fad2-1", "xvvrekr6k3wahpl5"),
        # As before ids named the person.
        ("deferred-7d444840-9dc0-11d1-b245-5ffdce74fad2-1", None),
        ("sweep-7d444840-9dc0-11d1-b245-5ffdce74fad2", None),
        ("somebody-xvvrekr6k3wahpl5", None),
        ("onboarding", None),
        ("", None),
    ],
)
def test_an_id_says_whose_the_workflow_is(workflow_id: str, whose: str | None) -> None:
    assert person_of(workflow_id) == whose
