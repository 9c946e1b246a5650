"""The id of a workflow says whose it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkflowId:
    """How the ids of one kind of workflow are made: `{word}-{user_ref}`, then what tells one of theirs from another."""

    word: str
    workflow_type: str

    def of(self, user_ref: str, *rest: object) -> str:
        """The id of a person's workflow."""
        return "-".join([self.word, user_ref, *map(str, rest)])
