"""Sessions whose histories are recorded, one of each kind that a change of the workflows could break."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from schema.deliveries import (
    ConsentRequest,
    CrisisSupport,
    Feedback,
    Goodbye,
    Notice,
    Nudge,
    Paused,
    Question,
    SafetyQuestion,
    Summary,
)
from schema.onboarding.messages import FlagQuestion, OperatorNote
from schema.vocabulary import Locale
from tests.analyst import RehearsedAnalyst
from tests.people.person import PATIENCE, People, at_rest
from tests.replay.staging import Handle, answering, newcomer, scenario, settled
from workflows.onboarding.session import OnboardingSession


@scenario
async def completed(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast, Locale.RU, planned_questions=4)
    await person.begins()
    await answering(person, 3)
    # The last reaction is brought when the analysis is there: so whether the summary waits for one is no chance.
    cast.screens.refused = Feedback
    await person.says("Мне нравится гулять у реки с сестрой, это меня успокаивает.")
    await settled(person, 4)
    cast.screens.refused = None
    await person.sees(Summary)
    await person.outcome()
    return person.session


@scenario
async def declined(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.starts()
    await person.sees(ConsentRequest)
    await person.declines()
    await person.outcome()
    return person.session


@scenario
async def suspended_in_consent(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.starts()
    await person.sees(ConsentRequest)
    await person.says("Who is there?")
    await person.sees(Notice)
    return person.session


@scenario
async def suspended_in_questions(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 3)
    return person.session


@scenario
async def suspended_in_summary(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """The person has left, and the summary waits for their channel."""
    person = newcomer(cast, planned_questions=3)
    await person.begins()
    await answering(person, 2)
    cast.screens.refused = Summary
    await person.says("I like the sea.")
    return person.session


@scenario
async def suspended_in_a_rest(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    await person.pauses()
    await person.sees(Paused)
    return person.session


@scenario
async def rested_and_returned(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast, min_questions=2)
    await person.begins()
    await person.pauses()
    await person.sees(Paused)
    await person.resumes()
    await person.sees(Question)
    await person.starts()
    await person.sees(Question)
    await person.chooses(Locale.RU)
    await person.sees(Question)
    await answering(person, 2)
    await person.stops()
    await person.sees(Summary)
    await person.outcome()
    return person.session


@scenario
async def timed_out(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    # So much later than the session begins that its first timer wakes too early, on a quick machine as on a slow one.
    await person.is_silent_for(timedelta(minutes=5))
    await answering(person, 1)
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Goodbye)
    await person.outcome()
    return person.session


@scenario
async def with_a_crisis(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast, Locale.RU)
    await person.begins()
    await person.says("Я не хочу жить.")
    await person.sees(CrisisSupport)
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(Question)
    await settled(person, 1)
    await person.says("Я хочу покончить с собой.")
    asked = await person.sees(SafetyQuestion)
    await settled(person, 2)
    await person.says("Просто больше нет сил.")
    await person.sees(SafetyQuestion)
    await settled(person, 3)
    await person.taps("help", asked.nonce)
    await person.sees(Paused)
    await person.resumes()
    await person.sees(Question)
    return person.session


@scenario
async def silent_after_a_crisis(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """Care lasts a week, in the next session, too."""
    person = newcomer(cast)
    await person.begins()
    await person.says("I want to kill myself.")
    await person.sees(SafetyQuestion)
    await settled(person, 1)
    await person.stops()
    await person.outcome()
    await person.starts()
    await person.sees(Question)
    await person.is_silent_for(timedelta(minutes=31))
    await person.sees(Nudge)
    await person.is_silent_for(timedelta(minutes=31))
    await person.outcome()
    return person.session


@scenario
async def with_skips(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    for _ in range(2):
        await person.skips()
        await person.sees(Question)
    await answering(person, 1)
    return person.session


@scenario
async def with_choices(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """A person of few words chooses an answer, and taps a choice that is over."""
    person = newcomer(cast)
    await person.begins()
    for number, word in enumerate(("Tea.", "Books."), start=1):
        asked = await person.answers(word)
        await settled(person, number)
    await person.says(asked.choices[0], chosen=True)
    await person.sees(Question)
    await settled(person, 3)
    await person.pauses()
    await person.sees(Paused)
    await person.says(asked.choices[0], nonce=asked.nonce, chosen=True)
    await person.sees(Notice)
    return person.session


@scenario
async def with_an_operator(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    question = await person.begins()
    flag = FlagQuestion(question_id=question.question_id, reason="recorded for replay")
    await person.session.execute_update(OnboardingSession.flag_question, flag)
    await person.sees(Question)
    note = OperatorNote(reason="recorded for replay")
    await person.session.execute_update(OnboardingSession.pause_by_operator, note)
    await person.sees(Paused)
    await person.session.execute_update(OnboardingSession.abandon_by_operator, note)
    await person.sees(Goodbye)
    await person.outcome()
    await cast.pool.execute("DELETE FROM onboarding_system.question_flags")
    return person.session


@scenario
async def cancelled(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """An operator cancels a session while its question is on its way."""
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    cast.screens.refused = Question
    await person.skips()
    await at_rest(person.session)
    await person.session.cancel()
    await person.sees(Goodbye)
    return person.session


@scenario
async def cried_behind_a_delivery(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await answering(person, 1)
    cast.screens.refused = Question
    await person.skips()
    await at_rest(person.session)
    await person.says("I want to kill myself.")
    await at_rest(person.session)
    cast.screens.refused = None
    await person.sees(CrisisSupport)
    await person.taps("misread", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(Question)
    await settled(person, 2)
    return person.session


@scenario
async def returned_while_ending(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """The person comes back while their summary waits for the channel: the next session begins with it."""
    person = newcomer(cast, planned_questions=3)
    await person.begins()
    await answering(person, 2)
    cast.screens.refused = Summary
    await person.says("I like the sea.")
    await settled(person, 3)
    run = (await person.session.describe()).run_id
    await person.chooses(Locale.RU)
    await at_rest(person.session)
    await person.starts()
    await person.is_silent_for(timedelta(seconds=11))
    cast.screens.refused = None
    await person.sees(Question)
    return cast.env.client.get_workflow_handle(person.session.id, run_id=run)


@scenario
async def with_analyses_left_over(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast, planned_questions=3, last_analyses_wait="PT0.1S")
    analyst.down_for.add("outage")
    await person.begins()
    for number in range(3):
        await person.says(f"During the outage I read ({number}).")
        if number < 2:
            await person.sees(Question)
    await person.sees(Summary)
    await person.outcome()
    return person.session


@scenario
async def deferred_analysis(cast: People, analyst: RehearsedAnalyst) -> Handle:
    session = await with_analyses_left_over(cast, analyst)
    history = await session.fetch_history()
    child = next(
        event.start_child_workflow_execution_initiated_event_attributes.workflow_id
        for event in history.events
        if event.HasField("start_child_workflow_execution_initiated_event_attributes")
    )
    analyst.down_for.discard("outage")
    handle = cast.env.client.get_workflow_handle(child)
    await asyncio.wait_for(handle.result(), PATIENCE)
    return handle


@scenario
async def read_by_the_next(cast: People, analyst: RehearsedAnalyst) -> Handle:
    """The first model refuses the answers, so the offline analyst reads them."""
    person = newcomer(cast)
    analyst.refused_for.add("river")
    await person.begins()
    await answering(person, 2)
    return person.session


@scenario
async def edited_late(cast: People, analyst: RehearsedAnalyst) -> Handle:
    person = newcomer(cast)
    await person.begins()
    await person.says("I like the sea.", message_id="17")
    await person.sees(Question)
    await settled(person, 1)
    await person.edits("17", "I like the sea at night.")
    await person.sees(Notice)
    await person.edits("17", "I want to kill myself.")
    await person.sees(CrisisSupport)
    await person.taps("safe", (await person.sees(SafetyQuestion)).nonce)
    await person.sees(Question)
    return person.session
