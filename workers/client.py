"""Creates the Temporal client, with the project's data converter and search attributes."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from schema.environment import environment
from schema.operator_error import OperatorError
from schema.redaction import keep_out
from workers.data_converter import DATA_CONVERTER
from workers.process_encryption import Encryption
from workers.telemetry.tracing import client_plugins
from workflows.onboarding.search_attributes import ALL

_ADDRESS = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}", re.ASCII)
_REFUSED = "refuses this client: check TEMPORAL_API_KEY and TEMPORAL_TLS_*"
_REFUSALS = {
    RPCStatusCode.UNAUTHENTICATED: _REFUSED,
    RPCStatusCode.PERMISSION_DENIED: _REFUSED,
    RPCStatusCode.UNAVAILABLE: "is away: check TEMPORAL_ADDRESS and the network",
    RPCStatusCode.DEADLINE_EXCEEDED: "did not answer in time",
    RPCStatusCode.RESOURCE_EXHAUSTED: "is asked too much: try again later",
    RPCStatusCode.INVALID_ARGUMENT: "can't take what was asked: check ids, filters and the namespace",
    RPCStatusCode.NOT_FOUND: "does not know it",
}

CONNECT_TIMEOUT = timedelta(seconds=10)
"""The timeout of connecting, the first call included."""

SEARCH_ATTRIBUTES = {key.name: SearchAttributeIndexedValueType(key.indexed_value_type).name for key in ALL}
"""The search attributes that the server must have: their types (KEYWORD, INT, ...) by name."""


def configured_temporal() -> ClientConfigProfile | None:
    """Returns the profile of the configured Temporal server, or None when no address is configured.

    Reads the environment and `.env` (`TEMPORAL_ADDRESS`, `TEMPORAL_PROFILE`, ...) and Temporal's profile file. Raises
    `OperatorError` when the configuration can't be read.
    """
    variables = environment("TEMPORAL_")
    try:
        profile = ClientConfigProfile.load(override_env_vars=variables)
    except (RuntimeError, ValueError) as error:
        # Only the place of the fault: the rest of the error quotes the file, which may hold a key.
        place = re.search(r"at line \d+, column \d+", str(error))
        file = variables.get("TEMPORAL_CONFIG_FILE", "the file of profiles")
        raise OperatorError(
            f"Temporal's client configuration can't be read{f' ({place[0]})' if place else ''}:"
            f" check {file} and the variables TEMPORAL_*."
        ) from None
    for secret in (profile.api_key, *profile.grpc_meta.values()):
        if secret:
            keep_out(secret)
    if profile.address and not _ADDRESS.fullmatch(profile.address):
        raise OperatorError("TEMPORAL_ADDRESS: takes host:port, such as temporal.example.org:7233.")
    return profile if profile.address else None


async def connect(
    embedded_address: str | None = None, encryption: Encryption | None = None, *, channel: bool = False
) -> Client:
    """Connects to the configured server or, when none is configured, to the embedded one.

    Without keys, the client reads no ciphertext. That of a `channel` makes the keys of people.

    Raises `OperatorError` when there is no server or it can't be reached.
    """
    profile = configured_temporal()
    address = profile.address if profile else embedded_address
    if address is None:
        raise OperatorError("No Temporal server is configured: set TEMPORAL_ADDRESS, or a profile of Temporal's CLI.")
    try:
        config = profile.to_client_connect_config() if profile else ClientConnectConfig(target_host=address)
        async with asyncio.timeout(CONNECT_TIMEOUT.total_seconds()):
            client = await Client.connect(
                **config,
                data_converter=encryption.data_converter if encryption else DATA_CONVERTER,
                interceptors=encryption.for_channels if encryption and channel else [],
                plugins=client_plugins(),
            )
            # A client connects without checking the namespace; each later call would fail.
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
            return client
    except TimeoutError:
        reason = f"no answer within {CONNECT_TIMEOUT.total_seconds():.0f} s"
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise OperatorError(
                f"Temporal at {address} has no namespace {client.namespace}: set TEMPORAL_NAMESPACE, or create it."
            ) from None
        raise OperatorError(f"Temporal at {address} {explain_refusal(error)}.") from None
    except OSError as error:
        reason = f"a file of TEMPORAL_TLS_* can't be read ({error.strerror})"
    except (RuntimeError, ValueError) as error:
        reason = _cause(str(error))
    raise OperatorError(f"Temporal at {address} can't be reached: {reason}. Check TEMPORAL_ADDRESS and the network.")


def explain_refusal(error: RPCError) -> str:
    """Describes a server's error to an operator, with what to do. Quotes nothing of the server's own message."""
    return _REFUSALS.get(error.status, f"failed ({error.status.name}); its own log says why")


async def register_search_attributes(client: Client) -> None:
    """Adds the project's search attributes to the server where they are missing.

    Raises `OperatorError` when the server does not allow that, such as Temporal Cloud.
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
        # Another process has just added them.
        if error.status == RPCStatusCode.ALREADY_EXISTS:
            return
        wanted = ", ".join(f"{name} ({kind.title()})" for name, kind in SEARCH_ATTRIBUTES.items())
        raise OperatorError(
            f"Search attributes can't be added to namespace {client.namespace}: Temporal {explain_refusal(error)}."
            f" Add them: {wanted}."
        ) from None


def _cause(error: str) -> str:
    """Returns the cause of the SDK's nested Rust error, in words for operators."""
    known = {
        "ConnectionRefused": "connection refused",
        "dns error": "its host name is not known",
        "timed out": "the connection timed out",
        "InvalidCertificate": "its certificate is not trusted (TEMPORAL_TLS_SERVER_CA_CERT_PATH)",
        "PrivateKeyParseError": "the client's key can't be read (TEMPORAL_TLS_CLIENT_KEY_PATH)",
        "CertificateParseError": "the client's certificate can't be read (TEMPORAL_TLS_CLIENT_CERT_PATH)",
        "metadata": "TEMPORAL_API_KEY can't be sent as it is (spaces, line breaks, letters)",
        "header": "TEMPORAL_API_KEY can't be sent as it is (spaces, line breaks, letters)",
    }
    return next((plain for sign, plain in known.items() if sign in error), "the connection failed")
