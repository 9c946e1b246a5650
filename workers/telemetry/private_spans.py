"""Spans without what a person wrote, and without ids of a channel or keys.

Instrumentation by others may put any value into a span: an exception quotes rows, an address holds a token. So only
what is listed here leaves the process.
"""

from __future__ import annotations

from collections.abc import Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import Attributes

PUBLIC = frozenset(
    {
        *("temporalWorkflowID", "temporalRunID", "temporalActivityID", "temporalActivityType"),
        # SQL has parameters in the place of values.
        *("db.system", "db.name", "db.user", "db.statement", "db.system.name", "db.namespace", "db.query.text"),
        *("http.method", "http.status_code", "http.request.method", "http.response.status_code"),
        *("net.peer.name", "net.peer.port", "server.address", "server.port", "error.type", "exception.type"),
        "messaging.system",
    }
)
"""The attributes that leave the process. A workflow's id holds a `user_ref`, and no name."""


class PrivateSpans(SpanExporter):
    """Passes spans on to an exporter, with the attributes in `PUBLIC` alone."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_public(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _public(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_listed(span.attributes),
        events=[Event(event.name, _listed(event.attributes), event.timestamp) for event in span.events],
        links=[Link(link.context, _listed(link.attributes)) for link in span.links],
        kind=span.kind,
        # Its description is the text of an error.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _listed(attributes: Attributes) -> Attributes:
    return {name: value for name, value in (attributes or {}).items() if name in PUBLIC}
