"""Analysis behind a session: in the background, once an answer, and never in the person's way."""

from __future__ import annotations

import asyncio

from schema.deliveries import CrisisSupport, Feedback, Question, SafetyQuestion, Summary
from schema.vocabulary import CrisisKind, Energy, Status, Strategy
from tests.analyst import RehearsedAnalyst
from tests.people.person import PATIENCE, People, Person
from workflows.analysis.deferred import DeferredAnalysis


async def test_an_outage_delays_insight_and_neither_blocks_a_person_nor_loses_an_answer(
    people: People, analyst: RehearsedAnalyst
) -> None:
    person = people.person(planned_questions=3, last_analyses_wait="PT0.2S")
    analyst.down_for.add("outage")
    texts = [f"In the outage I think of my friends, number {n}." for n in range(3)]
    await person.begins()
    await person.answers(texts[0])
    await person.answers(texts[1])
    await person.says(texts[2])
    summary = await person.sees(Summary)
    outcome = await person.outcome()
    assert (outcome.status, outcome.analysed, outcome.deferred) == (Status.COMPLETED, 0, 3)
    assert summary.analyses_pending == 3

    analyst.down_for.discard("outage")
    await person.is_analysed(3)
    assert [analyst.deep_readings[text] for text in texts] == [1, 1, 1]
    deferred = people.env.client.get_workflow_handle_for(DeferredAnalysis.run, await deferred_id(person))
    assert await asyncio.wait_for(deferred.result(), PATIENCE) == 3


async def deferred_id(person: Person) -> str:
    """The id of the workflow that took over the person's analyses."""
    async for event in person.session.fetch_history_events():
        if event.HasField("start_child_workflow_execution_initiated_event_attributes"):
            return event.start_child_workflow_execution_initiated_event_attributes.workflow_id
    raise AssertionError("nothing was handed to DeferredAnalysis")


async def test_a_late_reaction_is_replaced_by_the_offline_one_and_never_follows(
    people: People, analyst: RehearsedAnalyst
) -> None:
    person = people.person()
    analyst.speechless_for.add("speechless")
    await person.begins()
    await person.says("You leave me speechless, but I like it.")
    feedback = await person.sees(Feedback)
    await person.sees(Question)
    assert feedback.offline
    assert await person.sees_nothing_more()
    assert sum(isinstance(m, Feedback) for m in person.seen) == 1


async def test_a_crisis_that_only_the_deep_analysis_understands_brings_support_and_a_healing_question(
    people: People, analyst: RehearsedAnalyst
) -> None:
    person = people.person()
    analyst.findings["understatement"] = {"crisis": CrisisKind.SELF_HARM}
    await person.begins()
    await person.says("I would call it an understatement.")
    assert (await person.sees(CrisisSupport)).crisis is CrisisKind.SELF_HARM
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    assert (await person.sees(Question)).energy is Energy.HEALING
    assert sum(isinstance(m, CrisisSupport) for m in person.seen) == 1


async def test_a_breakthrough_is_followed_one_step_deeper(people: People, analyst: RehearsedAnalyst) -> None:
    person = people.person()
    analyst.findings["epiphany"] = {"breakthrough": True}
    first = await person.begins()
    second = await person.answers("What an epiphany: I have always wanted my brother to be proud of me.")
    async with asyncio.timeout(PATIENCE):
        while (await person.progress()).analysed < 1:
            await asyncio.sleep(0.05)
    await person.answers("I like walks.")
    # Which question that means, and what else where the bank has too few of them, is told in `test_smart_mix`.
    followed = second.domain is first.domain
    assert followed or (await person.progress()).strategy is Strategy.BREAKTHROUGH


async def test_traits_and_their_history_are_folded_once_an_answer(people: People, analyst: RehearsedAnalyst) -> None:
    person = people.person()
    await person.begins()
    texts = [f"I am curious, I love art, new ideas and imagination, {n} times over." for n in range(3)]
    for text in texts:
        await person.answers(text)
    await person.is_analysed(3)
    rows = await people.pool.fetch(
        "SELECT old_score, new_score, confidence FROM profiles_store.value_history"
        " WHERE user_ref = $1 AND layer = 'big_five' AND name = 'openness' ORDER BY history_position",
        person.user_ref,
    )
    trait = await people.pool.fetchrow(
        "SELECT score, evidence FROM profiles_store.big_five_traits WHERE user_ref = $1 AND trait = 'openness'",
        person.user_ref,
    )
    assert len(rows) == 3
    assert trait is not None
    assert trait["evidence"] == 3
    assert rows[0]["old_score"] is None
    assert 0.5 < rows[0]["new_score"] < rows[1]["new_score"] < rows[2]["new_score"] == trait["score"]
    assert rows[0]["confidence"] < rows[1]["confidence"] < rows[2]["confidence"]
    assert all(analyst.deep_readings[text] == 1 for text in texts)
