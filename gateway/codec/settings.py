"""Settings of the codec server: `SELFOLOGY_CODEC_*` variables, or the same names in `.env`."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from schema.environment import EnvironmentSettings, WebAddress


class CodecSettings(EnvironmentSettings):
    """Settings of the process that decrypts for operators."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_CODEC_")

    host: str = "127.0.0.1"
    """The address that the codec server listens on, behind a proxy that speaks TLS."""
    port: int = Field(default=8234, ge=0, le=65535)
    """The port that the codec server listens on."""
    ui: WebAddress | None = None
    """The Web UI's address, such as https://temporal.example.org; the embedded one when unset."""
    issuer: str | None = None
    """Who issues operators' tokens: the claim `iss`. With an embedded Temporal, this server itself when unset."""
    audience: str | None = None
    """What the tokens are for: the claim `aud`."""
    keys_url: WebAddress | None = None
    """Where the issuer's public keys are, as a JSON Web Key Set."""

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        told = [self.issuer, self.audience, self.keys_url]
        if any(told) and not all(told):
            raise ValueError("SELFOLOGY_CODEC_ISSUER, _AUDIENCE and _KEYS_URL go together")
        return self
