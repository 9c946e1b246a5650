"""The one place where the Temporal client and its data converter are made."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from workers.errors import OperatorError
from workflows.onboarding.attributes import ALL

CONNECT_TIMEOUT = timedelta(seconds=10)
"""How long a server may take to answer the first call."""

SEARCH_ATTRIBUTES = {key.name: SearchAttributeIndexedValueType(key.indexed_value_type).name for key in ALL}
"""The type (KEYWORD, INT, ...) of each search attribute that the server must know, by name."""


def configured_temporal() -> ClientConfigProfile | None:
    """The real server that Temporal's own configuration names; None when it names no address.

    Read from the environment (`TEMPORAL_ADDRESS`, `TEMPORAL_PROFILE`, ...) and Temporal's profile file. Raises
    `OperatorError` when the configuration can't be read.
    """
    try:
        profile = ClientConfigProfile.load()
    except RuntimeError as error:
        # The first line only: the next ones quote the file, which may hold a key.
        raise OperatorError(f"Temporal's client configuration: {str(error).splitlines()[0]}.") from None
    return profile if profile.address else None


async def connect(embedded_address: str | None = None) -> Client:
    """A client of the configured server or, when none is configured, of the embedded one.

    Raises `OperatorError` when there is no server to connect to or it can't be reached.
    """
    profile = configured_temporal()
    address = profile.address if profile else embedded_address
    if address is None:
        raise OperatorError("No Temporal server is configured: set TEMPORAL_ADDRESS, or a profile of Temporal's CLI.")
    try:
        config = profile.to_client_connect_config() if profile else ClientConnectConfig(target_host=address)
        return await asyncio.wait_for(
            Client.connect(**config, data_converter=pydantic_data_converter),
            CONNECT_TIMEOUT.total_seconds(),
        )
    except TimeoutError:
        reason = f"no answer within {CONNECT_TIMEOUT.total_seconds():.0f} s"
    except (RuntimeError, ValueError, OSError) as error:
        reason = _cause(str(error))
    raise OperatorError(f"Temporal at {address} can't be reached: {reason}. Check TEMPORAL_ADDRESS and the network.")


async def register_search_attributes(client: Client) -> None:
    """Makes the server know the project's search attributes; changes nothing when it does.

    Raises `OperatorError` when the server does not let this client add them, as Temporal Cloud.
    """
    try:
        known = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
        missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in known.custom_attributes}
        if missing:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(
                    namespace=client.namespace,
                    search_attributes={
                        name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind}") for name, kind in missing.items()
                    },
                )
            )
    except RPCError as error:
        # Another process of ours was quicker.
        if error.status == RPCStatusCode.ALREADY_EXISTS:
            return
        wanted = ", ".join(f"{name} ({kind.title()})" for name, kind in SEARCH_ATTRIBUTES.items())
        raise OperatorError(
            f"Search attributes can't be added to namespace {client.namespace}: {error.message}. Add them: {wanted}."
        ) from error


def _cause(error: str) -> str:
    """What an operator would recognise in the SDK's nested Rust error."""
    known = {
        "ConnectionRefused": "connection refused",
        "dns error": "its host name is not known",
        "timed out": "the connection timed out",
    }
    return next((plain for sign, plain in known.items() if sign in error), error)
