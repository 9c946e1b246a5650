"""What a running stack tells its clients."""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from schema.model import Model
from workers.settings import Settings
from workers.stack.home import Home, write_private
from workers.stack.locks import held_exclusively


class RunningStack(Model):
    """Where a stack that serves can be reached."""

    supervisor: int
    """The process id of the supervisor."""
    temporal_address: str
    ui_url: str | None
    """Temporal's Web UI, when the embedded server has it."""
    embedded_database_url: str | None
    """PostgreSQL, when it is embedded; a configured address has a password in it and is not written down."""
    complaints: list[str] = []
    """What the providers of language models object to, a line each, for operators."""
    servers: str
    """Names the configured servers that it was started for (`configured_servers`)."""


def configured_servers(settings: Settings) -> str:
    """The same for two processes whose settings name the same servers; tells nothing of them."""
    # Slow to import; a client that has to start a supervisor does that first.
    from workers.client import configured_temporal

    return hashlib.sha256(repr((settings.database_url, configured_temporal())).encode()).hexdigest()


def tell(home: Home, stack: RunningStack) -> None:
    """Makes the stack known to clients."""
    write_private(home.record, stack.model_dump_json(indent=2))


def running_stack(home: Home) -> RunningStack | None:
    """The stack of this home, if one serves."""
    # A supervisor that was killed leaves its record, but never its lock.
    if not held_exclusively(home.stack_lock):
        return None
    try:
        return RunningStack.model_validate_json(home.record.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
