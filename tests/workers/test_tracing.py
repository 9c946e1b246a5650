"""What leaves a process as a span: what happened, and no word of anybody; and nothing twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from temporalio.contrib.opentelemetry import OpenTelemetryPlugin
from temporalio.worker import Replayer

from tests.replay.record import HISTORIES
from tests.stack.conftest import Said, in_process, one_line
from workers.data_converter import DATA_CONVERTER
from workers.registry import WORKFLOWS
from workers.replay import load_history
from workers.run import workflow_runner
from workers.telemetry.private_spans import PrivateSpans
from workers.telemetry.sampled_spans import SampledTracerProvider
from workers.telemetry.settings import TelemetrySettings
from workers.telemetry.tracing import client_plugins, sampler_of, send_last_spans, start_tracing
from workflows.trace_context import current_trace

__all__ = ["in_process"]

SECRET = "my sister Vera"


@pytest.fixture
def exported() -> InMemorySpanExporter:
    """What a collector gets."""
    return InMemorySpanExporter()


def test_an_error_an_address_or_any_other_value_that_may_quote_a_person_stays_here(
    exported: InMemorySpanExporter,
) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(PrivateSpans(exported)))
    known = {"db.statement": "SELECT $1", "temporalWorkflowID": "onboarding-abc", "url.full": f"https://x/{SECRET}"}

    def fails() -> None:
        with provider.get_tracer("t").start_as_current_span("SELECT", attributes=known) as span:
            span.add_event("told", {"text": SECRET})
            raise ValueError(SECRET)

    with pytest.raises(ValueError, match=SECRET):
        fails()
    (left,) = exported.get_finished_spans()
    assert SECRET not in left.to_json()
    assert left.attributes == {"db.statement": "SELECT $1", "temporalWorkflowID": "onboarding-abc"}
    assert not left.status.is_ok
    assert left.status.description is None
    assert [event.attributes for event in left.events] == [{}, {"exception.type": "ValueError"}]


@pytest.mark.parametrize("name", ["completed", "coach_talks"])
async def test_a_replay_makes_no_span(
    name: str, exported: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = SampledTracerProvider(ALWAYS_ON, Resource.get_empty())
    provider.add_span_processor(SimpleSpanProcessor(exported))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=DATA_CONVERTER,
        workflow_runner=workflow_runner(sandbox=False),
        plugins=[OpenTelemetryPlugin(add_temporal_spans=True)],
    )
    await replayer.replay_workflow(load_history(HISTORIES / f"{name}.json"))
    assert exported.get_finished_spans() == ()


@pytest.mark.parametrize("traced", [True, False])
def test_what_a_message_causes_is_traced_as_the_message_is(exported: InMemorySpanExporter, *, traced: bool) -> None:
    provider = SampledTracerProvider(ParentBased(ALWAYS_ON if traced else ALWAYS_OFF), Resource.get_empty())
    provider.add_span_processor(SimpleSpanProcessor(exported))
    with (
        provider.get_tracer("bot").start_as_current_span("message") as message,
        provider.get_tracer("worker").start_as_current_span("activity"),
    ):
        provider.get_tracer("database").start_span("SELECT").end()
        carried = current_trace()
    # Whoever is told of it in another process does the same.
    assert carried is not None
    assert carried.endswith("-01" if traced else "-00")
    assert f"{message.get_span_context().trace_id:032x}" in carried
    spans = exported.get_finished_spans()
    assert [span.name for span in spans] == (["SELECT", "activity", "message"] if traced else [])
    for span, caused_by in pairwise(spans):
        assert span.parent is not None
        assert caused_by.context is not None
        assert span.parent.span_id == caused_by.context.span_id


def test_nothing_is_made_where_nobody_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "SELFOLOGY_TRACE_FILE"):
        monkeypatch.delenv(variable, raising=False)
    before = trace.get_tracer_provider()
    start_tracing("worker")
    assert trace.get_tracer_provider() is before
    assert client_plugins() == []


def test_a_collector_gets_a_part_of_all_messages_and_a_file_all(monkeypatch: pytest.MonkeyPatch) -> None:
    collector, file = {"otlp_endpoint": "http://127.0.0.1:4318"}, {"trace_file": Path("spans.jsonl")}

    def traced(**settings: object) -> int:
        """Of a thousand messages, those that are traced."""
        provider = TracerProvider(sampler=sampler_of(TelemetrySettings.model_validate(settings)))
        begun = (provider.get_tracer("t").start_span("telegram message") for _ in range(1000))
        return sum(span.get_span_context().trace_flags.sampled for span in begun)

    monkeypatch.delenv("OTEL_TRACES_SAMPLER", raising=False)
    assert 20 < traced(**collector) < 250
    assert traced(**collector, **file) == traced(**file) == 1000
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_on")
    assert traced(**collector) == 1000


def span(
    span_id: str, name: str, *, caused_by: str | None = None, at: int = 0, failed: bool = False
) -> dict[str, object]:
    about = {"key": "temporalWorkflowID", "value": {"stringValue": "onboarding-abc"}}
    return {
        "traceId": "t",
        "spanId": span_id,
        "name": name,
        "startTimeUnixNano": str(at * 1_000_000),
        "endTimeUnixNano": str((at + 5) * 1_000_000),
        "attributes": [about],
        "status": {"code": 2} if failed else {},
        **({"parentSpanId": caused_by} if caused_by else {}),
    }


def test_the_tree_of_a_message_is_printed_from_a_collectors_file(
    in_process: Callable[..., Said], tmp_path: Path
) -> None:
    def batch(process: str, *spans: dict[str, object]) -> str:
        resource = {"attributes": [{"key": "service.name", "value": {"stringValue": f"selfology-{process}"}}]}
        return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})

    file = tmp_path / "spans.jsonl"
    bot = batch("bot", span("b", "SignalWorkflow:submit_answer", caused_by="a"), span("a", "telegram message"))
    worker = batch("worker", span("c", "RunActivity:deliver", caused_by="b", at=7, failed=True))
    file.write_text(f"{worker}\n{bot}\n", encoding="utf-8")
    said = in_process("trace", "--workflow-id", "onboarding-abc", "--file", str(file)).output
    assert [line.strip() for line in said.splitlines()][1:] == [
        "└── telegram message  bot 0 + 5.0 ms",
        "└── SignalWorkflow:submit_answer  bot 0 + 5.0 ms",
        "└── RunActivity:deliver failed  worker 7 + 5.0 ms",
    ]


def test_who_asks_for_a_trace_that_is_not_there_is_told_why(in_process: Callable[..., Said], tmp_path: Path) -> None:
    def complaint(*more: str) -> str:
        return one_line(in_process("trace", "--workflow-id", "onboarding-abc", *more))

    file = tmp_path / "spans.jsonl"
    assert "SELFOLOGY_TRACE_FILE" in complaint()
    assert "can't be read" in complaint("--file", str(file))
    file.write_text("{}\n")
    assert "no span of onboarding-abc" in complaint("--file", str(file))
    file.write_text(f'{{"resourceSpans": "{SECRET}"}}\n')
    assert SECRET not in complaint("--file", str(file))


def test_a_collector_that_does_not_answer_holds_up_no_process_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, kept_waiting = threading.Event(), threading.Event()

    class Silent(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            if not answers.wait(10):
                kept_waiting.set()
            return SpanExportResult.FAILURE

    provider = SampledTracerProvider(ALWAYS_ON, Resource.get_empty())
    provider.add_span_processor(BatchSpanProcessor(Silent()))
    provider.get_tracer("t").start_span("SELECT").end()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr("workers.telemetry.tracing._plugins", [OpenTelemetryPlugin()])
    monkeypatch.setattr("workers.telemetry.tracing.FLUSHED_WITHIN", 1)
    try:
        send_last_spans()
        assert not kept_waiting.is_set()
    finally:
        answers.set()
        provider.shutdown()
