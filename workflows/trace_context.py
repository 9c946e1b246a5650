"""The trace of a message, from the signal that brings it to the work that it causes.

A workflow takes a message up after the handler of its signal has returned, in a task that began long before. So the
message carries the trace itself, as W3C Trace Context has it (https://www.w3.org/TR/trace-context/).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from opentelemetry import context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from pydantic import Field

from schema.base_model import Model

_W3C = TraceContextTextMapPropagator()


def current_trace() -> str | None:
    """The trace that this code is a part of; None where nothing is traced."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


class Traced(Model):
    """What a signal brings, with the trace of its sender."""

    trace: str | None = Field(default_factory=current_trace)


@contextmanager
def continued(trace: str | None) -> Iterator[None]:
    """Makes the block a part of a trace. Without one, it stays a part of what it was."""
    if trace is None:
        yield
        return
    token = context.attach(_W3C.extract({"traceparent": trace}))
    try:
        yield
    finally:
        # An evicted workflow is finalised in the context of whoever collects it. There is nothing to restore then.
        with suppress(ValueError):
            token.var.reset(token)
