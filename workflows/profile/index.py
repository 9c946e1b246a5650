"""IndexVectors: keeps the vectors of what people say up to date, in the background."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.profile.names import INDEX_VECTORS, VECTORS_QUEUE
from schema.profile.vectors import Indexing, Vectors, VectorsState, VectorsTask
from schema.public import Public
from workflows import policies


@workflow.defn(name=INDEX_VECTORS, failure_exception_types=[ValidationError])
class IndexVectors:
    """Has one activity index what waits, again and again (id `index-vectors`): there is one, and it is nobody's.

    The activity itself waits for what comes, so an answer costs no event here. What waits is told by the database.
    """

    @workflow.run
    async def run(self, turn: Indexing) -> None:
        """Never ends."""
        while True:
            try:
                await policies.INDEXING.run(
                    Vectors.index_waiting, turn, task_queue=VECTORS_QUEUE, summary="Index what people say"
                )
            except ActivityError:
                # Such as a key that the embedder's provider refuses, until an operator puts it right.
                await workflow.sleep(policies.INDEXING_REST, summary=Public("After a failure"))
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(turn)

    @workflow.update
    async def look_after(self, task: VectorsTask) -> VectorsState:
        """Tells how the vectors stand, after it has begun to rebuild them where that is wanted."""
        return await policies.VECTORS.run(
            Vectors.look_after,
            task,
            task_queue=VECTORS_QUEUE,
            summary="Begin to rebuild the vectors" if task.rebuild else "Look at the vectors",
        )
