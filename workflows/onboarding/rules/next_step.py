"""Combines the rules of a session: trust, fatigue and Smart Mix decide the next step."""

from __future__ import annotations

from collections.abc import Sequence

from schema.onboarding.activities import ChooseNext, ChosenQuestion, NextStep
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import Locale
from workflows.onboarding.rules import fatigue, smart_mix, terseness, trust
from workflows.onboarding.rules.eligibility import Background


def next_step(request: ChooseNext, bank: Sequence[BankQuestion], background: Background) -> NextStep:
    """What comes next in a session.

    Args:
        bank: every question there is.
        background: what bears on the choice beside the questions of this session.
    """
    asked = request.asked
    points = request.trust_points + trust.points_of(asked)
    level = trust.level_of(points)
    tired = fatigue.score(asked, request.started_at, request.now)
    strategy = smart_mix.strategy_for(asked, request.planned)
    easier = terseness.is_terse(asked)
    question = None
    if strategy is not None:
        candidates = smart_mix.pool(bank, asked, background, level, strategy)
        unheard = smart_mix.unheard_traits(bank, asked, background)
        seed = f"{request.session_id}:{len(asked)}"
        question = smart_mix.choose(candidates, asked, unheard, seed, easier=easier, openness=background.openness)
    return NextStep(
        question=worded(question, request.locale, with_choices=easier) if question else None,
        strategy=strategy if question else None,
        trust_points=round(points, 3),
        trust=level,
        fatigue=tired,
        advice=fatigue.advice(tired, asked, request.started_at, request.now),
    )


def worded(question: BankQuestion, locale: Locale, *, with_choices: bool) -> ChosenQuestion:
    """A question of the bank in a person's language, with its choices if it has any and they are wanted."""
    return ChosenQuestion(
        question_id=question.id,
        domain=question.domain,
        depth=question.depth,
        energy=question.energy,
        text=question.text(locale),
        choices=question.choices_in(locale) if with_choices else [],
    )
