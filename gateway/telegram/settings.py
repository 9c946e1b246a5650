"""Settings of the Telegram bot: `SELFOLOGY_TELEGRAM_*` variables, or the same names in `.env`."""

from __future__ import annotations

import hmac
import re
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from schema.environment import EnvironmentSettings, WebAddress
from schema.operator_error import OperatorError

# Checked here, because the Redis client quotes an address that it can't parse.
_REDIS = re.compile(
    r"(rediss?://([^/?#@\s]*@)?([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(/\d*)?|redis\+unix://([^/?#@\s]*@)?/[^?#\s]*)"
    r"(\?[^#\s]*)?",
    re.ASCII,
)


class TelegramSettings(EnvironmentSettings):
    """Settings of the process that talks to Telegram."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_TELEGRAM_")

    token: SecretStr | None = None
    """The bot's token, from @BotFather."""
    api_url: WebAddress | None = None
    """The Bot API server, when it is another one than Telegram's own."""
    webhook_url: str | None = None
    """Where Telegram reaches this bot, such as https://example.org/telegram; when unset, the bot asks for updates."""
    webhook_secret: SecretStr | None = None
    """The secret that Telegram sends with every webhook request. When unset, it is derived from the token."""
    webhook_host: str = "127.0.0.1"
    """The address that the webhook's server listens on, behind a proxy that speaks TLS."""
    webhook_port: int = Field(default=8080, ge=0, le=65535)
    """The port that the webhook's server listens on."""
    limits_storage: SecretStr | None = None
    """Where requests are counted, such as redis://host:6379, for several gateways; in memory when unset."""
    limit: int = Field(default=30, ge=1)
    """Requests that one person may make within `limit_window`."""
    limit_window: int = Field(default=60, ge=1)
    """The window that requests are counted in, in seconds: a moving one, or in Redis one after the other."""

    voices_a_day: int = Field(default=50, ge=1)
    """How many voice messages of one person are heard within 24 hours, where they can be heard at all."""

    @property
    def known_token(self) -> str:
        """The token. Raises `OperatorError` when there is none."""
        if self.token is None:
            raise OperatorError(
                "The Telegram bot has no token: write /newbot to @BotFather in Telegram, and put the token that it"
                " gives you into the file .env as SELFOLOGY_TELEGRAM_TOKEN=..."
            )
        return self.token.get_secret_value()

    @property
    def webhook_path(self) -> str:
        """The path of the webhook's address, decoded as the server decodes that of a request."""
        return unquote(urlsplit(self.webhook_url or "").path) or "/"

    @property
    def known_webhook_secret(self) -> str:
        """The webhook's secret; the same in every process with the same token."""
        if self.webhook_secret is not None:
            return self.webhook_secret.get_secret_value()
        return hmac.digest(self.known_token.encode(), b"webhook", "sha256").hex()

    @field_validator("webhook_url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("takes an address that begins with https://")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _as_telegram_takes_it(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret.get_secret_value()):
            raise ValueError("takes 16 to 256 of the characters A-Z a-z 0-9 _ -")
        return secret

    @field_validator("limits_storage")
    @classmethod
    def _redis(cls, storage: SecretStr | None) -> SecretStr | None:
        if storage is not None and not _REDIS.fullmatch(storage.get_secret_value()):
            raise ValueError(
                "takes an address such as redis://:password@host:6379; in a password, write # / ? @ as %23 %2F %3F %40"
            )
        return storage
