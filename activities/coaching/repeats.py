"""A sentence of a reply may not propose what the person has tried and what did not work."""

from __future__ import annotations

import re

from activities.ai.offline.overlap import overlap
from activities.coaching.meaning import Meanings, cosine
from schema.coaching.context import ReplyContext

ALIKE = 0.47
"""The cosine from which a sentence proposes the same as a step. `docs/models.md` has what it finds and misses."""
OVERLAPS = 0.5
"""Without an encoder: the share of the words of a step that a sentence repeats."""

_FRAME = re.compile(
    r"^\W*(?:(?:and|so|then|well)\s+)?(?:what (?:about|if you|if)|how about|(?:perhaps|maybe)(?: you could)?"
    r"|you (?:could|might)(?: try)?|could you|try(?: to)?|why not|а?\s*(?:что,?\s+)?если(?: вам| вы| ты)?"
    r"|как насч[её]т|(?:может(?: быть)?|возможно),?|(?:можно|попробуй(?:те)?|стоит)(?: бы)?"
    r"|почему бы (?:вам |тебе )?не)\b[\s,]*",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^\W*(?:what|how|when|who|whom|which|where|why|что|чего|чему|чем|как|какой|какая|какое|какие|каким|каково|когда|кто"
    r"|кому|кого|где|куда|почему|зачем|сколько|о ч[её]м|с кем)\b.*\?",
    re.IGNORECASE | re.DOTALL,
)
_TELLS = re.compile(
    r"\b(?:tried|didn't work|did not work|didn't help|did not help|hasn't worked|won't suggest|"
    r"не получилось|не сработало|не помогло|не вышло|не подош\w+|пробовали|пробовал[аи]?|уже было|не предлож\w+)\b",
    re.IGNORECASE,
)


class NoRepeats:
    """Objects to sentences that propose again what failed: by meaning, or by words where no encoder is at hand."""

    ends_with_a_word = True

    def __init__(self, meanings: Meanings | None = None) -> None:
        self._meanings = meanings

    async def objection(self, sentence: str, context: ReplyContext) -> str | None:
        """Names the step that the sentence proposes again; None where it proposes nothing, or something else."""
        steps = [step.what for step in context.failed]
        proposed = proposal_in(sentence)
        if not steps or proposed is None:
            return None
        if self._meanings:
            one, *others = await self._meanings.vectors_of([proposed, *steps])
            scores, least = [cosine(one, other) for other in others], ALIKE
        else:
            scores, least = [overlap(proposed, step) for step in steps], OVERLAPS
        score, step = max(zip(scores, steps, strict=True))
        if score < least:
            return None
        return f'The person has tried this, and it did not work: "{step}". Propose nothing like it.'


def proposal_in(sentence: str) -> str | None:
    """What a sentence proposes, without "what if you"; None for an open question, and for what tells of a trial."""
    shorter = _FRAME.sub("", sentence)
    if _TELLS.search(sentence) or (shorter == sentence and _ASKS.search(sentence)):
        return None
    return shorter.strip(" ?.!…") or None
