"""A workflow that fails in its own code, in a module that the sandbox can load anew."""

from __future__ import annotations

from temporalio import workflow


@workflow.defn
class Broken:
    """Fails its task, which is tried again."""

    @workflow.run
    async def run(self, words: str) -> None:
        """Quotes the words."""
        raise ValueError(words)
