"""Smart Mix over the shipped bank: in every state a session can reach there is a choice, and the rules hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.onboarding.activities import AskedQuestion, ChooseNext
from schema.onboarding.bank import ARRIVAL, BankQuestion, load_bank
from schema.vocabulary import Construct, CrisisKind, Depth, Domain, Energy, Locale, Strategy, Trait, Trust
from workflows.onboarding.rules import eligibility, smart_mix
from workflows.onboarding.rules.eligibility import Background
from workflows.onboarding.rules.next_step import next_step

BANK = load_bank()
BY_ID = {question.id: question for question in BANK}
OF_DOMAIN = {domain: [question for question in BANK if question.domain is domain] for domain in Domain}
NOTHING = Background()
START = datetime(2026, 1, 1, tzinfo=UTC)

a_session_each = settings(max_examples=40)
"""Each example is fifteen choices among all questions, so few of them meet every rule many times."""
AN_ANSWER = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["answered", "answered", "answered", "skipped", "withdrawn"]),
        "sharing": st.floats(0, 1),
        "quality": st.none() | st.floats(0, 1),
        "sentiment": st.none() | st.floats(-1, 1),
        "words": st.integers(0, 300),
        "seconds": st.floats(0, 600),
        "crisis": st.integers(0, 9).map(lambda n: n == 0),
        "breakthrough": st.integers(0, 5).map(lambda n: n == 0),
    }
)


def asked_as(question: BankQuestion, **came_of_it: object) -> AskedQuestion:
    return AskedQuestion.model_validate(
        {
            "nonce": question.id,
            "question_id": question.id,
            "domain": question.domain,
            "depth": question.depth,
            "energy": question.energy,
            **came_of_it,
        }
    )


def request(asked: list[AskedQuestion], planned: int = 12, trust_points: float = 0) -> ChooseNext:
    return ChooseNext(
        session_id="00000000-0000-0000-0000-000000000001",
        user_ref="someone",
        locale=Locale.EN,
        asked=asked,
        trust_points=trust_points,
        planned=planned,
        started_at=START,
        now=START + timedelta(minutes=len(asked)),
    )


def walk(
    answers: list[dict[str, object]], planned: int, trust_points: float, background: Background = NOTHING
) -> list[tuple[Strategy, AskedQuestion, list[BankQuestion]]]:
    """A whole session: every question with why it was asked and among which candidates."""
    asked: list[AskedQuestion] = []
    steps = []
    for answer in answers:
        step = next_step(request(asked, planned, trust_points), BANK, background)
        if step.question is None or step.strategy is None:
            break
        candidates = smart_mix.pool(BANK, asked, background, step.trust, step.strategy)
        question = BY_ID[step.question.question_id]
        steps.append((step.strategy, asked_as(question), candidates))
        asked.append(asked_as(question, **answer))
    return steps


@a_session_each
@given(st.lists(AN_ANSWER, min_size=15, max_size=15), st.integers(3, 15), st.sampled_from([0, 1, 2.5, 4.5, 8]))
def test_any_session_always_has_a_choice_and_keeps_the_rules(
    answers: list[dict[str, object]], planned: int, trust_points: float
) -> None:
    steps = walk(answers, planned, trust_points)
    energies = [question.energy for _, question, _ in steps]
    ids = [question.question_id for _, question, _ in steps]

    assert all(len(candidates) >= smart_mix.ENOUGH for _, _, candidates in steps)
    assert len(ids) == len(set(ids)) <= 15
    assert energies.count(Energy.HEAVY) <= 2
    # At least every second question is in plain words.
    assert not any(BY_ID[before].image and BY_ID[after].image for before, after in pairwise(ids))
    for before, after in pairwise(energies):
        assert not (after is Energy.HEAVY and before in (Energy.HEAVY, Energy.PROCESSING))
    assert not any(energies[i : i + 4] == [Energy.PROCESSING] * 4 for i in range(len(energies)))


@a_session_each
@given(st.lists(AN_ANSWER, min_size=15, max_size=15), st.integers(3, 15))
def test_the_last_question_of_a_whole_session_heals(answers: list[dict[str, object]], planned: int) -> None:
    steps = walk(answers, planned, 0)
    outcomes = [answer["outcome"] for answer in answers[: len(steps)]]
    if outcomes.count("answered") == planned or len(steps) == smart_mix.MOST_QUESTIONS:
        assert steps[-1][1].energy is Energy.HEALING


@a_session_each
@given(st.lists(AN_ANSWER, min_size=15, max_size=15), st.floats(0, 4.4))
def test_a_person_who_is_no_confidant_yet_is_never_asked_deep_or_heavy_questions(
    answers: list[dict[str, object]], trust_points: float
) -> None:
    silent = [{**answer, "sharing": 0.0} for answer in answers]
    for _, question, _ in walk(silent, 15, trust_points):
        assert question.depth not in (Depth.SHADOW, Depth.CORE)
        assert question.energy is not Energy.HEAVY


def energy_histories() -> list[list[Energy]]:
    """Every history of energies that the rules tell apart, as the last questions asked."""
    tails = [
        [],
        [Energy.OPENING],
        [Energy.NEUTRAL],
        [Energy.HEALING],
        *[[Energy.PROCESSING] * run for run in (1, 2, 3)],
        [Energy.HEAVY],
    ]
    return [[Energy.HEAVY, Energy.NEUTRAL] * heavy + tail for heavy, tail in product(range(3), tails)]


# Whoever trusts more has more to choose from: the lowest trust with each rule about heavy questions is the hardest.
HARDEST = (min(Trust), Trust.CONFIDANT)


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize(
    "trust", [trust if trust in HARDEST else pytest.param(trust, marks=pytest.mark.long) for trust in Trust]
)
def test_every_reachable_state_has_three_candidates(strategy: Strategy, trust: Trust) -> None:
    """Strategy, trust, the domain and depth that count, domains touched, energy history: all of them."""
    for asked, possible in states_with(trust):
        candidates = smart_mix.wished_for(possible, asked, strategy)
        assert len(candidates) >= smart_mix.ENOUGH, (strategy, trust, [a.question_id for a in asked])


@cache
def states_with(trust: Trust) -> list[tuple[list[AskedQuestion], list[BankQuestion]]]:
    """The states that a session can reach with this trust, and what may be asked then, whatever the strategy."""
    most_heavy = 2 if trust >= Trust.CONFIDANT else 0
    reachable = [asked for asked in states() if sum(a.energy is Energy.HEAVY for a in asked) <= most_heavy]
    return [(asked, eligibility.allowed(BANK, asked, NOTHING, trust)) for asked in reachable]


@cache
def states() -> list[list[AskedQuestion]]:
    """Sessions for every domain and depth that can count, every energy history, few and most domains touched."""
    found = [
        state(domain, depth, history, touched)
        for domain, depth, history in product(Domain, Depth, energy_histories())
        for touched in ([], [d for d in Domain if d is not domain])
    ]
    return [asked for asked in found if asked is not None]


def state(domain: Domain, depth: Depth, history: list[Energy], touched: list[Domain]) -> list[AskedQuestion] | None:
    """Questions asked that leave a session in this state: one a touched domain, then the history, in one domain."""
    used: set[str] = set()

    def take(domain: Domain, **wanted: object) -> BankQuestion | None:
        unused = (q for q in OF_DOMAIN[domain] if q.id not in used)
        found = next((q for q in unused if all(getattr(q, k) == v for k, v in wanted.items())), None)
        if found:
            used.add(found.id)
        return found

    picked = [take(d, depth=Depth.SURFACE, energy=Energy.OPENING) for d in touched]
    picked += [take(domain, energy=energy) for energy in history]
    picked.append(take(domain, depth=depth))
    if None in picked:
        return None
    asked = [asked_as(q, outcome="answered", sharing=0.8, quality=0.8, sentiment=0.5) for q in picked if q is not None]
    asked[-1] = asked[-1].model_copy(update={"crisis": True, "breakthrough": True})
    return asked[-smart_mix.MOST_QUESTIONS :]


def an_answer(question_id: str, **came_of_it: object) -> AskedQuestion:
    return asked_as(BY_ID[question_id], **{"outcome": "answered", "sharing": 0.5, **came_of_it})


@pytest.mark.parametrize("kind", list(CrisisKind))
def test_after_each_crisis_there_are_three_questions_fit_after_it_in_every_reachable_state(kind: CrisisKind) -> None:
    for asked in states():
        background = Background(dangers={asked[-1].question_id: [kind]})
        candidates = smart_mix.pool(BANK, asked, background, Trust.STRANGER, Strategy.CRISIS_CARE)
        assert smart_mix.strategy_for(asked, planned=20) in (Strategy.CRISIS_CARE, None)
        assert len(candidates) >= smart_mix.ENOUGH, [a.question_id for a in asked]
        assert all(kind in q.after_crisis for q in candidates)


def test_a_crisis_whose_kind_is_not_kept_is_followed_by_what_is_fit_after_any() -> None:
    asked = [an_answer("work-surface-01"), an_answer("money-surface-01", crisis=True)]
    candidates = smart_mix.pool(BANK, asked, NOTHING, Trust.STRANGER, Strategy.CRISIS_CARE)
    assert len(candidates) >= smart_mix.ENOUGH
    assert all(set(q.after_crisis) == set(CrisisKind) for q in candidates)


@a_session_each
@given(st.lists(AN_ANSWER, min_size=15, max_size=15), st.sampled_from(CrisisKind), st.booleans())
def test_a_session_with_a_crisis_stays_gentle_to_its_end(
    answers: list[dict[str, object]], kind: CrisisKind, kept: bool
) -> None:
    """No HEAVY question any more, and what heals is fit, also when the session closes."""
    dangers = {q.id: [kind] for q in BANK} if kept else {}
    troubled = False
    for (_, question, _), answer in zip(walk(answers, 15, 8, Background(dangers=dangers)), answers, strict=False):
        if troubled:
            assert question.energy is not Energy.HEAVY
            assert question.energy is not Energy.HEALING or kind in BY_ID[question.question_id].after_crisis
        troubled = troubled or bool(answer["crisis"])


def test_the_session_after_a_crisis_has_nothing_heavy() -> None:
    for strategy in Strategy:
        candidates = smart_mix.pool(BANK, [], Background(troubled_before=True), Trust.SOUL_MATE, strategy)
        assert len(candidates) >= smart_mix.ENOUGH
        assert Energy.HEAVY not in {q.energy for q in candidates}


@pytest.mark.parametrize("kind", list(CrisisKind))
def test_some_questions_are_never_asked_of_who_spoke_of_such_a_danger(kind: CrisisKind) -> None:
    barred = {q.id for q in BANK if kind in q.never_after}
    long_ago = Background(dangers={"a-question-long-gone": [kind]})
    ids = {q.id for q in eligibility.allowed(BANK, [], long_ago, Trust.SOUL_MATE)}
    assert barred
    assert ids == {q.id for q in BANK} - barred


def test_a_low_mood_is_not_led_to_the_core_of_things() -> None:
    asked = [an_answer("work-surface-01", sentiment=-0.4), an_answer("money-surface-01")]
    core = {q.energy for q in eligibility.allowed(BANK, asked, NOTHING, Trust.SOUL_MATE) if q.depth is Depth.CORE}
    assert core == {Energy.HEALING}


def test_a_breakthrough_leads_one_step_deeper_in_the_same_domain() -> None:
    asked = [an_answer("work-surface-01"), an_answer("money-surface-01", breakthrough=True)]
    candidates = smart_mix.pool(BANK, asked, NOTHING, Trust.ACQUAINTANCE, Strategy.BREAKTHROUGH)
    assert smart_mix.strategy_for(asked, planned=12) is Strategy.BREAKTHROUGH
    assert {(q.domain, q.depth) for q in candidates} == {(Domain.MONEY, Depth.CONSCIOUS)}


def test_after_a_heavy_question_there_is_ground_under_the_feet() -> None:
    heavy = next(q for q in BANK if q.energy is Energy.HEAVY)
    asked = [an_answer("work-surface-01"), an_answer("money-surface-01"), an_answer(heavy.id)]
    candidates = smart_mix.pool(BANK, asked, NOTHING, Trust.SOUL_MATE, Strategy.RELIEF)
    assert smart_mix.strategy_for(asked, planned=12) is Strategy.RELIEF
    assert {q.energy for q in candidates} <= {Energy.HEALING, Energy.NEUTRAL}
    assert {q.depth for q in candidates} == {Depth.SURFACE}


def test_a_first_session_opens_with_what_brings_a_person_here_and_no_other_does() -> None:
    opening = smart_mix.pool(BANK, [], NOTHING, Trust.STRANGER, Strategy.ENTRY)
    assert {q.theme for q in opening} == {ARRIVAL}
    later = eligibility.allowed(BANK, [an_answer(opening[0].id)], NOTHING, Trust.SOUL_MATE)
    back = eligibility.allowed(BANK, [], Background(["work-surface-01"]), Trust.SOUL_MATE)
    assert ARRIVAL not in {q.theme for q in (*later, *back)}


@pytest.mark.parametrize(
    ("answered", "strategy"),
    [
        (0, Strategy.ENTRY),
        (1, Strategy.ENTRY),
        (2, Strategy.EXPLORATION),
        (4, Strategy.EXPLORATION),
        (5, Strategy.DEEPENING),
        (8, Strategy.DEEPENING),
        (9, Strategy.BALANCING),
        (13, Strategy.BALANCING),
        (14, Strategy.CLOSING),
        (15, None),
    ],
)
def test_a_session_goes_from_entry_to_closing(answered: int, strategy: Strategy | None) -> None:
    light = [q for q in BANK if q.energy in (Energy.OPENING, Energy.NEUTRAL)][:answered]
    assert smart_mix.strategy_for([an_answer(q.id) for q in light], planned=15) is strategy


def test_what_was_asked_in_an_earlier_session_or_withdrawn_never_comes_again() -> None:
    asked, withdrawn = ([q.id for q in BANK if q.energy is energy] for energy in (Energy.OPENING, Energy.NEUTRAL))
    for _, question, _ in walk([{"outcome": "answered"}] * 15, 15, 8, Background(asked, withdrawn)):
        assert question.question_id not in {*asked, *withdrawn}


@settings(max_examples=25)  # Each is four sessions.
@given(st.lists(AN_ANSWER, min_size=15, max_size=15), st.sampled_from([0, 2.5, 8]))
def test_a_theme_rests_for_25_questions_across_sessions(answers: list[dict[str, object]], trust_points: float) -> None:
    asked: list[str] = []
    for _ in range(4):
        steps = walk(answers, 12, trust_points, Background(asked))
        asked += [question.question_id for _, question, _ in steps]
    themes = [BY_ID[question_id].theme for question_id in asked]
    for place, theme in enumerate(themes):
        assert theme is None or theme not in themes[max(0, place - 25) : place]


def test_between_equals_the_question_that_listens_for_an_unheard_trait_comes_first() -> None:
    first, *others = [q for q in BANK if q.energy is Energy.NEUTRAL and Construct.AGREEABLENESS not in q.listens_for]
    listening = next(q for q in BANK if q.energy is Energy.NEUTRAL and Construct.AGREEABLENESS in q.listens_for)
    opening = next(q for q in BANK if q.energy is Energy.OPENING and Construct.AGREEABLENESS not in q.listens_for)
    asked = [an_answer(opening.id)]
    for seed in "abcdefgh":
        assert smart_mix.choose([first, listening, *others], asked, {Construct.AGREEABLENESS: 1}, seed) == listening
    # It only breaks ties: the mix comes first.
    neutral = [an_answer(first.id)]
    assert smart_mix.choose([listening, opening], neutral, {Construct.AGREEABLENESS: 1}, "a") == opening


def test_between_equals_comes_first_what_people_of_a_similar_profile_opened_up_to() -> None:
    equals = [q for q in BANK if q.energy is Energy.NEUTRAL and q.domain is Domain.WORK][:3]
    opened, unknown, skipped = equals
    openness = {opened.id: 1.4, skipped.id: 0.2}
    for seed in "abcdefgh":
        assert smart_mix.choose(equals, [], {}, seed, openness=openness) == opened
        assert smart_mix.choose([unknown, skipped], [], {}, seed, openness=openness) == unknown
    # Small differences leave it open.
    nearly = {q.id: 1 + place / 100 for place, q in enumerate(equals)}
    chosen = [smart_mix.choose(equals, [], {}, seed, openness=nearly) for seed in "abcdefgh"]
    assert len({question.id for question in chosen if question}) > 1


@pytest.mark.parametrize(("words", "sharing"), [(1, 0.03), (30, 0.3)])
def test_a_first_session_listens_for_all_five_traits(words: int, sharing: float) -> None:
    whole = 0
    for person in range(20):
        asked: list[AskedQuestion] = []
        for _ in range(12):
            step = next_step(request(asked).model_copy(update={"session_id": f"person-{person}"}), BANK, NOTHING)
            assert step.question
            question = BY_ID[step.question.question_id]
            came_of_it = {"words": words, "sharing": sharing, "quality": sharing, "sentiment": 0.1}
            asked.append(asked_as(question, outcome="answered", **came_of_it))
        heard = {construct for a in asked for construct in BY_ID[a.question_id].listens_for}
        whole += heard >= {Construct(trait) for trait in Trait}
    assert whole == 20


def test_a_skipped_question_has_heard_nothing() -> None:
    asked = [an_answer(q.id, outcome="skipped") for q in BANK if Construct.AGREEABLENESS in q.listens_for]
    assert smart_mix.unheard_traits(BANK, asked, NOTHING) == {Construct(trait): smart_mix.HEARD for trait in Trait}


def test_when_the_bank_is_used_up_the_session_ends() -> None:
    step = next_step(request([]), BANK, Background([q.id for q in BANK]))
    assert step.question is None
    assert step.strategy is None


def test_long_sessions_come_close_to_the_target_mix() -> None:
    counts = dict.fromkeys(Energy, 0)
    for person in range(40):
        asked: list[AskedQuestion] = []
        for _ in range(15):
            step = next_step(
                request(asked, planned=15).model_copy(update={"session_id": f"session-{person}"}), BANK, NOTHING
            )
            assert step.question
            question = BY_ID[step.question.question_id]
            counts[question.energy] += 1
            asked.append(asked_as(question, outcome="answered", sharing=0.5, quality=0.5, sentiment=0.1))
    total = sum(counts.values())
    for energy, share in smart_mix.TARGET_MIX.items():
        assert abs(counts[energy] / total - share) < 0.12, (energy, counts)
