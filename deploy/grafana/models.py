"""AI and cost: what language models cost, who reads and answers, and what waits for them."""

from __future__ import annotations

from grafana_foundation_sdk.models import units

from deploy.grafana.panels import WORTH_A_LOOK, Line, board, graph, number
from deploy.grafana.promql import highest, increase, known, or_zero, percentile, rate
from deploy.grafana.temporal_metrics import ACTIVITIES_FAILED, ACTIVITY
from schema import metrics

PROVIDERS = 'task_queue=~"ai-.*"'
OFFLINE = 'tier="offline"'
TIERED = (metrics.REACTIONS, metrics.REPLIES, metrics.ANALYSES)

_offline, _all = (
    " + ".join(f"({or_zero(rate(metric, where=where, window='15m'))})" for metric in TIERED) for where in (OFFLINE, "")
)


def cost(*by: str, window: str) -> str:
    """What language models have cost within the window, in US dollars."""
    return f"{increase(metrics.MODEL_COST, *by, window=window)} / 1e6"


BOARD = board(
    "Selfology: AI and cost",
    "models",
    "What language models cost, who reads and answers, and what waits for them.",
    {
        "Cost": [
            number(
                "Cost, in the last hour",
                "More than $10 is an alert.",
                units.Dollars,
                or_zero(cost(window="1h")),
                limits={WORTH_A_LOOK: 10},
                width=6,
            ),
            number(
                "Cost, in 24 hours",
                "`selfology costs` tells it by day, task and model, from the books.",
                units.Dollars,
                or_zero(cost(window="1d")),
                width=6,
            ),
            number(
                "Requests, in 24 hours",
                "To language models, that were answered.",
                units.Short,
                or_zero(increase(metrics.MODEL_CALLS, window="1d")),
                width=6,
            ),
            number(
                "Left to the offline analyst",
                "Of reactions, replies and analyses, in a quarter of an hour. Without a model, it is all of them.",
                units.PercentUnit,
                known(f"({_offline}) / ({_all})"),
                limits={WORTH_A_LOOK: 0.5},
                width=6,
            ),
            graph(
                "Cost an hour, by model",
                "What the last hour has cost.",
                units.Dollars,
                Line(cost("analyst", window="1h"), "{{analyst}}"),
                stacked=True,
            ),
            graph(
                "Tokens a minute",
                "What models read (in) and write (out).",
                units.Short,
                Line(f"60 * {rate(metrics.MODEL_TOKENS, 'analyst', 'direction')}", "{{analyst}} {{direction}}"),
            ),
            graph(
                "Requests a minute, by task",
                "To language models, that were answered.",
                units.Short,
                Line(f"60 * {rate(metrics.MODEL_CALLS, 'task')}", "{{task}}"),
                stacked=True,
            ),
        ],
        "Who reads and answers": [
            graph(
                "Reactions a minute, by tier",
                "A model has 1.5 s; then the offline analyst reacts.",
                units.Short,
                Line(f"60 * {rate(metrics.REACTIONS, 'tier')}", "{{tier}}"),
                stacked=True,
            ),
            graph(
                "Analyses a minute, by tier",
                "Deep readings of answers, in the background.",
                units.Short,
                Line(f"60 * {rate(metrics.ANALYSES, 'tier')}", "{{tier}}"),
                stacked=True,
            ),
            graph(
                "Replies a minute, by tier",
                "Of the coach.",
                units.Short,
                Line(f"60 * {rate(metrics.REPLIES, 'tier')}", "{{tier}}"),
                stacked=True,
            ),
        ],
        "Providers, and what waits for them": [
            graph(
                "How long models take",
                "95 of 100 requests are answered within.",
                units.Seconds,
                Line(percentile(0.95, metrics.MODEL_CALL, "analyst", "task"), "{{analyst}} {{task}}"),
            ),
            graph(
                "Requests that fail",
                "The share of each provider's activities that fail. Others read in its place.",
                units.PercentUnit,
                Line(
                    f"({rate(ACTIVITIES_FAILED, 'task_queue', where=PROVIDERS, window='10m')}"
                    f" or 0 * {rate(ACTIVITY, 'task_queue', where=PROVIDERS, window='10m')})"
                    f" / {rate(ACTIVITY, 'task_queue', where=PROVIDERS, window='10m')}",
                    "{{task_queue}}",
                ),
                limits={WORTH_A_LOOK: 0.3},
            ),
            graph(
                "From an answer to its deep analysis",
                "Promised are 30 seconds; nobody waits for it.",
                units.Seconds,
                Line(percentile(0.5, metrics.ANALYSIS), "half of them"),
                Line(percentile(0.95, metrics.ANALYSIS), "95 of 100"),
                limits={WORTH_A_LOOK: 30},
            ),
            graph(
                "Waiting",
                "Answers without a deep analysis, and what can't be found by its meaning yet.",
                units.Short,
                Line(highest(metrics.ANSWERS_WAITING), "answers for an analysis"),
                Line(or_zero(f"sum({highest(metrics.VECTORS_WAITING, 'kind')})"), "for vectors"),
            ),
            graph(
                "Age of the oldest answer that waits",
                "For its deep analysis. Half an hour is an alert.",
                units.Seconds,
                Line(highest(metrics.ANSWERS_WAITING_AGE), "oldest"),
                limits={WORTH_A_LOOK: 1800},
            ),
        ],
    },
)
