"""What a person asks for in passing, and what operators and erasures start, recorded as sessions are."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from temporalio import activity
from temporalio.worker import Worker

from schema.account.activities import PersonToSweep
from schema.account.names import LANGUAGE_ID, SWEEP_ID
from schema.coaching.agreements import ContactRequest
from schema.coaching.deliveries import OpenSteps
from schema.coaching.names import CONTACT_ID, STEPS_ID
from schema.deliveries import Notice
from schema.id_pattern import IdPattern
from schema.onboarding.names import TASK_QUEUE
from schema.person import PersonRef, PersonRequest
from schema.profile.names import SIMILAR_ID, VECTORS_QUEUE
from schema.profile.vectors import Indexing, SimilarProfile, Vectors, VectorsState, VectorsTask, WordsToFind
from schema.vocabulary import Locale
from tests.analyst import RehearsedAnalyst
from tests.people.person import People, Person
from tests.replay.staging import Handle, answering, newcomer, scenario
from workers.registry import activities_of


class EmptyStore(Vectors):
    """Vectors of nobody."""

    @activity.defn(name="vectors.index_waiting")
    async def index_waiting(self, turn: Indexing) -> None:
        """Nothing waits."""

    @activity.defn(name="vectors.find_words")
    async def find_words(self, search: WordsToFind) -> list[Any]:
        return []

    @activity.defn(name="vectors.find_similar")
    async def find_similar(self, ref: PersonRef) -> list[SimilarProfile]:
        return []

    @activity.defn(name="vectors.forget_person")
    async def forget_person(self, ref: PersonRef) -> None:
        """Nothing is there."""

    @activity.defn(name="vectors.look_after")
    async def look_after(self, task: VectorsTask) -> VectorsState:
        return VectorsState(embedder="none", collections=[])


@asynccontextmanager
async def _vectors(cast: People) -> AsyncIterator[None]:
    async with Worker(cast.env.client, task_queue=VECTORS_QUEUE, activities=activities_of(EmptyStore())):
        yield


def _request(person: Person) -> dict[str, Any]:
    return {
        **{"user_ref": person.user_ref, "channel": person.channel, "locale": person.locale},
        "update_id": uuid.uuid4().hex,
    }


async def _asked(
    cast: People, kind: IdPattern, request: PersonRequest | PersonRef | PersonToSweep, *rest: str
) -> Handle:
    """A request, at its end."""
    asked = await cast.env.client.start_workflow(
        kind.workflow_type, request, id=kind.of(request.user_ref, *rest), task_queue=TASK_QUEUE
    )
    await asked.result()
    return asked


@scenario
async def language_remembered(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    request = PersonRequest(**_request(person) | {"locale": Locale.RU})
    return await _asked(cast, LANGUAGE_ID, request)


@scenario
async def steps_shown(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    shown = await _asked(cast, STEPS_ID, PersonRequest(**_request(person)))
    await person.sees(OpenSteps)
    return shown


@scenario
async def contact_set(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    request = ContactRequest(**_request(person), toggle_quiet=True)
    changed = await _asked(cast, CONTACT_ID, request)
    await person.sees(Notice)
    return changed


@scenario
async def similar_found(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    async with _vectors(cast):
        return await _asked(cast, SIMILAR_ID, PersonRef(user_ref=person.user_ref))


@scenario
async def swept(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    erased_at = (await person.session.describe()).start_time
    async with _vectors(cast):
        return await _asked(cast, SWEEP_ID, PersonToSweep(user_ref=person.user_ref, erased_at=erased_at), "recorded")
