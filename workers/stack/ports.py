"""Chooses the ports of the embedded Temporal server: the same at every start, if they are free."""

from __future__ import annotations

import socket
from pathlib import Path

from pydantic import ValidationError

from schema.base_model import Model
from workers.stack.home import write_private

LOCALHOST = "127.0.0.1"


class Ports(Model):
    """The ports of the embedded Temporal server."""

    frontend: int = 7233
    """gRPC, for clients and workers."""
    ui: int = 8233
    """The Web UI."""


def choose_ports(kept: Path) -> Ports:
    """Returns the ports of the last start, or Temporal's usual ones at the first. Replaces a taken port by a free one.

    Stores the choice in `kept`, so that bookmarks and clients still work after a restart.
    """
    try:
        wanted = Ports.model_validate_json(kept.read_bytes())
    except (FileNotFoundError, ValidationError):
        wanted = Ports()
    chosen = Ports(frontend=_free(wanted.frontend), ui=_free(wanted.ui))
    write_private(kept, chosen.model_dump_json())
    return chosen


def is_free(port: int) -> bool:
    """Returns whether a server could listen on the port."""
    with socket.socket() as probe:
        # As servers do: lingering connections of a server that has just ended do not block the port.
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
