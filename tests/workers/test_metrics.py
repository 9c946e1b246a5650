"""What Prometheus gets to see: names by its conventions, labels of few values, and nothing of a person."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest
from temporalio.runtime import Runtime
from temporalio.testing import WorkflowEnvironment

from schema import metrics
from schema.vocabulary import Locale
from tests.metrics import Scrape, metrics_at, scrape
from tests.people.person import People
from tests.ports import free_port
from tests.stack.conftest import WITHIN, Said, in_process, no_servers, one_line
from workers.telemetry import process
from workers.telemetry.gauges import measure_database, measure_waiting
from workers.telemetry.process import measure_process
from workers.telemetry.start import start_telemetry

__all__ = ["in_process", "no_servers", "scrape"]

BOUNDED = {"tier", "status", "stage", "analyst", "task", "direction", "outcome", "by", "kind", "door"}
"""Labels whose values are an enumeration's, the configured models', or this code's own."""


def test_names_follow_prometheus_and_labels_take_few_values() -> None:
    for metric in metrics.ALL:
        assert re.fullmatch(r"selfology(_[a-z]+)+", metric.name)
        assert not metric.name.endswith(("_total", "_count", "_sum", "_bucket"))
        assert set(metric.labels) <= BOUNDED, metric.name
    assert len({metric.name for metric in metrics.ALL}) == len(metrics.ALL)


def test_each_kind_is_served_with_its_unit_and_what_it_means(scrape: Scrape) -> None:
    metrics.MODEL_TOKENS.add(30, analyst="openai/small", direction="in")
    metrics.MODEL_TOKENS.add(12, analyst="openai/small", direction="in")
    metrics.REPLY.record(timedelta(milliseconds=700))
    metrics.VECTORS_WAITING.set(3, kind="answers")
    told = scrape()
    assert re.search(r'selfology_model_tokens_total\{analyst="openai/small",direction="in",.*\} 42\n', told)
    assert re.search(r'selfology_reply_seconds_bucket\{.*le="0.5"\} 0\n', told)
    assert re.search(r'selfology_reply_seconds_bucket\{.*le="1"\} 1\n', told)
    assert re.search(r'selfology_vectors_waiting\{kind="answers",.*\} 3\n', told)
    assert f"# HELP selfology_reply_seconds {metrics.REPLY.description}" in told


def test_a_label_that_nobody_bounds_is_refused() -> None:
    with pytest.raises(TypeError, match="tier"):
        metrics.REPLIES.add(tier="small", user_ref="abc")
    with pytest.raises(TypeError, match="tier"):
        metrics.REPLIES.add()


async def test_what_waits_is_measured(
    scrape: Scrape, people: People, worker_pool: asyncpg.Pool, env: WorkflowEnvironment
) -> None:
    person = people.person(Locale.EN)
    await person.begins()
    await people.pool.execute(
        "UPDATE onboarding_system.sessions SET status = 'PAUSED' WHERE user_ref = $1", person.user_ref
    )
    measure_process()
    await measure_database(worker_pool)
    await measure_waiting(worker_pool, env.client)
    told = scrape()
    assert re.search(r'selfology_sessions_open\{.*status="PAUSED"\} [1-9]', told)
    assert re.search(r"selfology_answers_waiting_age_seconds\{.*\} \d", told)
    assert re.search(r"selfology_erasures_running\{.*\} \d", told)
    assert re.search(r"selfology_database_up\{.*\} 1\n", told)
    assert re.search(r"selfology_database_connections_ratio\{.*\} 0\.[0-9]+\n", told)
    assert re.search(r"selfology_process_peak_memory_bytes\{.*\} [1-9]\d{7,}\n", told)


async def test_a_database_that_is_away_is_told(scrape: Scrape) -> None:
    async with asyncpg.create_pool("postgresql://x@127.0.0.1:1/x", min_size=0) as away:
        with pytest.raises(OSError, match="1"):
            await measure_database(away)
    assert re.search(r"selfology_database_up\{.*\} 0\n", scrape())


def test_each_process_that_serves_metrics_measures_itself(no_servers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    runtimes: list[Runtime] = []
    monkeypatch.setattr(Runtime, "set_default", lambda runtime, **_: runtimes.append(runtime))
    monkeypatch.setattr(Runtime, "default", lambda: runtimes[0])
    monkeypatch.setattr(process, "EVERY", timedelta(milliseconds=10))
    port = free_port()
    monkeypatch.setenv("SELFOLOGY_METRICS_HOST", "127.0.0.1")
    monkeypatch.setenv("SELFOLOGY_METRICS_PORT", str(port))
    start_telemetry.cache_clear()
    start_telemetry("bot")
    start_telemetry.cache_clear()
    for again in range(2):
        metrics.MEMORY.set(0)
        deadline = time.monotonic() + WITHIN
        while not re.search(r"selfology_process_peak_memory_bytes\{.*\} [1-9]", metrics_at(f"127.0.0.1:{port}")):
            assert time.monotonic() < deadline, f"it was measured {again} times"
            time.sleep(0.01)


def test_a_port_that_is_taken_is_named(in_process: Callable[..., Said]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        start_telemetry.cache_clear()
        line = one_line(in_process("vectors", "serve", SELFOLOGY_METRICS_HOST="127.0.0.1", SELFOLOGY_METRICS_PORT=port))
    assert f"127.0.0.1:{port}" in line
    assert "SELFOLOGY_METRICS_PORT" in line
