"""The log of a process: warnings, those of Temporal's core among them, and no secrets."""

from __future__ import annotations

import logging
from functools import cache
from types import TracebackType

from schema.redaction import redacted

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutSecrets(logging.Formatter):
    """Lines of a log. The addresses that errors of the network quote, say, may hold a token."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))

    def formatException(self, ei: _ErrorInfo) -> str:
        # Slow to import; there is no such exception before it has been.
        from temporalio.exceptions import ApplicationError  # noqa: PLC0415

        # Failures of activities say in a line what they are; a trace would only hide it.
        return str(ei[1]) if isinstance(ei[1], ApplicationError) else super().formatException(ei)


def log_to(handler: logging.Handler, level: int = logging.WARNING) -> None:
    """Sends the log there, instead of wherever it went."""
    handler.setFormatter(WithoutSecrets())
    logging.basicConfig(level=level, handlers=[handler], force=True)


@cache
def log_core() -> None:
    """Has Temporal's core write into the same log. To be called before the first client is made."""
    from temporalio.runtime import (  # noqa: PLC0415
        LogForwardingConfig,
        LoggingConfig,
        Runtime,
        TelemetryConfig,
        TelemetryFilter,
    )

    core = LogForwardingConfig(logger=logging.getLogger("temporalio.core"))
    filtered = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=core)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=filtered)), error_if_already_set=False)
