"""Traces what a message causes over all processes, where someone takes the spans."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from schema.environment import environment
from workers.optional_dependencies import require_extra
from workers.telemetry.settings import TelemetrySettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.sampling import Sampler
    from temporalio.client import Plugin

SAMPLED = 0.1
"""The part of all messages that is traced for a collector, unless `OTEL_TRACES_SAMPLER` says otherwise.

All of them would take a tenth of the processor time of an answer. A file is for somebody who looks: it gets all.
"""
FLUSHED_WITHIN = 2_000
"""Milliseconds for the spans that wait when a process ends."""

_plugins: list[Plugin] = []


def client_plugins() -> Sequence[Plugin]:
    """Plugins for each client of Temporal in this process: with them, its calls and its workers are traced."""
    return _plugins


def start_tracing(process: str) -> None:
    """Traces this process under a name, such as "worker". Call it before the first client is created.

    Does nothing, and imports nothing, where the settings name no taker. Raises `OperatorError` when this install lacks
    the extra `telemetry`.
    """
    settings = TelemetrySettings()
    if not settings.traced:
        return
    require_extra("telemetry", otherwise=", or unset OTEL_EXPORTER_OTLP_ENDPOINT and SELFOLOGY_TRACE_FILE")
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.exporter.otlp.json.file.trace_exporter import FileSpanExporter  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from temporalio.contrib.opentelemetry import OpenTelemetryPlugin  # noqa: PLC0415

    from workers.telemetry.private_spans import PrivateSpans  # noqa: PLC0415
    from workers.telemetry.sampled_spans import SampledTracerProvider  # noqa: PLC0415

    # The library reads its own variables, and knows no `.env`.
    os.environ.update(environment("OTEL_"))
    # Workers that serve some queues only may have a name of their own.
    name = os.environ.get("OTEL_SERVICE_NAME", f"selfology-{process}")
    provider = SampledTracerProvider(sampler_of(settings), Resource.create({"service.name": name}))
    if settings.otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(PrivateSpans(OTLPSpanExporter())))
    if settings.trace_file:
        provider.add_span_processor(BatchSpanProcessor(PrivateSpans(FileSpanExporter(settings.trace_file))))
    trace.set_tracer_provider(provider)
    _instrument()
    _plugins.append(OpenTelemetryPlugin(add_temporal_spans=True))


def sampler_of(settings: TelemetrySettings) -> Sampler | None:
    """Which messages are traced; None leaves it to `OTEL_TRACES_SAMPLER`, and else to the library, which traces all."""
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio  # noqa: PLC0415

    if settings.trace_file or "OTEL_TRACES_SAMPLER" in os.environ:
        return None
    return ParentBasedTraceIdRatio(SAMPLED)


def send_last_spans() -> None:
    """Sends the spans that wait. The collector gets no more time than a process has to end."""
    if not _plugins:
        return
    from opentelemetry import trace  # noqa: PLC0415
    from temporalio.contrib.opentelemetry import ReplaySafeTracerProvider  # noqa: PLC0415

    provider = trace.get_tracer_provider()
    if isinstance(provider, ReplaySafeTracerProvider):
        # The library goes on for as long as a request may take, whatever it is told here. The process ends without it.
        flushing = threading.Thread(target=provider.force_flush, name="last spans", daemon=True)
        flushing.start()
        flushing.join(FLUSHED_WITHIN / 1000)


def _instrument() -> None:
    """Traces statements to PostgreSQL and, in an install that speaks to language models, requests to those."""
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor  # noqa: PLC0415

    AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]
    if find_spec("httpx2"):
        from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor  # noqa: PLC0415

        HTTPX2ClientInstrumentor().instrument()
