"""Names of data keys, and whose key encrypts what."""

from __future__ import annotations

import re
from typing import NamedTuple, Self

from schema.account.names import ERASE_ID, SWEEP_ID
from schema.workflow_ids import person_of

SYSTEM = "system"
"""The owner of what belongs to no person."""

_KEY_ID = re.compile(r"([a-z0-9-]{1,64})\.([1-9][0-9]{0,8})", re.ASCII)


class KeyId(NamedTuple):
    """One key of an owner, a `user_ref` or another name. An erasure ends a version; who comes back gets the next."""

    owner: str
    version: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Reads `owner.version`; None when it is something else."""
        found = _KEY_ID.fullmatch(text)
        return cls(found[1], int(found[2])) if found else None

    def __str__(self) -> str:
        return f"{self.owner}.{self.version}"


def owner_of(workflow_id: str | None) -> str:
    """Whose key encrypts the payloads of a workflow.

    An erasure must be able to say that it is done after it has destroyed the person's key, so it uses the system's.
    """
    word = (workflow_id or "").partition("-")[0]
    person = person_of(workflow_id or "")
    return SYSTEM if person is None or word in (ERASE_ID.word, SWEEP_ID.word) else person
