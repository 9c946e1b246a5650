"""What Temporal starts by itself, at its hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
)

from schema.account.names import FORGET_OLD_ID
from schema.account.retention import Kind, Retention
from schema.environment import EnvironmentSettings
from schema.onboarding.names import TASK_QUEUE
from schema.public import Public
from workflows.account.retention import ForgetOld

MISSED = timedelta(days=1)
"""What fell into a time when nothing ran is done once at the next start, if that comes within this."""


class RetentionSettings(EnvironmentSettings):
    """For how many days rows are kept that are nobody's words."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_KEEP_")

    sends_days: int = Field(default=7, ge=2)
    """Which messages were sent. Longer than any delivery is tried, or can be replaced."""
    recalled_days: int = Field(default=90, ge=1)
    """What a reply of the coach rests on, for `selfology coach explain` and exports."""
    model_calls_days: int = Field(default=400, ge=32)
    """What language models cost: more than a year, and a budget counts a day."""

    @property
    def retention(self) -> Retention:
        """The same for the workflow."""
        days = {Kind.SENDS: self.sends_days, Kind.RECALLED: self.recalled_days, Kind.MODEL_CALLS: self.model_calls_days}
        return Retention(kept_for={kind: timedelta(days=many) for kind, many in days.items()})


async def schedule_retention(client: Client, settings: RetentionSettings) -> None:
    """Has old rows deleted each night, by these settings from now on."""
    action = ScheduleActionStartWorkflow(
        ForgetOld.run,
        settings.retention,
        id=FORGET_OLD_ID,
        task_queue=TASK_QUEUE,
        static_summary=Public("Rows that have been kept for long enough"),
    )
    await keep_nightly(client, action, hour=2, minute=30)


async def keep_nightly(client: Client, action: ScheduleActionStartWorkflow, *, hour: int, minute: int = 0) -> None:
    """Has a workflow started at that time (UTC) of each day, unless the last one still runs.

    The schedule has the workflow's id. One that is there already is given this form, and stays paused if it is.
    """
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(hour)], minute=[ScheduleRange(minute)])]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=MISSED),
    )
    try:
        await client.create_schedule(action.id, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(action.id).update(
            lambda there: ScheduleUpdate(replace(schedule, state=there.description.schedule.state))
        )
