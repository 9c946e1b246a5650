"""A person says that a reflection missed: it is heard once, and what was read in that answer weighs nothing."""

from __future__ import annotations

import uuid

import asyncpg
import pytest

from activities.account.person_export import PostgresPersonExports
from gateway.presentation.export.export_files import as_html
from gateway.presentation.texts.texts import Texts
from schema.deliveries import Feedback, Insights, Notice, NoticeCode, ProfileCard, Question
from schema.person import PersonRef
from schema.profile.activities import AnswerObjectedTo
from schema.profile.layers import Profile
from schema.vocabulary import Locale, Trait
from tests.activities.test_database import NOW, Someone
from tests.keys import encryption
from tests.people.person import People, Person
from workers.bootstrap import Parts

CURIOUS = "I am curious, I love art, new ideas and imagination."


async def shown(person: Person) -> Profile:
    """The portrait that the person sees now."""
    await (await person.asks_for_profile("insights")).result()
    return (await person.sees(Insights)).profile


async def reflected(person: Person) -> Feedback:
    """The next reflection, with the question after it."""
    reflection = await person.sees(Feedback)
    await person.sees(Question)
    return reflection


async def test_not_quite_is_thanked_for_once_and_weighs_against_that_answer_alone(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(CURIOUS)
    missed = await reflected(person)
    await person.says("Give me museums and poetry, I love exploring new places.")
    await reflected(person)
    await person.is_analysed(2)
    before = await shown(person)

    await (await person.objects_to(missed)).result()
    assert (await person.sees(Notice)).code is NoticeCode.OBJECTION_HEARD
    after = await shown(person)
    openness = {trait.trait: trait for trait in after.traits}[Trait.OPENNESS]
    assert openness.evidence == 1
    assert {trait.trait: trait for trait in before.traits}[Trait.OPENNESS].evidence == 2
    assert after.answers == 2

    await (await person.objects_to(missed)).result()
    assert await shown(person) == after
    heard = [m for m in person.seen if isinstance(m, Notice) and m.code is NoticeCode.OBJECTION_HEARD]
    assert len(heard) == 1


async def test_not_quite_is_heard_after_the_session_too(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.says(CURIOUS)
    missed = await reflected(person)
    await person.stops()
    await person.outcome()
    await person.is_analysed(1)
    await (await person.objects_to(missed)).result()
    assert (await person.sees(Notice)).code is NoticeCode.OBJECTION_HEARD
    await person.asks_for_profile()
    assert (await person.sees(ProfileCard)).profile.traits == []


async def test_of_an_answer_that_is_erased_there_is_nothing_left_to_weigh(people: People) -> None:
    person = people.person()
    await person.begins()
    stranger = Feedback(text="So.", offline=True, answer_id=str(uuid.uuid4()))
    await (await person.objects_to(stranger)).result()
    assert (await person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD


@pytest.fixture
async def someone(parts: Parts) -> Someone:
    """A person who has answered once."""
    person = Someone(parts)
    await person.opens()
    await parts.sessions.record_answer(person.answer("I like it."))
    return person


async def objects(someone: Someone, user_ref: str | None = None) -> bool:
    return await someone.parts.profiles.object_to_answer(
        AnswerObjectedTo(answer_id=someone.answer_id, user_ref=user_ref or someone.user_ref, objected_at=NOW)
    )


@pytest.mark.parametrize("objects_first", [True, False])
async def test_it_makes_no_difference_whether_the_objection_or_the_analysis_comes_first(
    someone: Someone, pool: asyncpg.Pool, objects_first: bool
) -> None:
    if objects_first:
        assert await objects(someone)
    await someone.parts.profiles.fold_analysis(someone.analysis())
    if not objects_first:
        assert await objects(someone)
    profile = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    assert (profile.traits, profile.patterns, profile.insights, profile.answers) == ([], [], [], 1)
    export = await PostgresPersonExports(pool, encryption().columns).of(someone.user_ref)
    assert export.profile == []
    [answer] = [answer for question in export.sessions[0].questions for answer in question.answers]
    assert answer.objected_at == NOW
    for locale in Locale:
        assert Texts(locale).say("export-objected") in as_html(export, Texts(locale)).decode()


async def test_what_a_word_list_heard_once_has_not_come_up_again(someone: Someone) -> None:
    heard = someone.analysis()
    once = heard.analysis.model_copy(update={"analyst": "offline", "patterns": ["a fear"]})
    await someone.parts.profiles.fold_analysis(heard.model_copy(update={"analysis": once}))
    assert (await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))).patterns == []


async def test_nobody_objects_to_the_answer_of_somebody_else(someone: Someone) -> None:
    await someone.parts.profiles.fold_analysis(someone.analysis())
    assert not await objects(someone, "somebodyelse1234")
    profile = await someone.parts.profiles.read_profile(PersonRef(user_ref=someone.user_ref))
    assert [level.trait for level in profile.traits] == [Trait.OPENNESS]
