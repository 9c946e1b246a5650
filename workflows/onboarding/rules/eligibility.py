"""Which questions of the bank may be asked now, whatever the strategy: the limits that care and variety set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from schema.onboarding.activities import AskedQuestion
from schema.onboarding.bank import ARRIVAL, BankQuestion
from schema.vocabulary import CrisisKind, Depth, Energy, Trust

THEME_RESTS = 25
"""So many questions of a person have to pass before a theme comes again."""

LOW_MOOD = -0.3
"""At this mood and below, nobody is led to the core of things."""


@dataclass(frozen=True)
class Background:
    """What bears on a choice beside the questions of this session."""

    earlier: Sequence[str] = ()
    """Ids of all questions the person was asked in earlier sessions, in order."""
    withdrawn: Collection[str] = ()
    """Ids that operators have taken back from everybody."""
    dangers: Mapping[str, Collection[CrisisKind]] = field(default_factory=dict)
    """The dangers the person has ever spoken of, by the id of the question that was answered so."""
    troubled_before: bool = False
    """Whether there was a crisis in the session before this one."""
    openness: Mapping[str, float] = field(default_factory=dict)
    """How much people of a similar profile told in reply to a question, by its id: 1 as to any, 0 skipped."""


def barred(asked: Sequence[AskedQuestion], background: Background) -> set[Energy]:
    """The energies not allowed next: a third HEAVY, HEAVY right after work, a fourth PROCESSING in a row.

    A crisis bars HEAVY to the end of the session and of the next one; what only may be one, to the end of this.
    """
    energies = [a.energy for a in asked]
    found: set[Energy] = set()
    if (
        energies.count(Energy.HEAVY) >= 2
        or energies[-1:] in ([Energy.HEAVY], [Energy.PROCESSING])
        or any(a.crisis or a.concern for a in asked)
        or background.troubled_before
    ):
        found.add(Energy.HEAVY)
    if energies[-3:] == [Energy.PROCESSING] * 3:
        found.add(Energy.PROCESSING)
    return found


def allowed(
    bank: Sequence[BankQuestion], asked: Sequence[AskedQuestion], background: Background, trust: Trust
) -> list[BankQuestion]:
    """What may be asked now, whatever the strategy; nothing that was asked before is among it."""
    before = [*background.earlier, *(a.question_id for a in asked)]
    used, late = {*before, *background.withdrawn}, set(before[-THEME_RESTS:])
    resting = {q.theme for q in bank if q.theme and q.id in late}
    out = barred(asked, background)
    after_image = any(q.image for q in bank if q.id in before[-1:])
    # The local rules may have heard what is not kept, like an edit: then any danger is possible.
    lately = {kind for a in asked if a.crisis for kind in background.dangers.get(a.question_id, CrisisKind)}
    # What only may be a danger is kept nowhere, so it may be any.
    if any(a.concern for a in asked[-1:]):
        lately |= set(CrisisKind)
    ever = lately.union(*background.dangers.values())
    low = any((a.sentiment or 0) <= LOW_MOOD for a in asked[-2:])
    return [
        q
        for q in bank
        if q.id not in used
        and q.theme not in resting
        and (q.theme != ARRIVAL or not before)
        and not (q.image and after_image)
        and q.trust <= trust
        and q.energy not in out
        and ever.isdisjoint(q.never_after)
        and (q.energy is not Energy.HEALING or lately.issubset(q.after_crisis))
        and not (low and q.depth is Depth.CORE and q.energy is not Energy.HEALING)
    ]
