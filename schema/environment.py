"""Settings from environment variables, from a `.env` file in the working directory, or from files of secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from schema.operator_error import OperatorError
from schema.redaction import keep_out


def _seconds(value: object) -> object:
    """Reads "2" and "0.5" as seconds; anything else is left to pydantic."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


ENV_FILE = Path(".env")


ENV_FILE_ENCODING = "utf-8-sig"
"""UTF-8, with a byte order mark or without."""


Seconds = Annotated[timedelta, BeforeValidator(_seconds), Field(gt=timedelta(0))]
"""A time in seconds, or in ISO 8601 ("PT2S")."""


def _web_address(url: str) -> str:
    # A later reader would quote a value that it can't parse.
    if not re.fullmatch(r"https?://([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(/[^?#\s]*)?", url, re.ASCII):
        raise ValueError("takes an address such as https://example.org/path, without name and password")
    return url


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""An HTTP or HTTPS address."""


_TAKES = {
    "bool_parsing": "takes true or false",
    "int_parsing": "takes a whole number",
    "time_delta_parsing": "takes a number of seconds",
    "greater_than": "takes a number above 0",
}
"""What a setting takes, by pydantic's type of error; other errors say it themselves."""


SECRETS_DIR = "SELFOLOGY_SECRETS_DIR"
"""The variable that names a directory of secrets: a file for each, named as its variable in upper or lower case."""


def environment(prefix: str) -> dict[str, str]:
    """Variables of that prefix, for a library that has its own: the environment's over `.env`, over files of secrets.

    Raises `OperatorError` when a file can't be read.
    """
    try:
        written = dotenv_values(ENV_FILE, encoding=ENV_FILE_ENCODING)
    except (UnicodeDecodeError, OSError) as error:
        raise OperatorError(_unreadable(error)) from None
    sources = (secret_files(os.environ.get(SECRETS_DIR)), written, os.environ)
    return {n: value for source in sources for n, value in source.items() if value and n.startswith(prefix)}


def secret_files(directory: str | None) -> dict[str, str]:
    """The secrets of that directory by the names of their variables. A hidden or an empty file is none.

    Raises `OperatorError` when it can't be read.
    """
    if not directory:
        return {}
    try:
        files = [file for file in Path(directory).iterdir() if not file.name.startswith(".") and file.is_file()]
        # An editor, or `echo`, ends a file with a line break.
        return {file.name.upper(): secret for file in files if (secret := file.read_text(encoding="utf-8").strip())}
    except OSError as error:
        raise OperatorError(f"{SECRETS_DIR}: {error.filename or directory} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{SECRETS_DIR}: a file in {directory} is no text in UTF-8.") from None


class _SecretFiles(EnvSettingsSource):
    """Reads files of secrets as if they were variables, those of nested settings included."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        # Names are compared in lower case, as the library does it with variables.
        return {name.lower(): secret for name, secret in secret_files(os.environ.get(SECRETS_DIR)).items()}


def _unreadable(error: UnicodeDecodeError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{ENV_FILE.absolute()} can't be read: {error.strerror}."
    return f"{ENV_FILE.absolute()} can't be read: save it anew in the encoding UTF-8."


class EnvironmentSettings(BaseSettings):
    """The base of settings. A bad value raises `OperatorError`: one line that names the variable and what it takes."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding=ENV_FILE_ENCODING,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Reads files of secrets last: what a variable says goes over a file."""
        return init_settings, env_settings, dotenv_settings, _SecretFiles(settings_cls)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise OperatorError(self._explanation(error)) from None
        except SettingsError as error:
            # The library's own message is about classes.
            field = re.search(r'field "(\w+)"', str(error))
            variable = f"{self.model_config.get('env_prefix', '')}{field[1] if field else ''}".upper()
            raise OperatorError(f"{variable}: takes JSON; or set each of its parts as a variable of its own.") from None
        except (UnicodeDecodeError, OSError) as error:
            raise OperatorError(_unreadable(error)) from None

    def model_post_init(self, _: Any) -> None:
        """Registers every secret with the log's redactor."""
        for _name, value in self:
            if isinstance(value, SecretStr):
                keep_out(value.get_secret_value())

    @classmethod
    def _explanation(cls, error: ValidationError) -> str:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        name = str(first["loc"][0])
        prefix = cls.model_config.get("env_prefix", "")
        field = cls.model_fields.get(name)
        parts = "__".join(str(part) for part in first["loc"])
        variable = f"{prefix}{parts}".upper() if field else name
        meaning = (field.description or "").split("\n")[0] if field else ""
        reason = first["msg"].removeprefix("Value error, ")
        takes = _TAKES.get(first["type"], f"{reason[:1].lower()}{reason[1:]}")
        return f"{variable}: {takes}. {meaning}"
