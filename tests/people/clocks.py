"""The clocks of workflows that people begin: several may begin at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from temporalio.testing import TimeSkipper, WorkflowEnvironment


class Clocks:
    """Those of one server."""

    def __init__(self, env: WorkflowEnvironment | TimeSkipper) -> None:
        self._env = env
        self._beginning, self._still = 0, ExitStack()

    @contextmanager
    def stand_still(self) -> Iterator[None]:
        """The clock of what is begun meanwhile only moves when a test moves it, else it would race to its own timeout.

        Of two blocks of the environment's own that overlap, the first to end would let the other's clock run.
        """
        if not self._beginning:
            self._still.enter_context(self._env.with_time_skipping_disabled())
        self._beginning += 1
        try:
            yield
        finally:
            self._beginning -= 1
            if not self._beginning:
                self._still.close()
