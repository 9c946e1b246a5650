"""Who the person is, by their profile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from activities.coaching.recall.hypotheses import hypotheses
from activities.coaching.recall.part import Chosen
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from workflows.coaching.rules.style import style_of
from workflows.coaching.rules.tokens import about_tokens


class WhoTheyAre:
    """The person's profile, as it is when the reply is written, within a budget of tokens: the surest first."""

    name = "profile"

    def __init__(self, profiles: ProfileStore, tokens: int) -> None:
        self._profiles = profiles
        self._tokens = tokens

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """Nothing to choose: there is one profile. It tells how much it takes now."""
        lines = (await self.read(reply, []))["profile"]
        return Chosen([], sum(map(about_tokens, lines)))

    async def read(self, reply: ReplyToPrepare | ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Who they are, and how the coach speaks to them."""
        profile = await self._profiles.read_profile(PersonRef(user_ref=reply.user_ref))
        lines = hypotheses(profile, reply.locale)
        taken = accumulate(map(about_tokens, lines))
        return {
            "profile": [line for line, tokens in zip(lines, taken, strict=True) if tokens <= self._tokens],
            "style": style_of(profile),
        }
