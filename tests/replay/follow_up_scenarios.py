"""Agreements and the questions how they went, recorded as sessions are."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from schema.coaching.agreements import StepAct
from schema.coaching.deliveries import StepAgreed, StepOutcome, StepQuestion
from schema.deliveries import Notice
from tests.analyst import RehearsedAnalyst
from tests.coaching.talker import Talker
from tests.people.person import People, at_rest
from tests.replay.staging import Handle, scenario

DAY = timedelta(days=1)


async def agreed(cast: People) -> tuple[Talker, str, Handle]:
    """Somebody who has agreed on a step; its follow-up waits."""
    person = Talker(cast)
    await person.agrees()
    agreement_id = await person.agrees_on("write to my brother")
    follow_up = person.follow_up(agreement_id)
    await at_rest(follow_up)
    return person, agreement_id, follow_up


async def passes(cast: People, follow_up: Handle, time: timedelta) -> None:
    """Lets time pass, come to rest."""
    await cast.env.fast_forward(follow_up, time)
    await at_rest(follow_up)


@scenario
async def follow_up_told(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Moved, asked, and told that it worked."""
    person, agreement_id, follow_up = await agreed(cast)
    await person.acts(agreement_id, StepAct.MOVE_DAY)
    await person.person.sees(StepAgreed)
    await passes(cast, follow_up, 5 * DAY)
    await person.person.sees(StepQuestion)
    await person.acts(agreement_id, StepAct.WORKED)
    await person.person.sees(StepOutcome)
    return follow_up


@scenario
async def follow_up_declined(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """A no to what was proposed."""
    person = Talker(cast)
    await person.agrees()
    await person.asks("I could write to him.")
    agreement_id = await person.is_proposed("write to him")
    await person.acts(agreement_id, StepAct.DECLINE)
    await person.person.sees(Notice)
    return person.follow_up(agreement_id)


@scenario
async def follow_up_dropped(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Dropped before it was asked about."""
    person, agreement_id, follow_up = await agreed(cast)
    await person.acts(agreement_id, StepAct.CANCEL)
    await person.person.sees(Notice)
    return follow_up


@scenario
async def follow_up_in_quiet(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Put off day by day while it is to be quiet, until it is too late to ask."""
    person, _, follow_up = await agreed(cast)
    await person.sets_contact(toggle_quiet=True)
    await person.person.sees(Notice)
    await passes(cast, follow_up, 20 * DAY)
    return follow_up


@scenario
async def follow_up_unanswered(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Asked at the second attempt, and never answered."""
    person, agreement_id, follow_up = await agreed(cast)
    waits = await cast.pool.fetchval(
        "SELECT due_at - agreed_at AS waits FROM coach_system.agreements WHERE agreement_id = $1", UUID(agreement_id)
    )
    cast.screens.refused = StepQuestion
    await passes(cast, follow_up, waits + timedelta(minutes=6))
    cast.screens.refused = None
    await passes(cast, follow_up, DAY)
    await person.person.sees(StepQuestion)
    await passes(cast, follow_up, 15 * DAY)
    return follow_up


@scenario
async def follow_up_blocked(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """The person has blocked the bot."""
    person, _, follow_up = await agreed(cast)
    cast.screens.gone.add(person.person.name)
    await passes(cast, follow_up, 5 * DAY)
    return follow_up
