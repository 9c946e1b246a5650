"""Sessions with real models behind them, over a real wire: what people and operators see when providers fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from time import monotonic
from typing import Any

import asyncpg
import pytest
from pydantic import SecretStr
from temporalio.api.enums.v1 import EventType
from temporalio.common import RetryPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.analysis.budget import Spending
from activities.analysis.model_usage import ModelCalls
from activities.coaching.boundaries import KeepsBoundaries
from activities.coaching.repeats import NoRepeats
from activities.onboarding.question_store import store_bank
from activities.safety.second_net import EncoderSecondNet, Net
from schema.deliveries import ConsentRequest, Feedback, Question, Summary
from schema.onboarding.bank import BankQuestion
from tests import servers
from tests.aimock import aimock
from tests.keys import encryption
from tests.people.person import People, Person
from tests.ports import free_port
from workers.ai_settings import AISettings, ModelSettings
from workers.bootstrap import Parts
from workers.language_models import language_models, warm_up
from workers.replay import summary_of
from workers.run import workers_of
from workers.settings import Engine
from workflows import policies

BOATS = "I spent the summer by the sea. I sketch every boat I see, and I keep lists for everything."


class Providers:
    """Two providers on loopback, each of which a test can take away and bring back."""

    def __init__(self) -> None:
        self._ports = {name: free_port() for name in ("openai", "anthropic")}
        self._running: dict[str, AsyncExitStack] = {}

    def url(self, name: str) -> str:
        """Its address, whether it is there or not."""
        return f"http://127.0.0.1:{self._ports[name]}"

    async def comes_back(self, name: str) -> None:
        """From now on it answers."""
        self._running[name] = AsyncExitStack()
        await asyncio.to_thread(self._running[name].enter_context, aimock(self._ports[name]))

    async def goes_down(self, name: str) -> None:
        """From now on nobody is there."""
        await self._running.pop(name).aclose()

    async def close(self) -> None:
        for name in list(self._running):
            await self.goes_down(name)


def model(name: str, price: str = "1") -> ModelSettings:
    return ModelSettings(model=name, input_price=Decimal(price), output_price=Decimal(price))


@pytest.fixture
async def providers() -> AsyncIterator[Providers]:
    providers = Providers()
    for name in ("openai", "anthropic"):
        await providers.comes_back(name)
    yield providers
    await providers.close()


@pytest.fixture(scope="module")
async def own_env() -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own: on the shared one, others would take the tasks. Its queues have one order, not four."""
    async with servers.temporal(
        "matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1"
    ) as env:
        yield env


@pytest.fixture
def one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model has one try at a deep reading, instead of 2 min full of them, until the next one is asked."""
    once = replace(policies.DEEP_READING, retry=RetryPolicy(maximum_attempts=1))
    monkeypatch.setattr(policies, "DEEP_READING", once)


@pytest.fixture
def any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reaction may take as long as a slow machine does, where a test is not about time."""
    monkeypatch.setattr(
        policies, "INSTANT_FEEDBACK", replace(policies.INSTANT_FEEDBACK, schedule_to_close=timedelta(seconds=20))
    )


@asynccontextmanager
async def parts_of(
    pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers, **models: Any
) -> AsyncIterator[Parts]:
    """What the system is made of, with both providers. It reads its usage log whenever it routes an answer."""
    chosen = {
        "small": model("openai/reader"),
        "standard": model("anthropic/reader"),
        "premium": model("openai/reader"),
        **models,
    }
    ai = AISettings(
        openai_key=SecretStr("sk-loopback-0000"),
        openai_base_url=f"{providers.url('openai')}/v1",
        anthropic_key=SecretStr("sk-loopback-0000"),
        anthropic_base_url=providers.url("anthropic"),
        **chosen,
    )
    calls = ModelCalls(pool, ai.prices(), patience=30)
    async with language_models(ai, calls.record, [NoRepeats(net), KeepsBoundaries()]) as made:
        await warm_up(made)
        spending = Spending(pool, ai.daily_budget, unrecorded=calls.unrecorded, look_every=0)
        await store_bank(pool, bank)
        held = EncoderSecondNet(pool, encryption().columns, net)
        yield Parts.on(pool, encryption(), bank, made, spending=spending, net=held)


@asynccontextmanager
async def selfology(
    env: WorkflowEnvironment,
    pool: asyncpg.Pool,
    bank: list[BankQuestion],
    net: Net,
    providers: Providers,
    *,
    engine: Engine | None = None,
    **models: Any,
) -> AsyncIterator[People]:
    """The system, and people who talk to it."""
    async with (
        parts_of(pool, bank, net, providers, **models) as parts,
        # Without the sandbox, so that a test can be more impatient than the policies.
        workers_of(env.client, parts, engine or Engine(), sandbox=False),
        People(env, pool) as cast,
    ):
        yield cast


async def story(person: Person) -> list[str]:
    """What an operator reads in the Web UI, event by event; a failed activity with its reason."""
    told: list[str] = []
    async for event in person.session.fetch_history_events():
        if summary := summary_of(event):
            told.append(summary)
        if event.event_type is EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED:
            told.append(f"failed: {event.activity_task_failed_event_attributes.failure.message}")
        timed_out = event.activity_task_timed_out_event_attributes.failure.cause.message
        if timed_out:
            told.append(f"failed: {timed_out}")
    return told


async def has_queued(person: Person, calls: int) -> None:
    """Waits until so many calls of models wait for the person."""
    async with asyncio.timeout(30):
        while len((await person.session.describe()).raw_description.pending_activities) < calls:
            await asyncio.sleep(0.05)


async def analysts(pool: asyncpg.Pool, person: Person, expected: int) -> Counter[str]:
    """Who read the person's answers in the end, once as many are read as expected."""
    deadline = monotonic() + 30
    while True:
        rows = await pool.fetch("SELECT analyst FROM analysis_system.analyses WHERE user_ref = $1", person.user_ref)
        if len(rows) >= expected:
            return Counter(row["analyst"] for row in rows)
        assert monotonic() < deadline, f"only {len(rows)} of {expected} answers were read"
        await asyncio.sleep(0.1)


@pytest.mark.usefixtures("one_try", "any_machine")
async def test_a_session_while_one_provider_fails_then_both_then_both_return(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers
) -> None:
    async with selfology(own_env, pool, bank, net, providers) as people:
        person = people.person()
        await person.begins()
        by: list[bool] = []

        async def answers(number: int) -> None:
            await person.says(f"{BOATS} ({number})")
            by.append((await person.sees(Feedback)).offline)
            await person.sees(Question)

        await answers(1)
        await analysts(pool, person, 1)
        await providers.goes_down("anthropic")
        await answers(2)
        await answers(3)
        await analysts(pool, person, 3)
        await providers.goes_down("openai")
        await answers(4)
        await answers(5)
        await analysts(pool, person, 5)
        await providers.comes_back("anthropic")
        await providers.comes_back("openai")
        await answers(6)
        read_by = await analysts(pool, person, 6)
        told = await story(person)
        await person.stops()
        summary = await person.sees(Summary)

    # Who was there wrote the reaction.
    assert by == [False, False, False, True, True, False]
    # Every answer was read once: by the provider it was meant for, by the other one, or by neither.
    assert read_by == {"anthropic/reader": 2, "openai/reader": 2, "offline": 2}
    assert summary.analyses_pending == 0
    calls = await pool.fetch(
        "SELECT c.answer_id, count(*) AS times FROM analysis_system.model_calls c"
        " JOIN analysis_system.analyses USING (answer_id) WHERE user_ref = $1 AND task = 'deep' GROUP BY 1",
        person.user_ref,
    )
    assert [row["times"] for row in calls] == [1, 1, 1, 1]
    # The history tells who was asked, and why the first did not answer.
    asked = [line.split(": ")[1] for line in told if line.startswith("Analyse ")]
    assert Counter(asked) == {"anthropic/reader": 6, "openai/reader": 4, "offline": 2}
    assert "failed: Anthropic could not be reached, or the connection broke" in told
    assert "failed: OpenAI could not be reached, or the connection broke" in told


async def test_a_slow_model_is_replaced_in_time_and_its_late_reaction_never_comes(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers
) -> None:
    async with selfology(own_env, pool, bank, net, providers, small=model("openai/late")) as people:
        person = people.person()
        await person.begins()
        said = monotonic()
        await person.says(BOATS)
        feedback = await person.sees(Feedback)
        await person.sees(Question)
        told = await story(person)
        # The late model answers after 1.6 s.
        await asyncio.sleep(max(0, 2 - (monotonic() - said)))
        nothing_more = await person.sees_nothing_more()
        await person.stops()
    assert feedback.offline
    # By its own clock, or by Temporal's on a machine that was slow to begin.
    late = {"failed: OpenAI did not answer in time", "failed: activity ScheduleToClose timeout"}
    assert late & set(told)
    assert nothing_more


@pytest.mark.parametrize(
    ("standard", "reason"),
    [
        ("wrong-key", "Anthropic refused the key (HTTP 401): check ANTHROPIC_API_KEY"),
        ("refuser", "Anthropic refused to read this answer"),
        ("slips", "Anthropic answered twice in a form that does not fit the schema"),
        ("unknown-model", "Anthropic refused the request"),
    ],
)
@pytest.mark.usefixtures("any_machine")
async def test_what_no_retry_mends_goes_to_the_next_model_at_once(  # noqa: PLR0917 - pytest hands them in by name
    own_env: WorkflowEnvironment,
    pool: asyncpg.Pool,
    bank: list[BankQuestion],
    net: Net,
    providers: Providers,
    standard: str,
    reason: str,
) -> None:
    async with selfology(own_env, pool, bank, net, providers, standard=model(f"anthropic/{standard}")) as people:
        person = people.person()
        await person.begins()
        await person.answers(BOATS)
        assert await analysts(pool, person, 1) == {"openai/reader": 1}
        told = await story(person)
        await person.stops()
    failed = [line for line in told if line.startswith("failed: ")]
    assert len(failed) == 1
    assert reason in failed[0]


async def test_a_spent_budget_is_seen_by_operators_and_not_by_the_person(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers
) -> None:
    await pool.execute("TRUNCATE analysis_system.model_calls")
    async with selfology(own_env, pool, bank, net, providers, daily_budget=Decimal("0.0001")) as people:
        spender, saver = people.person(), people.person()
        await spender.begins()
        await spender.answers(BOATS)
        await analysts(pool, spender, 1)
        await saver.begins()
        await saver.says(BOATS)
        feedback = await saver.sees(Feedback)
        assert await analysts(pool, saver, 1) == {"offline": 1}
        told = await story(saver)
        for person in (spender, saver):
            await person.stops()
    assert feedback.text
    assert not [line for line in told if "reader" in line]


@pytest.mark.usefixtures("any_machine")
async def test_a_provider_that_hangs_takes_no_place_from_another(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers
) -> None:
    # Two places a provider; three people's deep analyses fill those of the one that hangs, and keep them.
    engine = Engine(max_concurrent_model_calls=2, graceful_shutdown_timeout=timedelta(milliseconds=1))
    async with selfology(
        own_env, pool, bank, net, providers, engine=engine, standard=model("anthropic/stalls")
    ) as people:
        crowd = [people.person() for _ in range(3)]
        for person in crowd:
            await person.begins()
            await person.says(BOATS)
        for person in crowd:
            assert not (await person.sees(Feedback)).offline
        for person in crowd:
            assert not await person.analyses()
            await person.session.terminate()


@pytest.mark.usefixtures("any_machine")
async def test_a_waiting_person_goes_before_analyses_that_nobody_waits_for(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers
) -> None:
    # One provider for everything, one call at a time, and nobody who makes it before all have queued up. The analysis
    # of an answer is queued before its reaction: what is queued first would be served first.
    only = model("openai/reader")
    async with parts_of(pool, bank, net, providers, small=only, standard=only, premium=only) as parts:
        unserved = replace(parts, providers={})
        [(queue, provided)] = parts.providers.items()
        async with workers_of(own_env.client, unserved, Engine(), sandbox=False), People(own_env, pool) as people:
            crowd = [people.person() for _ in range(5)]
            for person in crowd:
                await person.begins()
                await person.says(BOATS)
            for person in crowd:
                await has_queued(person, calls=2)
            async with Worker(
                own_env.client,
                task_queue=queue,
                activities=[provided.analysis.instant_feedback, provided.analysis.analyse_answer],
                max_concurrent_activities=1,
            ):
                for person in crowd:
                    assert not (await person.sees(Feedback)).offline
                    assert await analysts(pool, person, 1) == {"openai/reader": 1}
                    await person.stops()
    calls = await pool.fetch(
        "SELECT task FROM analysis_system.model_calls JOIN analysis_system.analyses USING (answer_id)"
        " WHERE user_ref = ANY($1) ORDER BY call_id",
        [person.user_ref for person in crowd],
    )
    assert [call["task"] for call in calls] == ["instant"] * 5 + ["deep"] * 5


async def test_consent_names_who_reads_along_and_is_asked_anew_when_others_join(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, providers: Providers
) -> None:
    only = model("openai/reader")
    async with selfology(own_env, pool, bank, net, providers, small=only, standard=only, premium=only) as people:
        person = people.person()
        await person.starts()
        assert (await person.sees(ConsentRequest)).readers == ["OpenAI"]
        await person.agrees()
        await person.sees(Question)
        await person.stops()
        await person.outcome()
    async with selfology(own_env, pool, bank, net, providers) as people:
        person_again = people.person()
        person_again.user_ref = person.user_ref
        await person_again.starts()
        assert (await person_again.sees(ConsentRequest)).readers == ["OpenAI", "Anthropic"]
        await person_again.agrees()
        await person_again.sees(Question)
        await person_again.stops()
