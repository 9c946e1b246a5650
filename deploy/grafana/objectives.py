"""The objectives, with what may be missed of them, as `deploy/prometheus/alerts.yaml` has them."""

from __future__ import annotations

from dataclasses import dataclass

from grafana_foundation_sdk.builders import stat, timeseries
from grafana_foundation_sdk.models import units

from deploy.grafana.panels import BAD, GOOD, WORTH_A_LOOK, Line, graph, number
from deploy.grafana.promql import increase, known, recorded, within
from schema import metrics
from schema.metrics import Duration

PERIOD = "30d"
FAST, SLOW = 14.4, 6.0
"""How many times as fast as allowed the budget burns when an alert begins: fast within an hour, slow within six."""


@dataclass(frozen=True)
class Objective:
    """So many of all are to be done in time."""

    what: str
    duration: Duration
    seconds: float
    missed: float
    """The share that may be late."""
    recorded: str
    """How the rules begin that record the share that was."""
    windows: tuple[str, str]
    """The windows by which alerts tell a fast burn and a slow one, as the rules' names end."""
    limit: float = FAST
    where: str = ""
    """Which of them count as done."""

    @property
    def promise(self) -> str:
        """What is promised, in words."""
        return f"{1 - self.missed:.1%} within {self.seconds:g} s"

    @property
    def budget_left(self) -> stat.Panel:
        """How much of a month's budget is left."""
        done = within(self.duration, self.seconds, where=self.where, window=PERIOD)
        share = f"{done} / {increase(self.duration, window=PERIOD)}"
        return number(
            f"{self.what}: budget left",
            f"Promised are {self.promise}. Of what may be late in 30 days, so much is left; below zero the promise is"
            " broken. Prometheus has to keep 30 days.",
            units.PercentUnit,
            known(f"1 - (1 - {share}) / {self.missed}"),
            lowest=BAD,
            limits={WORTH_A_LOOK: 0, GOOD: 0.25},
            width=6,
        )

    @property
    def burn(self) -> timeseries.Panel:
        """How fast the budget burns."""
        return graph(
            f"{self.what}: how fast the budget burns",
            f"At 1, all of the budget is spent in 30 days, and no more. An alert begins at {self.limit:g}.",
            units.Short,
            *(
                Line(f"max({recorded(f'{self.recorded}:ratio_rate{window}')}) / {self.missed}", f"over {window}")
                for window in self.windows
            ),
            limits={WORTH_A_LOOK: SLOW, BAD: FAST} if self.limit == FAST else {WORTH_A_LOOK: SLOW},
            width=6,
        )


OBJECTIVES = (
    Objective("Doors", metrics.REQUEST, 0.5, 0.001, "selfology:door_missed", ("1h", "6h"), where='outcome="taken"'),
    Objective("Feedback", metrics.ANSWER_FEEDBACK, 1.5, 0.001, "selfology:feedback_missed", ("1h", "6h")),
    Objective("Replies", metrics.REPLY, 10, 0.005, "selfology:replies_missed", ("1h", "6h")),
    Objective("Analyses", metrics.ANALYSIS, 30, 0.005, "selfology:analyses_missed", ("30m", "6h"), limit=SLOW),
)
