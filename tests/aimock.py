"""aimock: a server that nobody here wrote speaks both providers' APIs on loopback, from the fixtures beside its tests.

A fixture is chosen by the model's name, which says what that model does: `reader` answers well, `slips-once` needs a
correction, `limited` is rate-limited.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.node import NODE, install

HERE = Path(__file__).parent / "activities" / "ai"


@contextmanager
def aimock(port: int = 0) -> Iterator[str]:
    """The address of a server that runs as long as the context; on any free port by default."""
    install(HERE)
    process = subprocess.Popen(
        [
            *(str(NODE), "node_modules/@copilotkit/aimock/dist/aimock-cli.js"),
            *("--config", "aimock.json", "--port", str(port)),
        ],
        cwd=HERE,
        env={**os.environ, "AIMOCK_STRICT_TURN_INDEX": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        listening = next((line for line in process.stdout if "listening on" in line), None)
        assert listening, "aimock ended before it listened"
        yield listening.split()[-1]
    finally:
        # It keeps nothing that a milder end would save.
        process.kill()
        process.wait()
