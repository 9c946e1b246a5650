"""Sets up the log of a process: warnings, also from Temporal's core, with secrets redacted."""

from __future__ import annotations

import logging
from functools import cache
from types import TracebackType

from schema.redaction import redacted

_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutSecrets(logging.Formatter):
    """Redacts secrets in log lines. For example, network errors quote URLs that may hold a token."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))

    def formatException(self, ei: _ErrorInfo) -> str:
        # Imported here because it is slow; whoever raised such an exception has imported it already.
        from temporalio.exceptions import ApplicationError  # noqa: PLC0415

        # The message of an activity failure says enough; a traceback would hide it.
        return str(ei[1]) if isinstance(ei[1], ApplicationError) else super().formatException(ei)


def log_to(handler: logging.Handler, level: int = logging.WARNING) -> None:
    """Sends the log to this handler only."""
    handler.setFormatter(WithoutSecrets())
    logging.basicConfig(level=level, handlers=[handler], force=True)


@cache
def log_core() -> None:
    """Forwards the log of Temporal's core to Python's log. Call it before the first client is created."""
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
