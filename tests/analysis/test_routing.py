"""Who reads an answer."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.analysis.budget import stricter
from schema.analysis.routing import Budget, Complexity, ModelRef, Tier
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import CrisisKind, Depth, Energy, Locale
from tests.load import stream
from workflows.analysis.rules.routing import AnswerTraits, complexity_of, reply_chain, route
from workflows.analysis.rules.text_features import read


def reader(tier: Tier, company: str) -> ModelRef:
    return ModelRef(tier=tier, company=company, analyst=f"{company}/{tier}", task_queue=f"ai-{company}")


SMALL, STANDARD, PREMIUM = reader(Tier.SMALL, "A"), reader(Tier.STANDARD, "B"), reader(Tier.PREMIUM, "A")
MODELS = [SMALL, STANDARD, PREMIUM]


def traits(text: str, depth: Depth = Depth.CONSCIOUS, **others: object) -> AnswerTraits:
    said = read(text, Locale.EN)
    known = {"energy": Energy.NEUTRAL, "crisis": None, "troubled": False, **others}
    return AnswerTraits.model_validate({"words": said.words, "sharing": said.sharing, "depth": depth, **known})


LONG = (
    "When my father died I was nineteen, and for years I told everyone I was fine. I remember the kitchen, my mother's"
    " hands, and how afraid I was that if I started to cry I would never stop. Last year I finally wrote him a letter,"
    " and I felt something in my chest open that I had kept shut for half of my life. I miss him, and I'm still angry"
    " with him for leaving before I could tell him that I forgive him."
)


@pytest.mark.parametrize(
    ("answer", "complexity"),
    [
        (traits("Not really.", Depth.SURFACE), Complexity.SIMPLE),
        (traits("I don't know, maybe tea.", Depth.SURFACE), Complexity.SIMPLE),
        (traits("I like long walks with my dog, they calm me after work."), Complexity.MEDIUM),
        (traits(LONG, Depth.EDGE, energy=Energy.PROCESSING), Complexity.COMPLEX),
        # Few words can weigh much.
        (traits("Yes.", Depth.SURFACE, crisis=CrisisKind.ABUSE), Complexity.COMPLEX),
    ],
)
def test_complexity(answer: AnswerTraits, complexity: Complexity) -> None:
    assert complexity_of(answer) is complexity


answers = st.builds(
    AnswerTraits,
    words=st.integers(0, 4000),
    sharing=st.floats(0, 1),
    depth=st.sampled_from(Depth),
    energy=st.sampled_from(Energy),
    crisis=st.none() | st.sampled_from(CrisisKind),
    troubled=st.booleans(),
)
ORDER = list(Complexity)


@given(answers, st.integers(0, 500), st.floats(0, 1))
def test_more_is_never_simpler(answer: AnswerTraits, words: int, sharing: float) -> None:
    more = answer.model_copy(
        update={"words": answer.words + words, "sharing": max(answer.sharing, sharing), "depth": answer.depth.deeper}
    )
    assert ORDER.index(complexity_of(more)) >= ORDER.index(complexity_of(answer))


def test_each_complexity_begins_at_its_tier_and_falls_downwards() -> None:
    deep = {complexity: route(complexity, Budget.AMPLE, MODELS).deep for complexity in Complexity}
    assert deep[Complexity.COMPLEX] == [PREMIUM, STANDARD, SMALL]
    assert deep[Complexity.MEDIUM] == [STANDARD, SMALL]


def test_an_outage_of_one_provider_is_caught_by_another() -> None:
    # The small tier has nothing below it, and its provider may be down.
    assert route(Complexity.SIMPLE, Budget.AMPLE, MODELS).deep == [SMALL, STANDARD]
    assert route(Complexity.MEDIUM, Budget.AMPLE, MODELS).instant == [SMALL, STANDARD]


def test_a_single_provider_is_asked_no_more_than_its_tiers() -> None:
    alone = [reader(tier, "A") for tier in (Tier.SMALL, Tier.STANDARD, Tier.PREMIUM)]
    assert [r.tier for r in route(Complexity.MEDIUM, Budget.AMPLE, alone).deep] == [Tier.STANDARD, Tier.SMALL]


@given(st.sampled_from(Complexity))
def test_a_tight_budget_leaves_the_small_tier_and_a_spent_one_nobody(complexity: Complexity) -> None:
    tight = route(complexity, Budget.TIGHT, MODELS)
    spent = route(complexity, Budget.SPENT, MODELS)
    assert tight.deep == tight.instant == [SMALL]
    assert spent.deep == spent.instant == []


def test_a_reply_of_the_coach_begins_at_the_standard_tier_within_the_budget() -> None:
    assert reply_chain(Budget.AMPLE, MODELS) == [STANDARD, SMALL]
    assert reply_chain(Budget.TIGHT, MODELS) == [SMALL]
    assert reply_chain(Budget.SPENT, MODELS) == []
    # The only other company has the premium tier alone.
    assert reply_chain(Budget.AMPLE, [SMALL, reader(Tier.PREMIUM, "B")]) == [SMALL, reader(Tier.PREMIUM, "B")]


@given(st.sampled_from(Budget), st.sampled_from(Budget))
def test_of_two_budgets_the_stricter_counts(one: Budget, other: Budget) -> None:
    order = [Budget.AMPLE, Budget.TIGHT, Budget.SPENT]
    assert order.index(stricter(one, other)) == max(order.index(one), order.index(other))


tiers = st.sampled_from([Tier.SMALL, Tier.STANDARD, Tier.PREMIUM])
models = st.lists(st.builds(reader, tiers, st.sampled_from("ABC")), unique_by=lambda r: r.tier)


@given(st.sampled_from(Complexity), st.sampled_from(Budget), models)
def test_nobody_is_asked_twice_and_every_model_only_if_it_is_there(
    complexity: Complexity, budget: Budget, configured: list[ModelRef]
) -> None:
    routed = route(complexity, budget, configured)
    for chain in (routed.instant, routed.deep):
        assert len(chain) == len({r.analyst for r in chain})
        assert all(r in configured for r in chain)
    if budget is Budget.AMPLE and configured:
        companies = {r.company for r in configured}
        assert len({r.company for r in routed.deep}) >= min(2, len(companies))


def test_a_realistic_stream_costs_what_it_should(bank: list[BankQuestion]) -> None:
    counted = Counter(complexity_of(answer) for answer in stream.answers(bank, sessions=60, seed=2))
    total = counted.total()
    shares = {complexity: counted[complexity] / total for complexity in Complexity}
    # The target is 15, 75 and 10 %.
    assert shares[Complexity.SIMPLE] == pytest.approx(0.15, abs=0.04)
    assert shares[Complexity.MEDIUM] == pytest.approx(0.75, abs=0.04)
    assert shares[Complexity.COMPLEX] == pytest.approx(0.10, abs=0.04)
