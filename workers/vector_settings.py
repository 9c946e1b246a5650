"""Settings of the store of vectors."""

from __future__ import annotations

from pydantic import Field, SecretStr

from schema.environment import EnvironmentSettings, WebAddress


class VectorSettings(EnvironmentSettings):
    """Where vectors are kept. Without a server, in the home directory of the one process that owns them."""

    qdrant_url: WebAddress | None = Field(default=None, validation_alias="QDRANT_URL")
    """The address of a Qdrant server; the embedded store when unset."""
    qdrant_api_key: SecretStr | None = Field(default=None, validation_alias="QDRANT_API_KEY")
    """The key that the server asks for, if it does."""
