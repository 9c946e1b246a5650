"""Where a process sends what it tells of itself."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from schema.environment import EnvironmentSettings, WebAddress

METRICS_PORTS = {"worker": 9464, "bot": 9465, "vectors": 9466, "terminal": 9467, "codec": 9468}
"""The ports of metrics by kind of process: all of them may run on one machine."""

HEALTH_PORTS = {process: port + 10 for process, port in METRICS_PORTS.items()}
"""The ports for probes."""


class TelemetrySettings(EnvironmentSettings):
    """Settings of telemetry. `OTEL_*` are OpenTelemetry's own, such as `OTEL_TRACES_SAMPLER` and its `_ARG`."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_")

    otlp_endpoint: WebAddress | None = Field(
        default=None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    )
    """The collector that takes spans over OTLP and HTTP, such as http://localhost:4318. Unset, none are sent."""
    trace_file: Path | None = None
    """A file to which spans are appended in OTLP's JSON, as a collector's file exporter does. Unset, none are."""

    metrics_host: str | None = None
    """The address at which Prometheus may ask for metrics, such as 127.0.0.1; 0.0.0.0 in a container. Unset, none."""
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """The port of that. Unset, one for each kind of process: `METRICS_PORTS`."""

    health_host: str | None = None
    """The address at which probes may ask `/livez` and `/readyz`. Unset, none."""
    health_port: int | None = Field(default=None, ge=1, le=65535)
    """The port of that. Unset, one for each kind of process: `HEALTH_PORTS`."""

    @property
    def traced(self) -> bool:
        """Whether anybody takes spans."""
        return self.otlp_endpoint is not None or self.trace_file is not None
