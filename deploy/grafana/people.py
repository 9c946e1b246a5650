"""Sessions and people: who begins, who comes to the end, how long they wait, and what does not reach them."""

from __future__ import annotations

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models import units

from deploy.grafana.panels import WORTH_A_LOOK, Line, bars, board, graph, number
from deploy.grafana.promql import highest, increase, known, or_zero, percentile, rate
from deploy.grafana.temporal_metrics import ACTIVITY
from schema import metrics
from schema.vocabulary import Status

COMPLETE = f'status="{Status.COMPLETED}"'
DELIVERY = 'activity_type="deliver"'


def people_who_began(*, width: int) -> stat.Panel:
    """How many began within a day."""
    return number(
        "People who began, in 24 hours",
        "Sessions whose person has agreed.",
        units.Short,
        or_zero(increase(metrics.SESSIONS_OPENED, window="1d")),
        width=width,
    )


BOARD = board(
    "Selfology: sessions and people",
    "people",
    "Who begins, who comes to the end, how long they wait, and what does not reach them. Counts, and nobody's words.",
    {
        "Now": [
            people_who_began(width=6),
            number(
                "Came to their summary, in 24 hours",
                "Of the sessions that ended, those that were complete.",
                units.PercentUnit,
                known(
                    f"({or_zero(increase(metrics.SESSIONS_ENDED, where=COMPLETE, window='1d'))})"
                    f" / {increase(metrics.SESSIONS_ENDED, window='1d')}"
                ),
                width=6,
            ),
            number(
                "Dangers heard, in 24 hours",
                "Texts that brought emergency contacts. Nothing else is known here.",
                units.Short,
                or_zero(increase(metrics.CRISES_HEARD, window="1d")),
                width=6,
            ),
            number(
                "Erasures under way",
                "People who have asked for all to be deleted. One that takes an hour is an alert.",
                units.Short,
                highest(metrics.ERASURES_RUNNING),
                width=6,
            ),
        ],
        "Sessions": [
            graph(
                "Begun and ended, an hour",
                "Sessions whose person has agreed, and those that ended, by how.",
                units.Short,
                Line(or_zero(increase(metrics.SESSIONS_OPENED, window="1h")), "begun"),
                Line(increase(metrics.SESSIONS_ENDED, "status", window="1h"), "ended: {{status}}"),
            ),
            graph(
                "Under way",
                "Open sessions, by where they stand.",
                units.Short,
                Line(highest(metrics.SESSIONS_OPEN, "status"), "{{status}}"),
                stacked=True,
            ),
            bars(
                "Where sessions ended, in 24 hours",
                "By how and at which stage. Many at one stage before the summary are worth a look.",
                units.Short,
                Line(increase(metrics.SESSIONS_ENDED, "status", "stage", window="1d"), "{{status}} at {{stage}}"),
            ),
        ],
        "Waiting": [
            graph(
                "From an answer to its feedback",
                "With the next question. Half a second is usual without language models, and 1.5 s are promised.",
                units.Seconds,
                Line(percentile(0.5, metrics.ANSWER_FEEDBACK), "half of them"),
                Line(percentile(0.95, metrics.ANSWER_FEEDBACK), "95 of 100"),
                Line(percentile(0.99, metrics.ANSWER_FEEDBACK), "99 of 100"),
                limits={WORTH_A_LOOK: 0.5},
            ),
            graph(
                "From a message to the coach's reply",
                "The whole reply. Three seconds are usual, and ten are promised.",
                units.Seconds,
                Line(percentile(0.5, metrics.REPLY), "half of them"),
                Line(percentile(0.95, metrics.REPLY), "95 of 100"),
                limits={WORTH_A_LOOK: 3},
            ),
            graph(
                "Dangers heard, an hour",
                "Texts that brought emergency contacts.",
                units.Short,
                Line(or_zero(increase(metrics.CRISES_HEARD, window="1h")), "dangers"),
            ),
        ],
        "Doors": [
            graph(
                "Messages a minute, by outcome",
                "What was not sent is tried again, but for a refused request: that is a fault of this version.",
                units.Short,
                Line(f"60 * {rate(metrics.SENDS, 'outcome')}", "{{outcome}}"),
                stacked=True,
            ),
            graph(
                "How long a delivery takes",
                "95 of 100 are delivered within. Telegram takes one message a second for a person.",
                units.Seconds,
                Line(percentile(0.95, ACTIVITY, "task_queue", where=DELIVERY), "{{task_queue}}"),
            ),
            graph(
                "Refused, in ten minutes",
                "By Telegram: the bot sends more than it takes. By the bot: somebody writes faster than a person can."
                " At the door: somebody came with what is not valid.",
                units.Short,
                Line(or_zero(increase(metrics.RATE_LIMITED, window="10m")), "for their number"),
                Line(increase(metrics.RATE_LIMITED, "by", window="10m"), "by {{by}}"),
                Line(or_zero(increase(metrics.LOGINS_REFUSED, window="10m")), "at the door"),
                limits={WORTH_A_LOOK: 20},
            ),
        ],
    },
)
