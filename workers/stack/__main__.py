"""The supervisor's process: `python -m workers.stack`, started by a client. See `workers.stack.supervisor`."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from contextlib import suppress

from schema.operator_error import OperatorError
from workers.logs import log_to
from workers.settings import Settings
from workers.shutdown import exit_process
from workers.stack.home import Home
from workers.stack.locks import FileLock

LOCK_WITHIN = 1.0
"""Seconds to try for the lock: clients that check whether it is held take it for an instant."""
TRY_AGAIN = 0.02

log = logging.getLogger("workers.stack")


def main() -> None:
    """Runs the supervisor of the home directory. Ends at once, without output, when another one runs.

    Reads settings from standard input, as JSON. Writes to standard output only one line: why the stack can't start.
    Everything else goes to the log.
    """
    log_to(logging.StreamHandler(), logging.INFO)
    code = 0
    try:
        settings = Settings.model_validate_json(sys.stdin.read())
        home = Home.prepared(settings.home)
        lock = FileLock(home.stack_lock)
        if _taken(lock):
            # A killed supervisor leaves its record, and clients trust a record while the lock is held.
            home.record.unlink(missing_ok=True)
            _supervise(settings, home, lock)
    except OperatorError as error:
        log.error("%s", error)
        code = _report_to_client(str(error))
    except OSError as error:
        log.exception("The embedded stack failed")
        code = _report_to_client(f"The embedded stack failed: {error.strerror}: {error.filename}.")
    except Exception:
        log.exception("The embedded stack failed")
        code = _report_to_client(f"The embedded stack failed; {home.log_of('supervisor')} says why.")
    exit_process(code)


def _supervise(settings: Settings, home: Home, lock: FileLock) -> None:
    # Imported here because it is slow, and unnecessary without the lock.
    from workers.stack.supervisor import Supervisor
    from workers.telemetry.start import start_telemetry

    start_telemetry("worker")
    asyncio.run(Supervisor(settings, home, lock).run())


def _taken(lock: FileLock) -> bool:
    deadline = time.monotonic() + LOCK_WITHIN
    while not lock.try_exclusive():
        if time.monotonic() > deadline:
            return False
        time.sleep(TRY_AGAIN)
    return True


def _report_to_client(line: str) -> int:
    """Writes the line for the client. Returns the exit code to end with."""
    # The client may be gone or may no longer read.
    with suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    return 2


if __name__ == "__main__":
    main()
