"""Settings of the processes: environment variables, or the same names in a `.env` file of the working directory."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from dotenv import dotenv_values
from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from schema.vocabulary import Locale
from workers.database_address import DatabaseAddress
from workers.errors import OperatorError
from workers.redaction import keep_out


def _seconds(value: object) -> object:
    """Reads "2" and "0.5" as seconds; anything else is left to pydantic."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


ENV_FILE = Path(".env")
ENV_FILE_ENCODING = "utf-8-sig"
"""UTF-8, with a byte order mark or without."""

PEPPER_LENGTH = 16
"""The fewest characters of a pepper. Too many to try them all, if they are random."""

Seconds = Annotated[timedelta, BeforeValidator(_seconds), Field(gt=timedelta(0))]
"""A time in seconds, or in ISO 8601 ("PT2S")."""


def _web_address(url: str) -> str:
    # Whoever reads it next quotes what it can't read.
    if not re.fullmatch(r"https?://([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(/[^?#\s]*)?", url, re.ASCII):
        raise ValueError("takes an address such as https://example.org/path, without name and password")
    return url


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""Where something speaks HTTP."""

_TAKES = {
    "bool_parsing": "takes true or false",
    "int_parsing": "takes a whole number",
    "time_delta_parsing": "takes a number of seconds",
    "greater_than": "takes a number above 0",
}
"""What a setting takes, by pydantic's type of error; other errors say it themselves."""


def environment(prefix: str) -> dict[str, str]:
    """Variables of that prefix, for a library that has its own: the environment's over `.env`.

    Raises `OperatorError` when the file can't be read.
    """
    try:
        said = {**dotenv_values(ENV_FILE, encoding=ENV_FILE_ENCODING), **{n: v for n, v in os.environ.items() if v}}
    except (UnicodeDecodeError, OSError) as error:
        raise OperatorError(_unreadable(error)) from None
    return {name: value for name, value in said.items() if value and name.startswith(prefix)}


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

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise OperatorError(self._explanation(error)) from None
        except SettingsError as error:
            # Its own words are about classes.
            field = re.search(r'field "(\w+)"', str(error))
            variable = f"{self.model_config.get('env_prefix', '')}{field[1] if field else ''}".upper()
            raise OperatorError(f"{variable}: takes JSON; or set each of its parts as a variable of its own.") from None
        except (UnicodeDecodeError, OSError) as error:
            raise OperatorError(_unreadable(error)) from None

    def model_post_init(self, _: Any) -> None:
        """Makes the log's redactor know every secret that was set."""
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


class Engine(EnvironmentSettings):
    """Settings of Temporal workers, each with its reason. Measured on 2 cores with a dev server."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_ENGINE_")

    sticky_queue_schedule_to_start_timeout: Seconds = timedelta(seconds=1)
    """How long a task waits for the worker that has its workflow cached.

    A worker killed under load costs p95 1.1 s with 1 s here, and 10 s with the SDK's default of 10 s.
    """
    workflow_task_timeout: Seconds = timedelta(seconds=2)
    """How long a worker may hold a workflow task before another one gets it.

    With the server's default of 10 s, the tasks that a killed worker held come back only after 10 s.
    """
    max_cached_workflows: int = Field(default=4000, ge=1)
    """How many workflows a process keeps in memory, 52-88 KiB each.

    A cache smaller than the open sessions is the worst failure found: p50 rises from 28 ms to 4.3 s, because every
    answer replays its session.
    """
    max_concurrent_workflow_tasks: int = Field(default=12, ge=2)
    """Workflow tasks that a process runs at a time. Fixed: a tuner by resources throttles on a busy 2-core machine.

    They share one interpreter lock, and a session's first task takes 10 ms of it: twelve under way end within 120 ms,
    and on a machine eight times slower within half of their timeout. More run no faster: with 100, 30 tasks of 300
    people who came at once timed out in the queue of their worker and were done twice; with twelve, none.
    """
    max_concurrent_activities: int = Field(default=100, ge=1)
    """Remote activities that a process runs at a time. They wait for the network, so many fit on a core."""
    max_concurrent_local_activities: int = Field(default=100, ge=1)
    """Local activities that a process runs at a time. Fixed, for the reason of workflow tasks."""
    max_concurrent_analyses: int = Field(default=100, ge=1)
    """Deep analyses of the offline analyst that a process runs at a time: only when no model could read an answer."""
    max_concurrent_model_calls: int = Field(default=500, ge=1)
    """Calls that a process has under way with one provider of language models. They wait for the network.

    As many as begin while one lasts at most: 20 a second for 25 s. With fewer, deep readings would take the places of
    reactions here, where nothing puts those first; with enough, calls wait on the server, by priority.
    """
    model_calls_per_second: float = Field(default=20, gt=0)
    """Calls a second to one provider, of all processes together.

    Set it below the account's own limit: Temporal then queues calls by priority, where the provider would refuse them.
    """
    database_connections: int = Field(default=10, ge=2)
    """PostgreSQL connections of a process. Queries take about 1 ms; PostgreSQL serves 100 connections by default."""
    graceful_shutdown_timeout: Seconds = timedelta(seconds=8)
    """How long running activities may still finish when a process is told to stop.

    The SDK's default of 0 cancels them at once. An instant feedback (1.5 s) and a delivery (4 s) fit in; a deep
    analysis that does not is retried elsewhere. Below the 10 s that container engines give before they kill.
    """


class Settings(EnvironmentSettings):
    """Settings of every process. Temporal's own are read from its profiles and `TEMPORAL_*` variables."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_")

    home: Path = Field(default_factory=lambda: user_data_path("selfology", appauthor=False), validate_default=True)
    """The directory that keeps the embedded servers' data; where this system keeps a person's data, when unset."""
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL", repr=False)
    """PostgreSQL's address; the embedded one when unset."""
    pepper: SecretStr | None = None
    """The secret that turns a person's channel id into their `user_ref`.

    Every process that serves the same people must have the same one; with another, they become strangers. When unset,
    one is made and kept in the home directory.
    """
    sandbox: bool = False
    """Whether workflows run in the SDK's sandbox, which finds what is not deterministic.

    All tests and the replay of histories do. Who serves people saves 35 % of worker CPU, and most of a session's first
    task: 1,000 people who come at once are all asked as fast as Telegram allows, where the sandbox would time out.
    """
    locale: Locale = Locale.RU
    """The language of people whose own is not known: ru or en."""
    engine: Engine = Field(default_factory=Engine)
    """Settings of Temporal workers."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        try:
            return home.expanduser().resolve()
        except (OSError, RuntimeError) as error:
            raise ValueError(f"{home} is no usable path") from error

    @field_validator("pepper")
    @classmethod
    def _long_enough(cls, pepper: SecretStr | None) -> SecretStr | None:
        if pepper is not None and len(pepper.get_secret_value()) < PEPPER_LENGTH:
            raise ValueError(f"takes {PEPPER_LENGTH} characters or more")
        return pepper

    @field_validator("database_url")
    @classmethod
    def _understood(cls, url: str | None) -> str | None:
        if url is None:
            return None
        address = DatabaseAddress.parse(url)
        if address.password:
            keep_out(address.password)
        return address.url
