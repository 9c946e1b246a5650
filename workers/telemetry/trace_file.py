"""Reads the spans that a collector's file exporter or `SELFOLOGY_TRACE_FILE` has written: OTLP's JSON, a batch a line.

Source: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from schema.operator_error import OperatorError

FAILED = 2
"""OTLP's code of a span that ended with an error."""
_WORKFLOW_ID = "temporalWorkflowID"


class _Read(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, hide_input_in_errors=True)


class _Value(_Read):
    string_value: str | None = None


class _Attribute(_Read):
    key: str
    value: _Value


class _Status(_Read):
    code: int = 0


class Span(_Read):
    """A span as it was written."""

    trace_id: str
    span_id: str
    parent_span_id: str | None = None
    name: str
    start: int = Field(alias="startTimeUnixNano")
    end: int = Field(alias="endTimeUnixNano")
    attributes: list[_Attribute] = []
    status: _Status = _Status()

    @property
    def workflow_id(self) -> str | None:
        """The workflow that it is about, if any."""
        return next((each.value.string_value for each in self.attributes if each.key == _WORKFLOW_ID), None)

    @property
    def milliseconds(self) -> float:
        """How long it took."""
        return (self.end - self.start) / 1e6


class _OfScope(_Read):
    spans: list[Span] = []


class _Resource(_Read):
    attributes: list[_Attribute] = []


class _OfResource(_Read):
    resource: _Resource = _Resource()
    scope_spans: list[_OfScope] = []


class _Batch(_Read):
    resource_spans: list[_OfResource] = []


class Trace:
    """The spans of one trace, each with the process that made it."""

    def __init__(self, spans: Iterable[tuple[Span, str]]) -> None:
        self._spans = sorted(spans, key=lambda each: each[0].start)
        self._known = {span.span_id for span, _ in self._spans}

    def __iter__(self) -> Iterator[tuple[Span, str]]:
        """All spans, the earliest first."""
        return iter(self._spans)

    @property
    def began(self) -> datetime:
        """When its first span began."""
        return datetime.fromtimestamp(self._spans[0][0].start / 1e9, UTC)

    def after(self, span: Span) -> float:
        """Milliseconds from the beginning of the trace to that of a span."""
        return (span.start - self._spans[0][0].start) / 1e6

    def under(self, parent: Span | None) -> Iterator[tuple[Span, str]]:
        """The spans that another one caused, the earliest first; those whose cause is not in the file for None."""
        for span, process in self._spans:
            caused_by = span.parent_span_id if span.parent_span_id in self._known else None
            if caused_by == (parent and parent.span_id):
                yield span, process


def traces_of(file: Path, workflow_id: str) -> list[Trace]:
    """The traces that a workflow has a part in, the earliest first.

    Raises `OperatorError` when the file can't be read, or holds something else.
    """
    spans: dict[str, list[tuple[Span, str]]] = defaultdict(list)
    for span, process in _read(file):
        spans[span.trace_id].append((span, process))
    found = [Trace(each) for each in spans.values() if any(span.workflow_id == workflow_id for span, _ in each)]
    return sorted(found, key=lambda trace: trace.began)


def _read(file: Path) -> Iterator[tuple[Span, str]]:
    try:
        for line in file.read_bytes().splitlines():
            for of_resource in _Batch.model_validate_json(line).resource_spans:
                process = _process(of_resource.resource)
                for of_scope in of_resource.scope_spans:
                    yield from ((span, process) for span in of_scope.spans)
    except OSError as error:
        raise OperatorError(f"{file} can't be read: {error.strerror}.") from None
    except ValidationError:
        raise OperatorError(f"{file} is no file of spans in OTLP's JSON, as a collector writes it.") from None


def _process(resource: _Resource) -> str:
    name = next((each.value.string_value for each in resource.attributes if each.key == "service.name"), None)
    return (name or "?").removeprefix("selfology-")
