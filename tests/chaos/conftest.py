"""The home directories of real stacks, as the tests of the stack use them."""

from tests.stack.conftest import home, no_servers, pytest_itemcollected

__all__ = ["home", "no_servers", "pytest_itemcollected"]
