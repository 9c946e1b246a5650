"""The home directories of real stacks, as the tests of the stack use them, and servers that need no stack."""

from __future__ import annotations

import pytest

from tests.keys import key_settings
from tests.stack.conftest import home, in_process, no_servers, selfology
from workers.database import database_connection
from workers.migrations import KEY_MIGRATIONS, migrate

__all__ = ["home", "in_process", "no_servers", "selfology"]


@pytest.fixture
async def there(temporal_address: str, database_url: str) -> dict[str, str]:
    """Settings that name the servers of this test run: with them a command starts none."""
    keys = key_settings(database_url)
    await migrate(keys["KEYS_DATABASE_URL"], KEY_MIGRATIONS / "postgres")
    # Those of other tests are under other master keys.
    async with database_connection(keys["KEYS_DATABASE_URL"]) as connection:
        await connection.execute("TRUNCATE data_keys, destroyed_keys")
    return {"TEMPORAL_ADDRESS": temporal_address, "DATABASE_URL": database_url, **keys}
