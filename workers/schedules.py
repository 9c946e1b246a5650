"""What Temporal starts by itself, at its hour."""

from __future__ import annotations

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

AT_NIGHT = ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(2)], minute=[ScheduleRange(30)])])
"""Half past two, UTC."""


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
    await keep_schedule(
        client,
        FORGET_OLD_ID,
        Schedule(
            action=ScheduleActionStartWorkflow(
                ForgetOld.run,
                settings.retention,
                id=FORGET_OLD_ID,
                task_queue=TASK_QUEUE,
                static_summary=Public("Rows that have been kept for long enough"),
            ),
            spec=AT_NIGHT,
            # Once is enough after a night in which nothing ran.
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(days=1)),
        ),
    )


async def keep_schedule(client: Client, name: str, schedule: Schedule) -> None:
    """Makes a schedule, or gives the one that is there this form. Whether it is paused stays as it is."""
    try:
        await client.create_schedule(name, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(name).update(
            lambda there: ScheduleUpdate(schedule=_with_state_of(schedule, there.description.schedule))
        )


def _with_state_of(schedule: Schedule, there: Schedule) -> Schedule:
    schedule.state = there.state
    return schedule
