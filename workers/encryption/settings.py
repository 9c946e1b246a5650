"""Settings of encryption: where keys are kept, and who holds the master keys."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from activities.encryption.master_keys import KeyRing
from schema.environment import EnvironmentSettings, WebAddress
from schema.redaction import keep_out
from workers.database_address import DatabaseUrl, with_password


class EncryptionSettings(EnvironmentSettings):
    """The same for every process that serves the same people."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_")

    encryption: bool = True
    """Whether texts are written as ciphertext. What is ciphertext is read in either case.

    With `false`, the release before still reads all that is written: for the days in which one may want to roll back.
    """
    keys_database_password: SecretStr | None = Field(default=None, validation_alias="KEYS_DATABASE_PASSWORD")
    """The password of KEYS_DATABASE_URL's user, where the address has none."""
    keys_database_url: DatabaseUrl | None = Field(default=None, validation_alias="KEYS_DATABASE_URL", repr=False)
    """The PostgreSQL database of keys, which is not that of DATABASE_URL; a file of the home directory when unset."""
    master_keys: SecretStr | None = None
    """The master keys as `name:key` words, the newest last; a key is 32 bytes in base64 (`openssl rand -base64 32`).

    When neither they nor Vault are set, they are made and kept in a file of the home directory.
    """
    vault_address: WebAddress | None = None
    """Vault or OpenBao, such as https://vault.example.org:8200, whose transit engine then holds the master keys."""
    vault_token: SecretStr | None = None
    """A token that may encrypt, decrypt and read the transit key."""
    vault_key: str = "selfology"
    """The transit key, made with `derived=true`."""
    vault_mount: str = "transit"
    """Where the transit engine is mounted."""

    @field_validator("keys_database_url")
    @classmethod
    def _with_password(cls, url: str | None, info: ValidationInfo) -> str | None:
        return with_password(url, info.data.get("keys_database_password"))

    @field_validator("master_keys")
    @classmethod
    def _readable(cls, keys: SecretStr | None) -> SecretStr | None:
        if keys is not None:
            for word in keys.get_secret_value().split():
                keep_out(word.partition(":")[2] or word)
            KeyRing.parse(keys.get_secret_value())
        return keys

    @field_validator("vault_token")
    @classmethod
    def _secret(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None:
            keep_out(token.get_secret_value())
        return token
