"""Who the person is, by their profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from activities.coaching.recall.part import Chosen
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from workflows.coaching.rules.style import style_of


class WhoTheyAre:
    """The person's profile, as it is when the reply is written."""

    name = "profile"

    def __init__(self, profiles: ProfileStore) -> None:
        self._profiles = profiles

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """Nothing to choose: there is one profile."""
        return Chosen([])

    async def read(self, reply: ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """How the coach speaks to them."""
        return {"style": style_of(await self._profiles.read_profile(PersonRef(user_ref=reply.user_ref)))}
