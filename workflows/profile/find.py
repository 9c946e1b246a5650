"""FindWords and FindSimilar: searches by meaning, of a person's own words and of profiles."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.deliveries import Found
from schema.person import PersonRef
from schema.profile.messages import FindRequest
from schema.profile.names import FIND_ID, SIMILAR_ID, VECTORS_QUEUE
from schema.profile.vectors import SimilarProfile, Vectors, WordsToFind
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(name=FIND_ID.workflow_type, failure_exception_types=[ValidationError])
class FindWords:
    """Searches what a person once said, and sends it to them (id `find-{user_ref}`)."""

    @workflow.run
    async def run(self, request: FindRequest) -> None:
        """Searches and delivers. Fails if the person can't be reached, so that operators see it."""
        asker = await Asker.recalled(request)
        search = WordsToFind(
            user_ref=request.user_ref, query=request.query, locale=asker.known.locale or request.locale
        )
        try:
            words = await policies.VECTORS.run(
                Vectors.find_words, search, task_queue=VECTORS_QUEUE, summary="Search the person's own words"
            )
            found = Found(query=request.query, words=words)
        except ActivityError:
            found = Found(query=request.query, words=[], available=False)
        await asker.send(delivery_key(request.update_id, 1), found, summary="Show what was found")


@workflow.defn(name=SIMILAR_ID.workflow_type, failure_exception_types=[ValidationError])
class FindSimilar:
    """Tells an operator whose profiles are like a person's (id `similar-{user_ref}`). It tells no word of anybody."""

    @workflow.run
    async def run(self, ref: PersonRef) -> list[SimilarProfile]:
        """Returns the most similar first; nothing while the person has no profile."""
        return await policies.VECTORS.run(
            Vectors.find_similar, ref, task_queue=VECTORS_QUEUE, summary="Search similar profiles"
        )
