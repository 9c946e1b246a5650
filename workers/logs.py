"""Sets up the log of a process: warnings, also from Temporal's core, in words of our own and without secrets."""

from __future__ import annotations

import ast
import logging
import sys
import threading
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from schema.failure_description import described, is_ours, place
from schema.redaction import redacted

if TYPE_CHECKING:
    from temporalio.runtime import PrometheusConfig, Runtime

log = logging.getLogger(__name__)


class OwnWords(logging.Formatter):
    """Writes lines of this project, and of a library's line what stands in the library's source.

    The values in a library's line, and the text and traceback of its errors, may quote what a person wrote. Secrets are
    redacted, too: an address that an operator has set may hold one.
    """

    def format(self, record: logging.LogRecord) -> str:
        words = _own(record) if is_ours(record.pathname) else _foreign(record)
        lines = [f"{self.formatTime(record)} {record.levelname} {words}"]
        if record.exc_info and record.exc_info[1]:
            lines.append(described(record.exc_info[1]))
        return redacted("\n".join(lines))


def log_to(handler: logging.Handler, level: int = logging.WARNING) -> None:
    """Sends the log to this handler only. Warnings and stray errors, which Python itself would write, go there, too."""
    handler.setFormatter(OwnWords())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    warnings.showwarning = _log_warning
    sys.unraisablehook = threading.excepthook = _log_stray_error


def core_runtime(metrics: PrometheusConfig | None = None) -> Runtime:
    """Creates a runtime whose core logs to Python's log, and serves `metrics`. Raises `RuntimeError` if it can't."""
    from temporalio.runtime import (  # noqa: PLC0415
        LogForwardingConfig,
        LoggingConfig,
        Runtime,
        TelemetryConfig,
        TelemetryFilter,
    )

    # The core's messages are constants; the fields beside them hold whole failures.
    core = LogForwardingConfig(logger=logging.getLogger("temporalio.core"), append_log_fields_to_message=False)
    filtered = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=core)
    return Runtime(telemetry=TelemetryConfig(logging=filtered, metrics=metrics))


def _own(record: logging.LogRecord) -> str:
    if not isinstance(record.args, tuple) or not record.args:
        return record.getMessage()
    return str(record.msg) % tuple(described(each) if isinstance(each, BaseException) else each for each in record.args)


def _foreign(record: logging.LogRecord) -> str:
    """Returns what a library's line says, about which workflow, and where it comes from."""
    if hasattr(record, "temporal_log"):
        return record.getMessage()
    # Set by the SDK. A workflow's id holds a `user_ref`, and no name.
    about = {**getattr(record, "temporal_workflow", {}), **getattr(record, "temporal_activity", {})}
    told = [f"{name} {about[name]}" for name in ("activity_type", "attempt", "workflow_id") if name in about]
    where = place(record.pathname, record.lineno, record.funcName or "")
    return f"{_as_written(record.pathname, record.lineno)} ({', '.join([*told, where])})"


@cache
def _as_written(file: str, line: int) -> str:
    """Returns the message of a log call as its source has it, with … for each value."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return "…"
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.lineno == line)
    for call in calls:
        match call.args:
            case [ast.Constant(value=str(words)), *_]:
                return words
            case [ast.JoinedStr(values=parts), *_]:
                return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)
    return "…"


def _log_warning(  # noqa: PLR0917 - Python calls it so
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    log.warning("%s at %s:%s", category.__name__, filename, lineno)


def _log_stray_error(error: sys.UnraisableHookArgs | threading.ExceptHookArgs) -> None:
    log.error("An error reached nobody: %s", error.exc_value)
