"""The home directories of real stacks, as the tests of the stack use them."""

from tests.stack.conftest import home, in_process, no_servers, selfology

__all__ = ["home", "in_process", "no_servers", "selfology"]
