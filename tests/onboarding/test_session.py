"""A session as its person lives it: consent, questions, reactions, summary."""

from __future__ import annotations

import pytest

from schema.deliveries import (
    ConsentRequest,
    FatigueOffer,
    Feedback,
    Goodbye,
    Notice,
    NoticeCode,
    Paused,
    Question,
    Summary,
    WelcomeBack,
)
from schema.vocabulary import Energy, Locale, Stage, Status, Trust
from tests.people.person import People

OPEN_ANSWERS = {
    Locale.EN: [
        "I love trying new things, last summer I learned to sail and felt so curious and alive.",
        "My sister and I talk every evening, she calms me when I worry about my work.",
        "I plan my week on Sunday and feel proud when I finish what I promised to myself.",
        "I was afraid of being judged at school, and I still notice that fear when I speak.",
    ],
    Locale.RU: [
        "Я обожаю пробовать новое: прошлым летом я училась ходить под парусом и чувствовала себя живой.",
        "Мы с сестрой говорим каждый вечер, она успокаивает меня, когда я тревожусь из-за работы.",
        "Я планирую неделю в воскресенье и горжусь собой, когда довожу дела до конца.",
        "В школе я боялась, что меня осудят, и до сих пор замечаю этот страх, когда говорю.",
    ],
}


@pytest.mark.parametrize("locale", list(Locale))
async def test_from_consent_to_a_profile(people: People, locale: Locale) -> None:
    person = people.person(locale, planned_questions=4)
    await person.starts()
    greeting = await person.sees(ConsentRequest)
    await person.agrees()
    question = await person.sees(Question)
    assert greeting.planned == 4
    assert (question.number, question.planned) == (1, 4)

    for number, text in enumerate(OPEN_ANSWERS[locale], start=1):
        await person.says(text)
        feedback = await person.sees(Feedback)
        assert feedback.text
        if number < 4:
            question = await person.sees(Question)
            assert question.number == number + 1
    assert question.energy is Energy.HEALING

    summary = await person.sees(Summary)
    outcome = await person.outcome()
    assert outcome.status is Status.COMPLETED
    assert (outcome.answers, outcome.analysed + outcome.deferred) == (4, 4)
    assert summary.answers == 4
    assert summary.profile.traits
    assert summary.profile.offline
    assert await person.kept_texts() == OPEN_ANSWERS[locale]
    assert await person.analyses() == 4


async def test_declining_ends_at_once_and_nothing_is_kept(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.declines()
    assert (await person.sees(Goodbye)).reason == "declined"
    assert (await person.outcome()).status is Status.DECLINED
    kept = await people.pool.fetchval(
        "SELECT count(*) FROM onboarding_system.people WHERE user_ref = $1", person.user_ref
    )
    assert kept == 0


async def test_what_is_written_before_consent_is_not_kept(people: People) -> None:
    person = people.person()
    await person.starts()
    await person.sees(ConsentRequest)
    await person.says("Who are you and what do you want?")
    assert (await person.sees(Notice)).code is NoticeCode.CONSENT_FIRST
    await person.agrees()
    await person.sees(Question)
    assert await person.kept_texts() == []


async def test_a_person_who_returns_is_welcomed_and_asked_nothing_twice(people: People) -> None:
    person = people.person(planned_questions=3)
    await person.begins()
    await person.answers(OPEN_ANSWERS[Locale.EN][0])
    await person.answers(OPEN_ANSWERS[Locale.EN][1])
    await person.says(OPEN_ANSWERS[Locale.EN][2])
    await person.sees(Summary)
    await person.outcome()
    first = {m.question_id for m in person.seen if isinstance(m, Question)}

    await person.starts()
    await person.sees(WelcomeBack)
    again = await person.sees(Question)
    assert again.question_id not in first
    assert not any(isinstance(m, ConsentRequest) for m in person.seen[-2:])


async def test_skipping_brings_another_question_and_is_not_an_answer(people: People) -> None:
    person = people.person()
    first = await person.begins()
    await person.skips(first.nonce)
    assert (await person.sees(Notice)).code is NoticeCode.SKIPPED
    second = await person.sees(Question)
    assert second.question_id != first.question_id
    assert second.number == 1

    await person.skips(first.nonce)
    assert await person.sees_nothing_more()
    progress = await person.progress()
    assert (progress.answered, progress.skipped, progress.open_nonce) == (0, 1, second.nonce)


async def test_a_person_rests_and_goes_on_where_they_were(people: People) -> None:
    person = people.person()
    question = await person.begins()
    await person.pauses()
    assert (await person.sees(Paused)).reason == "person"
    assert (await person.progress()).status is Status.PAUSED
    await person.resumes()
    assert (await person.sees(Notice)).code is NoticeCode.RESUMED
    again = await person.sees(Question)
    assert (again.nonce, again.again) == (question.nonce, True)
    await person.resumes()
    assert (await person.sees(Notice)).code is NoticeCode.NOTHING_TO_RESUME


async def test_writing_while_resting_is_an_answer_and_goes_on(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.pauses()
    await person.sees(Paused)
    await person.answers("I like slow mornings with a book and strong coffee.")
    assert (await person.progress()).status is Status.ACTIVE
    assert (await person.progress()).answered == 1


async def test_stopping_with_enough_answers_gives_the_summary(people: People) -> None:
    person = people.person(min_questions=2)
    await person.begins()
    await person.answers(OPEN_ANSWERS[Locale.EN][0])
    await person.answers(OPEN_ANSWERS[Locale.EN][1])
    await person.stops()
    assert (await person.sees(Summary)).answers == 2
    assert (await person.outcome()).status is Status.COMPLETED


async def test_stopping_early_is_a_goodbye_and_claims_no_profile(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers(OPEN_ANSWERS[Locale.EN][0])
    await person.stops()
    assert (await person.sees(Goodbye)).reason == "stopped"
    assert (await person.outcome()).status is Status.ABANDONED
    assert not any(isinstance(m, Summary) for m in person.seen)
    assert await person.kept_texts() == OPEN_ANSWERS[Locale.EN][:1]


async def test_choosing_a_language_shows_the_same_question_in_it(people: People) -> None:
    person = people.person(Locale.EN)
    question = await person.begins()
    await person.chooses(Locale.RU)
    again = await person.sees(Question)
    assert (again.nonce, again.question_id) == (question.nonce, question.question_id)
    assert again.text != question.text
    assert (await person.progress()).locale is Locale.RU


async def test_a_chosen_language_is_remembered_in_the_next_session(people: People) -> None:
    person = people.person(Locale.EN)
    await person.begins()
    await person.chooses(Locale.RU)
    await person.sees(Question)
    await person.stops()
    await person.outcome()
    await person.starts()
    await person.sees(WelcomeBack)
    assert (await person.progress()).locale is Locale.RU


async def test_open_answers_grow_trust(people: People) -> None:
    person = people.person()
    await person.begins()
    for text in OPEN_ANSWERS[Locale.EN]:
        await person.answers(text)
    progress = await person.progress()
    assert progress.trust > Trust.STRANGER
    assert progress.stage is Stage.QUESTIONS


async def test_a_tired_person_is_offered_a_pause_once_and_may_go_on(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says("I'm tired of these questions")
    offer = await person.sees(FatigueOffer)
    await person.sees(Question)
    await person.answers("I'm tired of these questions")
    assert offer.suggest == "pause"
    assert sum(isinstance(m, FatigueOffer) for m in person.seen) == 1
    assert (await person.progress()).status is Status.ACTIVE


async def test_pressing_start_again_shows_the_open_question_and_starts_nothing_new(people: People) -> None:
    person = people.person()
    # Else the question that is being brought at this moment is what they came for.
    person.unhurried = True
    question = await person.begins()
    run_before = (await person.session.describe()).run_id
    await person.starts()
    again = await person.sees(Question)
    assert (again.nonce, again.again) == (question.nonce, True)
    assert (await person.session.describe()).run_id == run_before
