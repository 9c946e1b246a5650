"""Settings away from the developer's own."""

from tests.stack.conftest import no_servers

__all__ = ["no_servers"]
