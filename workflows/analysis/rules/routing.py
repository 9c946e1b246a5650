"""Routes an answer, whose complexity decides which models read it, and a reply of the coach.

These rules are pure and run inside a recorded local activity, so tuning them never breaks a running session.
"""

from __future__ import annotations

from collections.abc import Sequence

from schema.analysis.routing import Budget, Complexity, ModelRef, Route, Tier
from schema.base_model import Model
from schema.vocabulary import CrisisKind, Depth, Energy

_TIER = {Complexity.SIMPLE: Tier.SMALL, Complexity.MEDIUM: Tier.STANDARD, Complexity.COMPLEX: Tier.PREMIUM}
_ORDER = list(Tier)

# Set so that about 15 % of a realistic stream of answers are simple and 10 % complex; `make bench` shows the mix.
_SIMPLE_BELOW = 0.8
_COMPLEX_FROM = 2.9


class AnswerTraits(Model):
    """The input of routing, known before any model has read the answer."""

    words: int
    sharing: float
    """How much of themselves the person shared, 0 to 1: length, first person, feelings, concreteness."""
    depth: Depth
    energy: Energy
    crisis: CrisisKind | None
    troubled: bool
    """Whether a crisis was heard earlier in the session."""


def complexity_of(answer: AnswerTraits) -> Complexity:
    """The complexity of an answer, by its length, its feeling and the depth of its question."""
    if answer.crisis:
        return Complexity.COMPLEX
    points = min(answer.words / 40, 1.5) + 2 * answer.sharing + 0.3 * answer.depth.step
    if answer.energy in (Energy.HEAVY, Energy.PROCESSING):
        points += 0.3
    if answer.troubled:
        points += 1
    if points < _SIMPLE_BELOW:
        return Complexity.SIMPLE
    return Complexity.COMPLEX if points >= _COMPLEX_FROM else Complexity.MEDIUM


def route(complexity: Complexity, budget: Budget, readers: Sequence[ModelRef]) -> Route:
    """The route of an answer of this complexity through the configured models, within the budget.

    A person waits for the reaction, so the small tier always writes it.
    """
    deepest = Tier.SMALL if budget is Budget.TIGHT else _TIER[complexity]
    asked = () if budget is Budget.SPENT else readers
    return Route(
        complexity=complexity,
        budget=budget,
        instant=_chain(asked, Tier.SMALL, widen=budget is Budget.AMPLE),
        deep=_chain(asked, deepest, widen=budget is Budget.AMPLE),
    )


def reply_chain(budget: Budget, readers: Sequence[ModelRef]) -> list[ModelRef]:
    """The models that write a reply of the coach, in order of attempt: the standard tier and below, within the budget.

    A talk is a conversation of many replies, which the premium tier would make dear, and a person waits for each.
    """
    start = Tier.SMALL if budget is Budget.TIGHT else Tier.STANDARD
    return _chain(() if budget is Budget.SPENT else readers, start, widen=budget is Budget.AMPLE)


def _chain(readers: Sequence[ModelRef], start: Tier, *, widen: bool) -> list[ModelRef]:
    """The models from tier `start` downwards.

    If they belong to fewer than two providers and `widen` is set, a model of another provider follows, so that people
    do not notice the outage of one provider.
    """
    by_tier = sorted(readers, key=lambda reader: _ORDER.index(reader.tier))
    chain = [reader for reader in reversed(by_tier) if _ORDER.index(reader.tier) <= _ORDER.index(start)]
    for reader in by_tier if widen else ():
        providers = {asked.task_queue for asked in chain}
        if len(providers) < 2 and reader.task_queue not in providers:
            chain.append(reader)
    return chain
