"""The product's own metrics, as Prometheus sees them; the SDK's own come beside them.

Names follow https://prometheus.io/docs/practices/naming/: the exporter adds `_total` to counters, and the unit. Labels
take few values, each from an enumeration, the settings or the code: no id, and nothing of a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import MetricMeter
from temporalio.runtime import Runtime


def _meter() -> MetricMeter:
    """The meter of where this code runs. A workflow's records nothing during a replay."""
    if workflow.in_workflow():
        return workflow.metric_meter()
    if activity.in_activity():
        return activity.metric_meter()
    return Runtime.default().metric_meter


@dataclass(frozen=True)
class Metric:
    """A name, what it means, and which labels it has."""

    name: str
    description: str
    labels: Sequence[str] = ()

    @property
    def exposed(self) -> str:
        """The name that Prometheus gets; of a duration, its buckets, sum and count begin with it."""
        return self.name

    def _labelled(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        if set(labels) != set(self.labels):
            raise TypeError(f"{self.name} has the labels {', '.join(self.labels) or 'none'}")
        # Prometheus would take the values of enumerations by their Python names.
        return {name: str(value) for name, value in labels.items()}


@dataclass(frozen=True)
class Counter(Metric):
    """What only grows."""

    @property
    def exposed(self) -> str:
        return f"{self.name}_total"

    def add(self, value: int = 1, /, **labels: str) -> None:
        """Counts. Raises `TypeError` for other labels than its own."""
        counter = _meter().create_counter(self.name, self.description)
        counter.add(value, self._labelled(labels))


@dataclass(frozen=True)
class Duration(Metric):
    """How long something takes, in seconds, by buckets."""

    buckets: Sequence[float] = (0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 5, 10, 30, 60, 300)

    @property
    def exposed(self) -> str:
        return f"{self.name}_seconds"

    def record(self, value: timedelta, /, **labels: str) -> None:
        """Records one. Raises `TypeError` for other labels than its own."""
        histogram = _meter().create_histogram_timedelta(self.name, self.description, "duration")
        histogram.record(max(value, timedelta(0)), self._labelled(labels))


@dataclass(frozen=True)
class Gauge(Metric):
    """What goes up and down."""

    def set(self, value: float, /, **labels: str) -> None:
        """Sets the value of now. Raises `TypeError` for other labels than its own."""
        _meter().create_gauge_float(self.name, self.description).set(value, self._labelled(labels))


REQUEST = Duration(
    "selfology_request",
    "How long a door takes until what somebody did is kept, or is refused",
    ("door", "outcome"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
SESSIONS_OPENED = Counter("selfology_sessions_opened", "Sessions whose person has agreed")
SESSIONS_ENDED = Counter("selfology_sessions_ended", "Sessions that ended", ("status", "stage"))
ANSWER_FEEDBACK = Duration("selfology_answer_feedback", "From an answer to its feedback and the next question")
REACTIONS = Counter("selfology_reactions", "Reactions to answers, by the tier of who reacted", ("tier",))
ANALYSES = Counter("selfology_analyses", "Deep analyses, by the tier of who analysed", ("tier",))
ANALYSIS = Duration("selfology_analysis", "From an answer to its deep analysis", buckets=(1, 3, 10, 30, 60, 300, 3600))
REPLIES = Counter("selfology_replies", "Replies of the coach, by the tier of who wrote", ("tier",))
REPLY = Duration("selfology_reply", "From the arrival of a message to the coach's whole reply")
CRISES_HEARD = Counter("selfology_crises_heard", "Dangers that brought contacts")

MODEL_CALLS = Counter("selfology_model_calls", "Requests to language models that were answered", ("analyst", "task"))
MODEL_CALL = Duration("selfology_model_call", "How long language models take", ("analyst", "task"))
MODEL_TOKENS = Counter("selfology_model_tokens", "Tokens that language models read and wrote", ("analyst", "direction"))
MODEL_COST = Counter(
    "selfology_model_cost_microdollars", "What language models cost, in millionths of a US dollar", ("analyst",)
)

SENDS = Counter("selfology_sends", "Messages to a channel, by what became of them", ("outcome",))
RATE_LIMITED = Counter("selfology_rate_limited", "Requests that somebody refused for their number", ("by",))
LOGINS_REFUSED = Counter("selfology_logins_refused", "Attempts to come in with what is not valid", ("door",))

ANSWERS_WAITING = Gauge("selfology_answers_waiting", "Answers without a deep analysis")
ANSWERS_WAITING_AGE = Gauge("selfology_answers_waiting_age_seconds", "Age of the oldest of these answers")
VECTORS_WAITING = Gauge("selfology_vectors_waiting", "What waits to be found by its meaning", ("kind",))
ERASURES_RUNNING = Gauge("selfology_erasures_running", "Erasures that have begun and not ended")
SESSIONS_OPEN = Gauge("selfology_sessions_open", "Sessions by where they stand", ("status",))

DATABASE_UP = Gauge("selfology_database_up", "1 while PostgreSQL answers, else 0")
DATABASE_LATENCY = Gauge("selfology_database_latency_seconds", "How long PostgreSQL took for the smallest statement")
DATABASE_CONNECTIONS = Gauge(
    "selfology_database_connections_ratio", "Of the connections that PostgreSQL allows, those in use"
)
DATABASE_SIZE = Gauge("selfology_database_size_bytes", "What the database takes on its disk")
BACKUP_AGE = Gauge("selfology_backup_age_seconds", "Age of the newest backup that was verified")
ARCHIVE_AGE = Gauge("selfology_archive_age_seconds", "Age of the oldest change that is not archived, about")
MEMORY = Gauge("selfology_process_peak_memory_bytes", "The most memory that this process has taken")
CPU = Gauge("selfology_process_cpu_seconds", "Processor time of this process since its start")

ALL: Sequence[Metric] = tuple(metric for metric in globals().values() if isinstance(metric, Metric))
"""All of them, in the order of this file."""


def buckets() -> Mapping[str, Sequence[float]]:
    """The upper bounds of the buckets of each duration."""
    return {metric.name: metric.buckets for metric in ALL if isinstance(metric, Duration)}
