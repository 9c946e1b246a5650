"""`selfology codec`: decrypts for operators in the Web UI and Temporal's CLI."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import typer

from workers.optional_dependencies import require_extra

if TYPE_CHECKING:
    from gateway.codec.operators import Operators
    from gateway.codec.settings import CodecSettings
    from workers.stack.join import Stack


def codec() -> None:
    """Decrypt for operators who say who they are and why, until SIGTERM or Ctrl-C. Each look is written down."""
    require_extra("codec")
    asyncio.run(_codec())


async def _codec() -> None:
    from activities.account.look_log import PostgresLookLog
    from gateway.codec.app import CodecServer
    from gateway.codec.settings import CodecSettings
    from gateway.serving import serving
    from workers.database import database_pool
    from workers.database_roles import Role
    from workers.encryption.payload_codec import PersonalCodec
    from workers.health import checks
    from workers.health.probes import served_health
    from workers.logs import log_to_output
    from workers.settings import Settings
    from workers.shutdown import stop_on_signals
    from workers.stack.join import joined_stack
    from workers.telemetry.start import start_telemetry

    served = CodecSettings()
    log_to_output()
    start_telemetry("codec")
    async with joined_stack(Settings(), Role.CODEC) as stack, stack.encryption() as encryption:
        with stop_on_signals() as stop:
            operators, token = _operators(served, stack)
            origins = _origins(served, stack)
            await stack.check_database()
            async with database_pool(stack.database_url, min_size=1, max_size=4) as pool:
                codec = PersonalCodec(encryption.keys, writes=False)
                server = CodecServer(codec, operators, PostgresLookLog(pool), origins)
                look = [checks.database(pool), checks.key_store(encryption.store)]
                async with (
                    served_health("codec", look) as health,
                    serving(server.application(), served.host, served.port, setting="SELFOLOGY_CODEC_PORT") as port,
                ):
                    host = f"[{served.host}]" if ":" in served.host else served.host
                    _announce(f"http://{host}:{port}", origins[0], token)
                    await stop.wait()
                    health.draining = True


def _operators(served: CodecSettings, stack: Stack) -> tuple[Operators, str | None]:
    """Returns who may look; and, in an embedded stack, the token of who runs this."""
    import getpass

    from gateway.codec.operators import IssuedOperators, LocalOperators
    from schema.operator_error import OperatorError

    if served.issuer and served.audience and served.keys_url:
        return IssuedOperators(served.issuer, served.audience, served.keys_url), None
    if stack.ui_url is None:
        raise OperatorError(
            "Nobody can be told to be an operator: set SELFOLOGY_CODEC_ISSUER, _AUDIENCE and _KEYS_URL, by which the"
            " tokens of your identity provider are checked."
        )
    local = LocalOperators()
    return local, local.token_of(getpass.getuser())


def _origins(served: CodecSettings, stack: Stack) -> list[str]:
    """Returns the origins of the Web UI, the configured one or the embedded one."""
    from schema.operator_error import OperatorError

    if (ui := served.ui or stack.ui_url) is None:
        raise OperatorError("SELFOLOGY_CODEC_UI is not set: the address of the Web UI, whose pages may ask.")
    return [origin_of(ui)]


def origin_of(address: str) -> str:
    """Returns the origin of a page (RFC 6454), as browsers write it."""
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    usual = {"http": ":80", "https": ":443"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def _announce(address: str, ui: str, token: str | None) -> None:
    typer.echo(f"The codec server listens at {address}, Ctrl-C leaves.")
    typer.echo(f"Say why you look: {address}/{f'#{token}' if token else ''}")
    typer.echo(
        f"In the Web UI ({ui}), the glasses at the top: codec server {address}, include cross-origin credentials."
    )
