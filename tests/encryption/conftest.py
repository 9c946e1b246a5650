"""Workers with keys of a test's own."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
import pytest

from activities.safety.second_net import EncoderSecondNet, Net
from schema.onboarding.bank import BankQuestion
from workers.bootstrap import Parts
from workers.process_encryption import Encryption


@pytest.fixture
def parts_with(
    parts: Parts, worker_pool: asyncpg.Pool, bank: list[BankQuestion], net: Net
) -> Callable[[Encryption], Parts]:
    """Makes what workers with these keys are made of."""
    return lambda keys: Parts.on(worker_pool, keys, bank, net=EncoderSecondNet(worker_pool, keys.columns, net))
