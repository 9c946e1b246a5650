"""Sets up the log of a process: warnings, also from Temporal's core, in words of our own and without secrets."""

from __future__ import annotations

import ast
import json
import logging
import re
import sys
import threading
import warnings
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

from schema.failure_description import described, is_ours, place
from schema.identity import USER_REF_LENGTH
from schema.redaction import redacted

if TYPE_CHECKING:
    from temporalio.runtime import PrometheusConfig, Runtime

log = logging.getLogger(__name__)

_ABOUT = ("activity_type", "attempt", "workflow_id", "workflow_type", "workflow_run_id")
_USER_REF = re.compile(rf"-([a-z2-7]{{{USER_REF_LENGTH}}})(?:-|$)")


class OwnWords(logging.Formatter):
    """Writes lines of this project, and of a library's line what stands in the library's source.

    The values in a library's line, and the text and traceback of its errors, may quote what a person wrote. Secrets are
    redacted, too: an address that an operator has set may hold one.
    """

    def format(self, record: logging.LogRecord) -> str:
        words, about = _words(record), _about(record)
        told = [f"{name} {about[name]}" for name in ("activity_type", "attempt", "workflow_id") if name in about]
        if not is_ours(record.pathname) and not hasattr(record, "temporal_log"):
            where = place(record.pathname, record.lineno, record.funcName or "")
            words = f"{words} ({', '.join([*told, where])})"
        lines = [f"{self.formatTime(record)} {record.levelname} {words}"]
        if record.exc_info and record.exc_info[1]:
            lines.append(described(record.exc_info[1]))
        return redacted("\n".join(lines))


class OwnWordsInJson(logging.Formatter):
    """Writes the same as an object a line, for who collects logs: with the trace, the workflow and the `user_ref`."""

    def format(self, record: logging.LogRecord) -> str:
        about = _about(record)
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": redacted(_words(record)),
            "at": place(record.pathname, record.lineno, record.funcName or ""),
            **about,
        }
        if found := _USER_REF.search(str(about.get("workflow_id", ""))):
            told["user_ref"] = found[1]
        if record.exc_info and record.exc_info[1]:
            told["error"] = redacted(described(record.exc_info[1]))
        if (span := get_current_span().get_span_context()).is_valid:
            told |= {"trace_id": format_trace_id(span.trace_id), "span_id": format_span_id(span.span_id)}
        return json.dumps(told, ensure_ascii=False)


def log_to_output(level: int = logging.WARNING) -> None:
    """Sends the log to the output: readable to a terminal, and as JSON to whatever else takes it."""
    handler = logging.StreamHandler(sys.stdout)
    log_to(handler, level)
    if not sys.stdout.isatty():
        handler.setFormatter(OwnWordsInJson())


def announce(line: str) -> None:
    """Tells whoever has started this process that it serves, in the form of the log."""
    if sys.stdout.isatty():
        sys.stdout.write(f"{line}\n")
        return
    record = log.makeRecord(log.name, logging.INFO, __file__, 0, "%s", (line,), None, announce.__name__)
    logging.getLogger().handle(record)


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


def _words(record: logging.LogRecord) -> str:
    """Returns what a line says: all of this project's, and of a library's what stands in its source."""
    if is_ours(record.pathname):
        return _own(record)
    # The core's messages are constants.
    return record.getMessage() if hasattr(record, "temporal_log") else _as_written(record.pathname, record.lineno)


def _about(record: logging.LogRecord) -> dict[str, object]:
    """Returns the workflow and the activity that a line is about. A workflow's id holds a `user_ref`, and no name."""
    # Set by the SDK, for lines of its own and of its loggers.
    about = {**getattr(record, "temporal_workflow", {}), **getattr(record, "temporal_activity", {})}
    if not about and (running := sys.modules.get("temporalio.activity")) and running.in_activity():
        info = running.info()
        about = {name: getattr(info, name) for name in _ABOUT}
    return {name: about[name] for name in _ABOUT if name in about}


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
