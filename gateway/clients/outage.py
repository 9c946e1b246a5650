"""Decides from a failed call whether the same call may succeed later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.service import RPCError, RPCStatusCode

from schema.errors import KeysAway

# The server rejects this request itself, so a retry fails too.
_REFUSED = (
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.ALREADY_EXISTS,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.FAILED_PRECONDITION,
)
# The server's or the client's settings are wrong. All requests fail until an operator corrects them.
NOT_LET_IN = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)


def is_outage(error: BaseException) -> bool:
    """Returns whether a call failed for a temporary reason, so that a retry makes sense."""
    if not isinstance(error, RPCError):
        return False
    return error.status not in _REFUSED or _lacks_namespace(error)


@contextmanager
def keys_away_is_an_outage() -> Iterator[None]:
    """Raises `RPCError` for `KeysAway`: a channel knows one kind of outage, in which what came comes again."""
    try:
        yield
    except KeysAway as error:
        raise RPCError(str(error), RPCStatusCode.UNAVAILABLE, b"") from None


def means_no_workflow(error: RPCError) -> bool:
    """Returns whether a call failed because its workflow is not running."""
    return error.status is RPCStatusCode.NOT_FOUND and not _lacks_namespace(error)


def _lacks_namespace(error: RPCError) -> bool:
    """Returns whether the server does not know the namespace: not set up yet, or the wrong one is configured."""
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
