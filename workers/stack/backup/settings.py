"""Settings of backups, and the key pair by which they are encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from schema.environment import EnvironmentSettings, Seconds
from schema.operator_error import OperatorError
from schema.redaction import keep_out
from workers.encryption.settings import EncryptionSettings
from workers.optional_dependencies import require_extra
from workers.settings import Settings
from workers.stack.home import Home

if TYPE_CHECKING:
    from pyrage import x25519


class BackupSettings(EnvironmentSettings):
    """Where backups go, and who can read them."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_")

    backups: Path | None = None
    """The directory of backups, best on another disk. When unset, there are none."""
    key_backups: Path | None = None
    """The directory of copies of the key store; `keys` within that of backups, when unset.

    Apart, so that whoever holds old backups holds no old keys: a copy of keys is kept for a week only.
    """
    backup_every: Seconds = timedelta(minutes=4)
    """How much time may be lost at most: so often, what has changed since is archived.

    Less than the five minutes that are promised, since archiving takes some seconds, too.
    """
    backup_recipient: str | None = None
    """The public key (age1...) to which backups are encrypted. Without it, that of the identity.

    A machine that has this and no identity can make backups and read none.
    """
    backup_identity: SecretStr | None = None
    """The secret key (AGE-SECRET-KEY-1...) that opens backups; a file of the home directory when neither is set."""

    @field_validator("backups", "key_backups")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        return folder.expanduser().resolve() if folder else None

    @field_validator("backup_identity")
    @classmethod
    def _secret(cls, identity: SecretStr | None) -> SecretStr | None:
        if identity is not None:
            keep_out(identity.get_secret_value())
        return identity


@dataclass(frozen=True)
class BackupKeys:
    """To whom backups are encrypted, and what opens them."""

    recipient: x25519.Recipient
    identity: x25519.Identity | None
    """None where the identity is kept elsewhere."""

    @property
    def opened(self) -> x25519.Identity:
        """The identity. Raises `OperatorError` when it is kept elsewhere."""
        if self.identity is None:
            raise OperatorError("The backup's identity is not here: set SELFOLOGY_BACKUP_IDENTITY to it.")
        return self.identity


def backup_folder(settings: BackupSettings) -> Path:
    """Returns the configured directory. Raises `OperatorError` when there is none."""
    if settings.backups is None:
        raise OperatorError("No backups are kept: set SELFOLOGY_BACKUPS to a directory, best on another disk.")
    return settings.backups


def backup_keys(settings: BackupSettings, home: Home, *, making: bool = False) -> BackupKeys:
    """Returns the keys of the settings, or those of the home directory, where `making` makes them.

    Raises `OperatorError` when they can't be read or there are none.
    """
    require_extra("embedded")
    from pyrage import IdentityError, RecipientError, x25519

    secret = settings.backup_identity.get_secret_value() if settings.backup_identity else None
    if secret is None and settings.backup_recipient is None:
        if not making and not home.backup_identity.exists():
            raise OperatorError(
                f"The backup's identity is neither in {home.backup_identity} nor in SELFOLOGY_BACKUP_IDENTITY."
            )
        secret = home.kept_backup_identity(lambda: str(x25519.Identity.generate()))
        keep_out(secret)
    try:
        identity = x25519.Identity.from_str(secret.strip()) if secret else None
    except IdentityError:
        raise OperatorError("The backup's identity can't be read: it takes AGE-SECRET-KEY-1 and 58 more.") from None
    try:
        told = x25519.Recipient.from_str(settings.backup_recipient) if settings.backup_recipient else None
    except RecipientError:
        raise OperatorError("SELFOLOGY_BACKUP_RECIPIENT takes a public key of age: age1 and 58 more.") from None
    own = identity.to_public() if identity else None
    if told is not None and own is not None and str(told) != str(own):
        raise OperatorError("SELFOLOGY_BACKUP_RECIPIENT is not the public key of the backup's identity.")
    recipient = told or own
    assert recipient is not None
    return BackupKeys(recipient, identity)


def refuse_other_servers(settings: Settings) -> None:
    """Raises `OperatorError` where a server is configured: then its data is not the home's to back up or restore."""
    # Imported here because it is slow: the supervisor imports it anyway, while its servers start.
    from workers.client import configured_temporal

    if settings.database_url or configured_temporal() or EncryptionSettings().keys_database_url:
        raise OperatorError(
            "SELFOLOGY_BACKUPS is for a home with servers and keys of its own; docs/backup.md tells how to back up"
            " the servers of DATABASE_URL, KEYS_DATABASE_URL and TEMPORAL_ADDRESS."
        )
