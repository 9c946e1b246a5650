"""ForgetOld: deletes each night what has been kept for long enough."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.account.names import FORGET_OLD
from schema.account.retention import Forgotten, OldRows, Retention, RowRetention
from workflows import policies


@workflow.defn(name=FORGET_OLD, failure_exception_types=[ValidationError])
class ForgetOld:
    """One night of it (id `forget-old-` and the time), started by the schedule `forget-old`."""

    @workflow.run
    async def run(self, retention: Retention) -> Forgotten:
        """Returns how many rows of each kind are gone."""
        rows = {}
        for kind, kept_for in retention.kept_for.items():
            summary = f"Delete {kind} older than {kept_for.days} days"
            old = OldRows(kind=kind, older_than=kept_for)
            rows[kind] = await policies.RETENTION.run(RowRetention.forget_old, old, summary=summary)
        return Forgotten(rows=rows)
