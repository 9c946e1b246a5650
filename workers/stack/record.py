"""The record by which clients find the running stack."""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from schema.base_model import Model
from workers.settings import Settings
from workers.stack.home import Home, write_private
from workers.stack.locks import held_exclusively
from workers.vector_settings import VectorSettings


class RunningStack(Model):
    """The addresses of a running stack."""

    supervisor: int
    """The process id of the supervisor."""
    temporal_address: str
    ui_url: str | None
    """Temporal's Web UI, when the embedded server has it."""
    embedded_database_url: str | None
    """PostgreSQL's address when it is embedded. A configured one may hold a password and is not written down."""
    complaints: list[str] = []
    """The faults that providers of language models report, one line each for operators."""
    backups: bool = False
    """Whether its data is backed up."""
    servers: str
    """The hash of the configured servers that the stack was started for (`configured_servers`)."""


def configured_servers(settings: Settings) -> str:
    """Returns a hash of the configured servers, equal for processes that use the same ones."""
    # Imported here because it is slow: a client starts the supervisor first.
    from workers.client import configured_temporal

    servers = (settings.database_url, configured_temporal(), VectorSettings().qdrant_url)
    return hashlib.sha256(repr(servers).encode()).hexdigest()


def publish(home: Home, stack: RunningStack) -> None:
    """Writes the record for clients."""
    write_private(home.record, stack.model_dump_json(indent=2))


def running_stack(home: Home) -> RunningStack | None:
    """Reads the record of the running stack. Returns None when none serves."""
    # A killed supervisor leaves its record, but never its lock.
    if not held_exclusively(home.stack_lock):
        return None
    try:
        return RunningStack.model_validate_json(home.record.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
