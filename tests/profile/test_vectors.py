"""A person looks for what they once said, by what it means, in their own words only."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from activities.profile.indexing import SAID
from schema.deliveries import CrisisSupport, Found, Question
from schema.vocabulary import Locale
from tests.analyst import RehearsedAnalyst
from tests.people.person import People
from tests.vectors import served

RIVER = "On Sundays I walk along the river with my sister, and then everything is quiet."
BOSS = "My boss reads my mails aloud to the whole team, and I could sink into the floor."
BREAD = "I bake bread at night when I can't sleep; the dough does not ask anything."
LETTER = f"""The week was full of meetings about the budget, and nobody agreed on a single number. The slides came back
three times. On Friday the printer broke, and the whole floor laughed about it. I had noodles from the shop below again.
{BREAD} Tomorrow I go to the fair in Cologne, with the samples and the price lists in two bags."""


async def test_a_person_finds_their_own_words_by_what_they_mean(
    people: People, worker_pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with served(people.env, worker_pool, tmp_path):
        person = people.person()
        asked = await person.begins()
        for text in (RIVER, BOSS, LETTER):
            await person.answers(text)
        await person.is_indexed(3)
        for query, words in (
            ("a stroll by the water with family", RIVER),
            ("being shamed by the boss at work", BOSS),
            ("прогулка у воды с сестрой", RIVER),
        ):
            await person.looks_for(query)
            found = await person.sees(Found)
            assert found.available
            assert found.query == query
            assert found.words[0].quote == words
        # A sentence of a long answer.
        await person.looks_for("what calms me when I am sleepless")
        assert BREAD in (await person.sees(Found)).words[0].quote
        questions = [message.text for message in person.seen if isinstance(message, Question)]
        assert found.words[0].question == asked.text == questions[0]
        # The question in the language that they speak now.
        await person.chooses(Locale.RU)
        asked_anew = await person.sees(Question)
        await person.looks_for("сестра")
        found = await person.sees(Found)
        assert found.words[0].quote == RIVER
        assert found.words[0].question not in {asked.text, asked_anew.text}
        assert found.words[0].said_at.tzinfo is not None


async def test_nobody_finds_the_words_of_another_and_nonsense_finds_nothing(
    people: People, worker_pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with served(people.env, worker_pool, tmp_path):
        anna, boris = people.person(), people.person()
        for person, text in ((anna, RIVER), (boris, BOSS)):
            await person.begins()
            await person.answers(text)
            await person.is_indexed(1)
        await boris.looks_for(RIVER)
        assert RIVER not in [reason.quote for reason in (await boris.sees(Found)).words]
        await anna.looks_for("xqzt vvrk 0000")
        assert (await anna.sees(Found)).words == []


async def test_what_speaks_of_danger_is_never_shown_whoever_hears_it(
    people: People, analyst: RehearsedAnalyst, worker_pool: asyncpg.Pool, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    async with served(people.env, worker_pool, tmp_path) as store:
        person = people.person()
        await person.begins()
        await person.answers(RIVER)
        await person.is_analysed(1)
        await person.is_indexed(1)
        # Nobody heard it in these words at first; then an analysis does.
        await pool.execute(
            "UPDATE onboarding_system.answers SET crisis = 'SELF_HARM' WHERE user_ref = $1", person.user_ref
        )
        await person.looks_for(RIVER)
        assert (await person.sees(Found)).words == []
        await person.is_indexed(0)
        for collection in await store.collections():
            if collection.startswith(SAID):
                assert await store.ids_of(collection, person.user_ref) == set()
        await person.says("I want to kill myself by the river.")
        await person.sees(CrisisSupport)
        await person.looks_for("kill myself by the river")
        assert (await person.sees(Found)).words == []


async def test_a_choice_is_no_word_of_the_person(people: People, worker_pool: asyncpg.Pool, tmp_path: Path) -> None:
    async with served(people.env, worker_pool, tmp_path):
        person = people.person()
        await person.begins()
        for _ in range(3):
            await person.answers("Fine.")
        asked = [message for message in person.seen if isinstance(message, Question)][-1]
        assert asked.choices
        await person.says(asked.choices[0], chosen=True)
        await person.sees(Question)
        # The three own ones have vectors, and the choice is left out.
        await person.is_indexed(3)


async def test_while_vectors_are_away_a_person_is_told_so(
    people: People, worker_pool: asyncpg.Pool, tmp_path: Path
) -> None:
    person = people.person()
    await person.begins()
    await person.answers(RIVER)
    await person.looks_for("river")
    assert not (await person.sees(Found)).available
    async with served(people.env, worker_pool, tmp_path):
        # What was said meanwhile is there when they are back.
        await person.is_indexed(1)
        await person.looks_for("river")
        assert [reason.quote for reason in (await person.sees(Found)).words] == [RIVER]
