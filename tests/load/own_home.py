"""An embedded stack of its own for a measurement, for which nobody pays."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.stack.home import Home
from workers.stack.locks import held_exclusively


@contextmanager
def own_home() -> Iterator[Path]:
    """A directory that settings name as the home, and that is gone after the context, once its stack has ended."""
    # Away from keys, in the environment or in the developer's `.env`.
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="selfology-load-") as folder:
        os.chdir(folder)
        os.environ["SELFOLOGY_HOME"] = folder
        yield Path(folder)
        # The stack ends after its last client has left, and its processes write until then.
        while held_exclusively(Home(Path(folder)).stack_lock):
            time.sleep(0.1)
