"""RewrapKeys: wraps everybody's keys by the newest master key, after a rotation."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.account.activities import KeyRewrapping
from schema.account.messages import Rewrapping
from schema.account.names import REWRAP_KEYS
from workflows import policies


@workflow.defn(name=REWRAP_KEYS, failure_exception_types=[ValidationError])
class RewrapKeys:
    """Goes through all keys, page by page (id `rewrap-keys`). A restart goes on where it was."""

    @workflow.run
    async def run(self, so_far: Rewrapping) -> Rewrapping:
        """Returns what it came to."""
        while not so_far.done:
            summary = f"{so_far.looked_at} keys looked at, {so_far.rewrapped} wrapped anew"
            so_far = await policies.KEYS.run(KeyRewrapping.rewrap_page, so_far, summary=summary)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(so_far)
        return so_far
