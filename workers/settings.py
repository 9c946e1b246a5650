"""Settings of every process, and of Temporal workers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from activities.ai.providers import PROVIDERS
from schema.analysis.names import OFFLINE_QUEUE, provider_queue
from schema.environment import EnvironmentSettings, Seconds
from schema.onboarding.names import TASK_QUEUE
from schema.safety.names import ENCODER_QUEUE
from schema.vocabulary import Locale
from workers.database_address import DatabaseUrl, with_password

WORKER_QUEUES = frozenset({TASK_QUEUE, OFFLINE_QUEUE, ENCODER_QUEUE, *map(provider_queue, PROVIDERS)})
"""The task queues of `selfology worker`. Channels and the process of vectors have their own."""

PEPPER_LENGTH = 16
"""The fewest characters of a pepper: enough to rule out a brute-force search, if they are random."""


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
    database_password: SecretStr | None = Field(default=None, validation_alias="DATABASE_PASSWORD")
    """The password of DATABASE_URL's user, where the address has none."""
    database_url: DatabaseUrl | None = Field(default=None, validation_alias="DATABASE_URL", repr=False)
    """PostgreSQL's address; the embedded one when unset."""
    pepper: SecretStr | None = None
    """The secret that turns a person's channel id into their `user_ref`.

    Every process that serves the same people must have the same one; with another, they become strangers. When unset,
    one is made and kept in the home directory.
    """
    worker_queues: Annotated[frozenset[str], NoDecode] = frozenset()
    """The task queues that the workers of this process serve, with commas between them; all of them when unset.

    So that those that people wait for, and those that call language models, grow each by what waits for it.
    """
    sandbox: bool = False
    """Whether workflows run in the SDK's sandbox, which finds what is not deterministic.

    Recorded scenarios and the replay of histories do. Who serves people saves worker CPU, and most of a session's first
    task: 1,000 people who come at once are all asked as fast as Telegram allows, where the sandbox would time out.
    """
    encoder: bool = True
    """Whether the workers of this process hold the sentence encoder (150 MB) and weigh what they read at once.

    Of several processes, one is enough: it weighs what the others read, for one more activity an answer.
    """
    vectors: bool = True
    """Whether the embedded stack runs the process by whose vectors people find what they said."""
    indexing_gives_way_minutes: float = Field(default=10, ge=0)
    """For how long that process puts off indexing while the machine is busy with what people wait for."""
    half_life_days: float = Field(default=180, gt=0)
    """The age in days at which what a person said weighs half of something new in their profile.

    All processes that serve the same people should have the same one: profiles follow it from their next change on.
    """
    coach_replies_a_day: int = Field(default=100, ge=1)
    """How many replies of the coach one person may have a day (UTC)."""
    coach_cost_a_day: Decimal = Field(default=Decimal(1), ge=0)
    """US dollars that models may cost a day (UTC) for the coach's replies to one person.

    From 80 % on the small tier replies, beyond it the offline coach. A reply of the standard tier costs a cent or two.
    """
    locale: Locale = Locale.RU
    """The language of people whose own is not known: ru or en."""
    engine: Engine = Field(default_factory=Engine)
    """Settings of Temporal workers."""

    @property
    def half_life(self) -> timedelta:
        """`half_life_days` as a duration."""
        return timedelta(days=self.half_life_days)

    @property
    def indexing_gives_way(self) -> timedelta:
        """`indexing_gives_way_minutes` as a duration."""
        return timedelta(minutes=self.indexing_gives_way_minutes)

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        try:
            return home.expanduser().resolve()
        except (OSError, RuntimeError) as error:
            raise ValueError(f"{home} is no usable path") from error

    @field_validator("worker_queues", mode="before")
    @classmethod
    def _known_queues(cls, told: object) -> object:
        if not isinstance(told, str):
            return told
        queues = frozenset(filter(None, map(str.strip, told.split(","))))
        if not queues <= WORKER_QUEUES:
            raise ValueError(f"takes {', '.join(sorted(WORKER_QUEUES))}, with commas between them")
        return queues

    @field_validator("database_url")
    @classmethod
    def _with_password(cls, url: str | None, info: ValidationInfo) -> str | None:
        return with_password(url, info.data.get("database_password"))

    @field_validator("pepper")
    @classmethod
    def _long_enough(cls, pepper: SecretStr | None) -> SecretStr | None:
        if pepper is not None and len(pepper.get_secret_value()) < PEPPER_LENGTH:
            raise ValueError(f"takes {PEPPER_LENGTH} characters or more")
        return pepper
