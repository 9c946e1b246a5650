"""MoveIn: takes people over from the system before this one, compares, or takes all of it back."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from schema.legacy.activities import LegacyImport, LegacyRemoval
from schema.legacy.messages import PEOPLE, MoveIn, Source, SourceProgress, Step, Stepped, Task
from schema.legacy.names import LEGACY_QUEUE, MOVE_IN
from schema.public import Public
from workflows import policies

_LOOKS = {
    Task.IMPORT: "Look at the old tables before the import",
    Task.VALIDATE: "Look at the old tables before the comparison",
}


@workflow.defn(name=MOVE_IN, failure_exception_types=[ValidationError])
class MoveInFromLegacy:
    """Goes through the old tables, batch by batch (id `legacy-import`). An operator may pause it between two.

    How far an import is stands in the database, in one transaction with what came in. The history has counts alone.
    """

    @workflow.init
    def __init__(self, task: MoveIn) -> None:
        self._state = task

    @workflow.run
    async def run(self, task: MoveIn) -> MoveIn:
        """Returns what it came to."""
        if self._state.at is None and task.task is not Task.ROLLBACK:
            found = await policies.LEGACY.run(
                LegacyImport.look, task, summary=_LOOKS[task.task], task_queue=LEGACY_QUEUE
            )
            self._change(progress=found)
        for source in self._sources():
            self._change(at=source)
            await self._go_through(source)
        if task.task is Task.ROLLBACK:
            done = Step(source=PEOPLE)
            await policies.LEGACY.run(
                LegacyRemoval.forget, done, summary="Forget how far the import was", task_queue=LEGACY_QUEUE
            )
        self._change(done=True)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._state

    @workflow.query
    def progress(self) -> MoveIn:
        """Tells how far it is, without a word or a name of anybody."""
        return self._state

    @workflow.update
    async def pause(self) -> MoveIn:
        """Rests after the batch that is under way, until it is resumed."""
        self._change(paused=True)
        return self._state

    @pause.validator
    def _may_pause(self) -> None:
        if self._state.paused:
            raise ApplicationError("It rests already", type="AlreadyPaused")

    @workflow.update
    async def resume(self) -> MoveIn:
        """Goes on."""
        self._change(paused=False)
        return self._state

    @resume.validator
    def _may_resume(self) -> None:
        if not self._state.paused:
            raise ApplicationError("It does not rest", type="NotPaused")

    def _sources(self) -> list[str]:
        """What is left, in order; taken back is in the reverse order."""
        order = [*Source, *([PEOPLE] if self._state.task is Task.ROLLBACK else [])]
        sources = [str(each) for each in order]
        if self._state.task is Task.ROLLBACK:
            # People last: they are here as long as anything of theirs is.
            sources = [*reversed(sources[:-1]), PEOPLE]
        return sources[sources.index(self._state.at) :] if self._state.at else sources

    async def _go_through(self, source: str) -> None:
        while not self._of(source).done:
            await workflow.wait_condition(lambda: not self._state.paused)
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._state)
            self._fold(await self._step(source))

    async def _step(self, source: str) -> Stepped:
        state, so_far = self._state, self._of(source)
        step = Step(source=source, after_id=state.after_id, sample=state.sample, seed=state.seed)
        summary = f"{source}: {so_far.looked_at} rows so far"
        match state.task:
            case Task.IMPORT:
                return await policies.LEGACY.run(LegacyImport.take, step, summary=summary, task_queue=LEGACY_QUEUE)
            case Task.VALIDATE:
                return await policies.LEGACY.run(LegacyImport.compare, step, summary=summary, task_queue=LEGACY_QUEUE)
            case Task.ROLLBACK:
                return await policies.LEGACY.run(
                    LegacyRemoval.take_back, step, summary=summary, task_queue=LEGACY_QUEUE
                )

    def _of(self, source: str) -> SourceProgress:
        return next((each for each in self._state.progress if each.source == source), SourceProgress(source=source))

    def _fold(self, stepped: Stepped) -> None:
        """Adds what a step has done. An import tells the whole of its table itself."""
        now, before = stepped.progress, self._of(stepped.progress.source)
        if self._state.task is not Task.IMPORT:
            now = before.model_copy(
                update={
                    "looked_at": before.looked_at + now.looked_at,
                    "taken": before.taken + now.taken,
                    "set_apart": before.set_apart + now.set_apart,
                    "done": now.done,
                }
            )
        self._change(
            progress=[*(each for each in self._state.progress if each.source != now.source), now],
            findings=self._state.findings.and_more(stepped.findings),
            after_id=0 if now.done else stepped.after_id,
        )
        workflow.set_current_details(Public(f"{self._state.task}: {now.source}, {now.looked_at} rows looked at"))

    def _change(self, **changes: object) -> None:
        self._state = self._state.model_copy(update=changes)
