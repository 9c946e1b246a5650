"""Who the person is, by their profile."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from activities.ai.offline.memory import brings_up
from activities.coaching.insights.store import Insights
from activities.coaching.memory.store import Memories
from activities.coaching.recall.hypotheses import hypotheses
from activities.coaching.recall.part import Chosen
from schema.coaching.activities import ReplyToPrepare, ReplyToWrite
from schema.coaching.insights import Insight
from schema.person import PersonRef
from schema.profile.activities import ProfileStore
from workflows.coaching.rules.style import style_of
from workflows.coaching.rules.tokens import about_tokens

_MOST_INSIGHTS = 2


class WhoTheyAre:
    """The person's profile, as it is when the reply is written, within a budget of tokens: the surest first.

    The newest insights that they have seen and not denied go before it: they are guesses as well.
    """

    name = "profile"

    def __init__(self, profiles: ProfileStore, insights: Insights, memories: Memories, tokens: int) -> None:
        self._profiles = profiles
        self._insights = insights
        self._memories = memories
        self._tokens = tokens

    async def choose(self, reply: ReplyToPrepare) -> Chosen:
        """The insights. There is one profile, of which it tells how much it takes now."""
        insights = await self._seen(reply)
        chosen = [insight.insight_id for insight in insights[:_MOST_INSIGHTS]]
        lines = (await self.read(reply, chosen))["profile"]
        return Chosen(chosen, sum(map(about_tokens, lines)))

    async def read(self, reply: ReplyToPrepare | ReplyToWrite, ids: Sequence[str]) -> dict[str, Any]:
        """Who they are, and how the coach speaks to them."""
        profile = await self._profiles.read_profile(PersonRef(user_ref=reply.user_ref))
        insights = await self._seen(reply) if ids else []
        lines = [insight.text for insight in insights if insight.insight_id in ids]
        lines += hypotheses(profile, reply.locale)
        taken = accumulate(map(about_tokens, lines))
        return {
            "profile": [line for line, tokens in zip(lines, taken, strict=True) if tokens <= self._tokens],
            "style": style_of(profile),
        }

    async def _seen(self, reply: ReplyToPrepare | ReplyToWrite) -> list[Insight]:
        """The insights that bring up nothing which must not be."""
        insights = await self._insights.of(reply.user_ref, seen=True)
        kept = await self._memories.of(reply.user_ref) if insights else []
        boundaries = [memory.text for memory in kept if memory.kind == "boundary"]
        return [insight for insight in insights if not brings_up(insight.text, boundaries, reply.locale)]
