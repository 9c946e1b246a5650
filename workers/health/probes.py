"""Tells whoever runs a process whether it lives, and whether it can do its work: `/livez` and `/readyz`."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

from schema.base_model import Model
from schema.failure_description import described
from schema.operator_error import OperatorError
from workers.telemetry.settings import HEALTH_PORTS, TelemetrySettings

LOOKS_WITHIN = 3.0
"""Seconds for all checks. Below the usual timeout of a probe, so that the answer says what is slow."""
LIVES_WITHIN = 10.0
"""Seconds for the event loop to come round. A process that takes longer serves nobody and is to be started anew."""
OK = "ok"

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Check:
    """Something that a process works with."""

    name: str
    look: Callable[[], Awaitable[None]]
    """Raises `OperatorError` when it can't be worked with."""
    needed: bool = True
    """Whether the process can do nothing without it."""


class Readiness(Model):
    """Whether a process can do its work, and how each check went: "ok", or what an operator is to know."""

    ready: bool
    draining: bool
    checks: dict[str, str]


@dataclass
class Health:
    """The health of one process."""

    checks: list[Check] = field(default_factory=list)
    draining: bool = False
    """Whether the process is about to end. It is not ready any more, and finishes what it has begun."""

    async def look(self) -> Readiness:
        """Makes all checks together."""
        checks = list(self.checks)
        found = dict(zip((check.name for check in checks), await asyncio.gather(*map(_looked, checks)), strict=True))
        fit = all(found[check.name] == OK for check in checks if check.needed)
        return Readiness(ready=fit and not self.draining, draining=self.draining, checks=found)


async def _looked(check: Check) -> str:
    try:
        async with asyncio.timeout(LOOKS_WITHIN):
            await check.look()
    except OperatorError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {LOOKS_WITHIN:.0f} s"
    except Exception as error:  # noqa: BLE001 - whoever probes gets an answer, and never the error's own text
        log.warning("A check of %s failed: %s", check.name, described(error))
        return f"failed: {type(error).__name__}"
    return OK


@asynccontextmanager
async def served_health(process: str, checks: Sequence[Check]) -> AsyncIterator[Health]:
    """Answers probes while the context is open, where the settings name an address for them.

    Raises `OperatorError` when that address is taken.
    """
    health, settings = Health(list(checks)), TelemetrySettings()
    if settings.health_host is None:
        yield health
        return
    address = (settings.health_host, settings.health_port or HEALTH_PORTS[process])
    try:
        # Threads of its own: whether the event loop comes round is what is asked.
        server = ThreadingHTTPServer(address, _handler(health, asyncio.get_running_loop()))
    except OSError as error:
        raise OperatorError(
            f"Probes can't be answered at {address[0]}:{address[1]} ({error.strerror}): set SELFOLOGY_HEALTH_HOST to an"
            " address of this machine, and SELFOLOGY_HEALTH_PORT to a port that is free."
        ) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    try:
        yield health
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()


def _handler(health: Health, loop: asyncio.AbstractEventLoop) -> type[BaseHTTPRequestHandler]:
    class Probed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            match self.path:
                case "/livez":
                    alive = _in(loop, asyncio.sleep(0, result=True))
                    self._say(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, OK if alive else "stuck")
                case "/readyz":
                    found = _in(loop, health.look())
                    ready = found is not None and found.ready
                    body = found.model_dump_json() if found else '{"ready": false, "checks": {"event loop": "stuck"}}'
                    self._say(HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE, body, "application/json")
                case _:
                    self._say(HTTPStatus.NOT_FOUND, "/livez and /readyz are here")

        def _say(self, status: HTTPStatus, body: str, kind: str = "text/plain") -> None:
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Probes come every few seconds, and tell nothing in a log."""

    return Probed


def _in(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T | None:
    """Does something in the event loop, from another thread. None if the loop does not come round."""
    doing = asyncio.run_coroutine_threadsafe(work, loop)
    try:
        return doing.result(LIVES_WITHIN)
    except TimeoutError:
        doing.cancel()
        return None
