"""The home directories of real stacks, as the tests of the stack use them, and servers that need no stack."""

from __future__ import annotations

import pytest

from tests.stack.conftest import home, in_process, no_servers, selfology

__all__ = ["home", "in_process", "no_servers", "selfology"]


@pytest.fixture
def there(temporal_address: str, database_url: str) -> dict[str, str]:
    """Settings that name the servers of this test run: with them a command starts none."""
    return {"TEMPORAL_ADDRESS": temporal_address, "DATABASE_URL": database_url}
