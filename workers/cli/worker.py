"""`selfology worker`: workers in the foreground, on real servers."""

from __future__ import annotations

import asyncio

import typer


def worker() -> None:
    """Run workers on the configured Temporal and PostgreSQL until SIGTERM or Ctrl-C."""
    asyncio.run(_worker())


async def _worker() -> None:
    from schema.account.consent import OperatorSettings
    from schema.operator_error import OperatorError
    from workers.client import configured_temporal, connect, register_search_attributes
    from workers.deployment_settings import DeploymentSettings
    from workers.logs import announce, log_to_output
    from workers.migrations import migrations_of
    from workers.process_encryption import opened_encryption
    from workers.run import serve
    from workers.settings import Settings
    from workers.shutdown import stop_on_signals
    from workers.telemetry.start import start_telemetry

    settings = Settings()
    if settings.database_url is None or configured_temporal() is None:
        raise OperatorError(
            "Workers need real servers: set DATABASE_URL and TEMPORAL_ADDRESS. `selfology up` runs embedded ones."
        )
    log_to_output()
    start_telemetry("worker")
    with stop_on_signals() as stop:
        (await migrations_of(settings.database_url)).refuse_other()
        async with opened_encryption(files=None) as encryption:
            client = await connect(encryption=encryption)
            await register_search_attributes(client)
            version = DeploymentSettings()
            async with serve(
                *(client, settings.database_url, settings, encryption), version=version.worker
            ) as complaints:
                for complaint in (*complaints, *filter(None, [OperatorSettings().complaint])):
                    typer.echo(f"selfology: {complaint}", err=True)
                announce("Workers run. SIGTERM or Ctrl-C drains and ends them.")
                if version.deployment:
                    announce(f"They are version {version.build_id}, which gets its tasks by `selfology deploy`.")
                await stop.wait()
