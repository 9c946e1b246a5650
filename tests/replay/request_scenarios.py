"""What a person asks for beside a session, recorded as sessions are."""

from __future__ import annotations

from contextlib import suppress

from temporalio.client import WorkflowFailureError

from schema.account.names import FORGET_OLD_ID
from schema.deliveries import (
    CrisisSupport,
    DataExport,
    EvolutionView,
    Feedback,
    Found,
    Insights,
    Notice,
    NoticeCode,
    ProfileCard,
    Reasons,
)
from schema.onboarding.names import TASK_QUEUE
from schema.person import MORE_WITHIN
from schema.profile.layers import ValueName
from schema.profile_vocabulary import Layer
from schema.vocabulary import Trait
from tests.analyst import RehearsedAnalyst
from tests.people.person import People, at_rest
from tests.replay.staging import Handle, answering, newcomer, scenario
from workers.schedules import RetentionSettings
from workflows.account.retention import ForgetOld

OPENNESS = ValueName(layer=Layer.BIG_FIVE, name=Trait.OPENNESS)


@scenario
async def overheard(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    cast.screens.refused = Notice
    await at_rest(await person.is_overheard("Is anybody here?"))
    listening = await person.is_overheard("I want to kill myself.")
    await person.sees(CrisisSupport)
    await at_rest(listening)
    cast.screens.refused = None
    await person.sees(Notice)
    await listening.result()
    return listening


@scenario
async def passed_on(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Words of others, of which more might have come."""
    person = newcomer(cast)
    listening = await person.is_overheard(
        "Call me.", otherwise=NoticeCode.SOMEBODY_ELSES_WORDS, by_others=True, more_expected=True
    )
    await cast.env.fast_forward(listening, MORE_WITHIN)
    await person.sees(Notice)
    await listening.result()
    return listening


@scenario
async def profile_shown(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    shown = await person.asks_for_profile()
    await person.sees(ProfileCard)
    await shown.result()
    return shown


@scenario
async def insights_shown(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    shown = await person.asks_for_profile("insights")
    await person.sees(Insights)
    await shown.result()
    return shown


@scenario
async def objected(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    taken = await person.objects_to(next(said for said in person.seen if isinstance(said, Feedback)))
    await person.sees(Notice)
    await taken.result()
    return taken


@scenario
async def evolution_shown(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    shown = await person.asks_for_profile("evolution")
    await person.sees(EvolutionView)
    await shown.result()
    return shown


@scenario
async def explained(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    shown = await person.asks_why(OPENNESS)
    await person.sees(Reasons)
    await shown.result()
    return shown


@scenario
async def denied(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    taken = await person.denies(OPENNESS)
    await person.sees(Notice)
    await taken.result()
    return taken


@scenario
async def exported(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    export = await person.asks_for_export()
    await person.sees(DataExport)
    await export.result()
    return export


@scenario
async def export_failed(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    cast.screens.refused, cast.screens.refused_for_good = DataExport, True
    export = await person.asks_for_export()
    with suppress(WorkflowFailureError):
        await export.result()
    return export


@scenario
async def searched(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Nobody serves the vectors."""
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    search = await person.looks_for("a walk by the river")
    await person.sees(Found)
    await search.result()
    return search


@scenario
async def erased(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    erasure = await person.asks_to_be_erased()
    await erasure.result()
    return erasure


@scenario
async def erased_after_a_cry_for_help(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Nobody had come to answer it: more seemed to belong to it."""
    person = newcomer(cast)
    await person.begins()
    await person.is_overheard("I want to kill myself.", more_expected=True)
    erasure = await person.asks_to_be_erased()
    await person.sees(CrisisSupport)
    await erasure.result()
    return erasure


@scenario
async def old_rows_forgotten(cast: People, analyst: RehearsedAnalyst) -> Handle:
    night = await cast.env.client.start_workflow(
        ForgetOld.run, RetentionSettings().retention, id=FORGET_OLD_ID, task_queue=TASK_QUEUE
    )
    await night.result()
    return night
