"""The home directories of real stacks, as the tests of the stack use them."""

from __future__ import annotations

import pytest

from tests.stack.conftest import home, no_servers
from tests.stack.conftest import pytest_itemcollected as takes_long

__all__ = ["home", "no_servers"]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Kills of whole processes are among the long tests: with the encoder, each start takes a second more."""
    takes_long(item)
    item.add_marker(pytest.mark.long)
