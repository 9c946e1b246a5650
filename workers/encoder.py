"""Loads the second net where its encoder is installed and wanted."""

from __future__ import annotations

import asyncio
import logging

import asyncpg

from activities.encryption.column import TextColumns
from schema.operator_error import OperatorError
from schema.safety.activities import SecondNet
from workers.optional_dependencies import require_extra

log = logging.getLogger(__name__)


async def second_net(pool: asyncpg.Pool, columns: TextColumns) -> SecondNet | None:
    """The second net, loaded beside the event loop; None, with a line in the log, in an install without the encoder.

    Raises `OperatorError` when it was trained for another version of the encoder.
    """
    try:
        require_extra("encoder")
    except OperatorError as error:
        log.warning("There is no second net, and rules alone hear danger. %s", error)
        return None
    # An install without the extra lacks NumPy, too.
    from activities.safety.second_net import EncoderSecondNet, Net  # noqa: PLC0415

    return EncoderSecondNet(pool, columns, await asyncio.to_thread(Net.loaded))
