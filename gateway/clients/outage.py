"""What a client's failure means: whether the same may succeed later."""

from __future__ import annotations

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.service import RPCError, RPCStatusCode

# About this very request, so no other attempt will change it.
_REFUSED = (
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.ALREADY_EXISTS,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.FAILED_PRECONDITION,
)
# About the server's settings or this client's: until an operator has mended it, all requests fail.
NOT_LET_IN = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)


def is_outage(error: BaseException) -> bool:
    """Whether a call failed for a reason that passes, so that it is worth another attempt."""
    if not isinstance(error, RPCError):
        return False
    return error.status not in _REFUSED or _lacks_namespace(error)


def means_no_workflow(error: RPCError) -> bool:
    """Whether a call failed because the workflow that it is about does not run."""
    return error.status is RPCStatusCode.NOT_FOUND and not _lacks_namespace(error)


def _lacks_namespace(error: RPCError) -> bool:
    """Whether the server does not know our namespace: it is being set up, or another one is meant."""
    return any(detail.Is(NamespaceNotFoundFailure.DESCRIPTOR) for detail in error.grpc_status.details)
