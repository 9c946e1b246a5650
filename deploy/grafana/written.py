"""The dashboards as Grafana takes them: a file each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana import database, glance, models, people, temporal

FOLDER = Path(__file__).parent / "dashboards"


def written() -> Mapping[str, str]:
    """The files, by name."""
    boards = [each.BOARD.build() for each in (glance, people, models, temporal, database)]
    return {f"{board.uid}.json": f"{json.dumps(board, cls=JSONEncoder, indent=2)}\n" for board in boards}
