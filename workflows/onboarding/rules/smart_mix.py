"""Smart Mix: which question comes next, and why.

Pure functions over values. A strategy follows from what has happened so far (`strategy_for`, first match wins). Each
strategy is a list of wishes, the dearest first; the pool of candidates widens from wish to wish until there is a
choice (`pool`). What may not be asked now (`eligibility.py`) binds every pool. Within the pool, `choose` prefers the
energy that the session's mix lacks most and what listens for a trait that is still unheard, and for a person of few
words what has choices; then what people of a similar profile opened up to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from schema.onboarding.activities import AskedQuestion
from schema.onboarding.bank import ARRIVAL, BankQuestion
from schema.vocabulary import Construct, Depth, Domain, Energy, Strategy, Trait, Trust
from workflows.onboarding.rules.eligibility import Background, allowed

MOST_QUESTIONS = 15
"""The most a session may ask, skipped ones included."""

ENOUGH = 3
"""A pool of so many candidates is a choice; a smaller one widens."""

HEARD = 2
"""A trait that so many questions have listened for is no longer unheard."""

EASIER = 0.5
"""What choices are worth to a person of few words, in questions that the mix of energies lacks."""

TARGET_MIX = {Energy.OPENING: 0.25, Energy.PROCESSING: 0.35, Energy.NEUTRAL: 0.25, Energy.HEALING: 0.15}
"""The share of each energy that a session aims at; HEAVY is never aimed at."""

# Anyone can answer these: none asks about a job, a partner or a trauma.
_BROAD = (Domain.IDENTITY, Domain.EMOTIONS, Domain.LIFESTYLE, Domain.CREATIVITY, Domain.FUTURE, Domain.THOUGHTS)

_CLEAR = (Depth.SURFACE, Depth.CONSCIOUS)

Wish = Callable[[BankQuestion], bool]


def strategy_for(asked: Sequence[AskedQuestion], planned: int) -> Strategy | None:
    """Why the next question is asked; None when the session has reached its length."""
    answered = [a for a in asked if a.outcome == "answered"]
    if len(answered) >= planned or len(asked) >= MOST_QUESTIONS:
        return None
    if _needs_care(answered):
        return Strategy.CRISIS_CARE
    if len(answered) == planned - 1 or len(asked) == MOST_QUESTIONS - 1:
        return Strategy.CLOSING
    if _breakthrough(asked):
        return Strategy.BREAKTHROUGH
    if (asked and asked[-1].energy is Energy.HEAVY) or any(a.concern for a in answered[-1:]):
        return Strategy.RELIEF
    if len(answered) < 2:
        return Strategy.ENTRY
    if len(answered) < 5:
        return Strategy.EXPLORATION
    return Strategy.DEEPENING if len(answered) < 9 else Strategy.BALANCING


def pool(
    bank: Sequence[BankQuestion],
    asked: Sequence[AskedQuestion],
    background: Background,
    trust: Trust,
    strategy: Strategy,
) -> list[BankQuestion]:
    """The candidates of a strategy, widened until there are `ENOUGH`."""
    return wished_for(allowed(bank, asked, background, trust), asked, strategy)


def wished_for(
    possible: Sequence[BankQuestion], asked: Sequence[AskedQuestion], strategy: Strategy
) -> list[BankQuestion]:
    """Those of the questions that may be asked which a strategy wishes for, widened until there are `ENOUGH`."""
    chosen: dict[str, BankQuestion] = {}
    for wish in _wishes(strategy, asked):
        chosen |= {q.id: q for q in possible if wish(q)}
        if len(chosen) >= ENOUGH:
            break
    return list(chosen.values())


def choose(
    candidates: Sequence[BankQuestion],
    asked: Sequence[AskedQuestion],
    unheard: Mapping[Construct, int],
    seed: str,
    *,
    easier: bool = False,
    openness: Mapping[str, float] | None = None,
) -> BankQuestion | None:
    """The candidate whose energy the mix lacks most, in a domain not just asked, that listens for what is heard least.

    With `easier`, choices weigh `EASIER`. Among equals comes first what people of a similar profile opened up to, where
    that is known; ties fall by a hash of the seed.
    """
    opened = openness or {}
    recent = [a.domain for a in asked[-2:]]
    lacking = {
        energy: TARGET_MIX.get(energy, 0.0) * (len(asked) + 1) - sum(a.energy is energy for a in asked)
        for energy in Energy
    }
    return max(
        candidates,
        key=lambda q: (
            round(lacking[q.energy] + (EASIER if easier and q.choices else 0.0), 3),
            -recent.count(q.domain),
            max(unheard.get(construct, 0) for construct in q.listens_for),
            # In tenths, so that small differences leave the choice open.
            round(opened.get(q.id, 1.0), 1),
            _tie_break(seed, q.id),
        ),
        default=None,
    )


def unheard_traits(
    bank: Sequence[BankQuestion], asked: Sequence[AskedQuestion], background: Background
) -> dict[Construct, int]:
    """How many questions each trait of the Big Five still lacks to be heard."""
    passed = {a.question_id for a in asked if a.outcome in ("skipped", "withdrawn")}
    heard_in = {*background.earlier, *(a.question_id for a in asked)} - passed
    heard = Counter(construct for q in bank if q.id in heard_in for construct in q.listens_for)
    return {Construct(trait): max(0, HEARD - heard[Construct(trait)]) for trait in Trait}


def _wishes(strategy: Strategy, asked: Sequence[AskedQuestion]) -> list[Wish]:
    answered = [a for a in asked if a.outcome == "answered"]
    touched = {a.domain for a in asked}

    def healing(q: BankQuestion) -> bool:
        return q.energy is Energy.HEALING

    def gentle(q: BankQuestion) -> bool:
        return q.depth in _CLEAR and q.energy is not Energy.HEAVY

    def any_question(q: BankQuestion) -> bool:
        return True

    match strategy:
        case Strategy.CRISIS_CARE:
            return [healing]
        case Strategy.CLOSING:
            return [lambda q: healing(q) and q.domain in touched, healing]
        case Strategy.RELIEF:
            ground = (Energy.HEALING, Energy.NEUTRAL)
            return [
                lambda q: q.energy in ground and q.depth is Depth.SURFACE,
                lambda q: q.energy in ground and q.depth in _CLEAR,
            ]
        case Strategy.BREAKTHROUGH:
            found = _breakthrough(asked)
            there = [] if found is None else _deeper_there(found.domain, found.depth)
            return [*there, gentle, any_question]
        case Strategy.ENTRY:
            light = (Energy.OPENING, Energy.NEUTRAL)
            return [
                lambda q: q.theme == ARRIVAL,
                lambda q: q.energy in light and q.depth is Depth.SURFACE and q.domain in _BROAD,
                lambda q: q.energy in light and q.depth is Depth.SURFACE,
                lambda q: q.energy in light and q.depth in _CLEAR,
                gentle,
            ]
        case Strategy.EXPLORATION:
            return [lambda q: gentle(q) and q.domain not in touched, gentle, any_question]
        case Strategy.DEEPENING:
            next_depth = _one_step_deeper(answered)
            return [lambda q: next_depth.get(q.domain) is q.depth, lambda q: q.domain in next_depth, gentle]
        case Strategy.BALANCING:
            lifting = sum(a.energy.effect for a in asked) <= 0
            return [
                lambda q: gentle(q) and (q.energy.effect > 0 if lifting else q.energy.effect <= 0),
                gentle,
                any_question,
            ]


def _deeper_there(domain: Domain, depth: Depth) -> list[Wish]:
    return [
        lambda q: q.domain is domain and q.depth is depth.deeper,
        lambda q: q.domain is domain and q.depth is depth,
        lambda q: q.domain is domain,
    ]


def _needs_care(answered: Sequence[AskedQuestion]) -> bool:
    """Whether a crisis is in the last two answers. Two, because the deep analysis may find one late."""
    return any(a.crisis for a in answered[-2:])


def _breakthrough(asked: Sequence[AskedQuestion]) -> AskedQuestion | None:
    """The breakthrough among the last two answers that no question has followed up yet."""
    for position in range(len(asked) - 1, max(len(asked) - 3, -1), -1):
        if asked[position].breakthrough:
            followed = any(later.domain is asked[position].domain for later in asked[position + 1 :])
            return None if followed else asked[position]
    return None


def _one_step_deeper(answered: Sequence[AskedQuestion]) -> dict[Domain, Depth]:
    """For the three domains with the most engagement, the depth below the deepest question answered there."""
    waking: dict[Domain, float] = {}
    deepest: dict[Domain, Depth] = {}
    for a in answered:
        woke = (a.quality if a.quality is not None else a.sharing) + 0.3 * abs(a.sentiment or 0.0)
        waking[a.domain] = max(woke, waking.get(a.domain, 0.0))
        deepest[a.domain] = max(a.depth, deepest.get(a.domain, Depth.SURFACE), key=lambda d: d.step)
    best = sorted(waking, key=lambda d: waking[d], reverse=True)[:3]
    return {domain: deepest[domain].deeper for domain in best}


def _tie_break(seed: str, question_id: str) -> str:
    return hashlib.sha256(f"{seed}:{question_id}".encode()).hexdigest()
