"""Which ports the embedded Temporal server gets: the same ones at every start, as far as they are free."""

from __future__ import annotations

import socket
from pathlib import Path

from pydantic import ValidationError

from schema.model import Model
from workers.stack.home import write_private

LOCALHOST = "127.0.0.1"


class Ports(Model):
    """Where the embedded Temporal server listens."""

    frontend: int = 7233
    """gRPC, for clients and workers."""
    ui: int = 8233
    """The Web UI."""


def choose_ports(kept: Path) -> Ports:
    """The ports of the last start or, at the first one, Temporal's usual ones; a taken one is replaced by a free one.

    Keeps the choice, so that bookmarks, and clients of a stack that is started anew, go on.
    """
    try:
        wanted = Ports.model_validate_json(kept.read_bytes())
    except (FileNotFoundError, ValidationError):
        wanted = Ports()
    chosen = Ports(frontend=_free(wanted.frontend), ui=_free(wanted.ui))
    write_private(kept, chosen.model_dump_json())
    return chosen


def is_free(port: int) -> bool:
    """Whether a server could listen on the port."""
    with socket.socket() as probe:
        # As servers do, so that connections of a server that has just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _free(wanted: int) -> int:
    if is_free(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port
