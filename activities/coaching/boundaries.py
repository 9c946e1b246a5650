"""A sentence of a reply may not bring up what the person wants left alone, unless they have just spoken of it."""

from __future__ import annotations

from activities.ai.offline.memory import brings_up
from schema.coaching.context import ReplyContext


class KeepsBoundaries:
    """Objects to sentences that speak of what a boundary keeps out: by the stems of its words."""

    ends_with_a_word = False

    async def objection(self, sentence: str, context: ReplyContext) -> str | None:
        """Names the boundary; None where there is none, or the person's last message speaks of it."""
        said = context.turns[-1].text
        for boundary in context.boundaries:
            alone = [boundary]
            if brings_up(sentence, alone, context.locale) and not brings_up(said, alone, context.locale):
                return f'The person wants this left alone: "{boundary}". Say nothing of it, nor that you will not.'
        return None
