"""Settings away from the developer's own, and the command line in this process."""

from __future__ import annotations

from tests.stack.conftest import in_process, no_servers

__all__ = ["in_process", "no_servers"]
