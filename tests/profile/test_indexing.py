"""What waits for a vector gets one: once, in order, and again when the store or the embedder is another one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from activities.account.tombstones import PostgresTombstones
from activities.encryption.column import MARK
from activities.profile import indexing
from activities.profile.indexing import PROFILES, SAID, ProfileIndex, SaidIndex, profile_point
from activities.profile.profile_store import PostgresProfileStore
from activities.profile.said import MOST_PARTS, QUOTED, SaidTexts, read_as
from activities.qdrant.edge_store import EdgeStore
from activities.qdrant.vector_store import Point, Wanted
from schema.errors import VectorsAway
from schema.keys.key_id import KeyId
from schema.onboarding.activities import AnswerToRecord, HeardText
from schema.onboarding.bank import load_bank
from schema.person import PersonRef
from schema.profile.vectors import VectorsTask, WordsToFind
from schema.vocabulary import CrisisKind, Locale
from tests.activities.test_database import NOW, Someone
from tests.keys import encryption
from tests.vectors import Embeds, vectors_on
from workers.bootstrap import Parts

RIVER, BREAD = "I walk along the river with my sister.", "I bake bread at night when I can't sleep."
LETTER = (
    "The week was full of meetings about the budget, and nobody agreed on a single number. My boss sent the slides back"
    " three times. On Friday the printer broke and we all laughed about it. I had noodles from the shop below, again."
    f" {RIVER} The phone stays at home then. In the evening I answered forty mails about invoices. Then I packed my bag"
    " for the trip to the fair in Cologne, with the samples and the price lists. I am curious about the new customers."
)
OTHERS = (BREAD, "My father was strict about marks.", "I learn Spanish on the bus.", "The mortgage worries me.")


def said_in(pool: asyncpg.Pool, store: EdgeStore, embeds: Embeds | None = None) -> SaidIndex:
    """The index of words, as a new turn has it."""
    bank = {question.id: question for question in load_bank()}
    return SaidIndex(pool, store, embeds or Embeds(), SaidTexts(pool, encryption().columns), bank)


def profiles_in(pool: asyncpg.Pool, store: EdgeStore) -> ProfileIndex:
    """The index of profiles, as a new turn has it."""
    return ProfileIndex(pool, store, Embeds(), PostgresProfileStore(pool, encryption().columns))


async def indexed(index: SaidIndex | ProfileIndex) -> None:
    """Indexes until nothing waits."""
    while await index.some():
        pass


async def answers(person: Someone, text: str, *, minutes: int = 0, update_id: str | None = None) -> UUID:
    """Records an answer; returns its id."""
    answer_id = uuid.uuid4()
    await person.parts.sessions.record_answer(
        AnswerToRecord(
            answer_id=str(answer_id),
            session_id=person.session_id,
            user_ref=person.user_ref,
            question_id="work-surface-01",
            locale=Locale.EN,
            addendum=False,
            messages=[
                HeardText(update_id=update_id or uuid.uuid4().hex, text=text, heard_at=NOW + timedelta(minutes=minutes))
            ],
        )
    )
    return answer_id


async def points_of(store: EdgeStore, person: Someone, alias: str = SAID) -> set[UUID]:
    """The person's points in the collection that is searched."""
    return await store.ids_of((await store.aliases())[alias], person.user_ref)


async def vectors_of(store: EdgeStore, person: Someone) -> set[UUID]:
    """The ids of the person's vectors of words, also of sentences."""
    (vector,) = await Embeds().embed([RIVER])
    return {match.point_id for match in await store.search(SAID, vector, limit=100, wanted=Wanted(person.user_ref))}


async def waiting(pool: asyncpg.Pool, person: Someone) -> int:
    """How many of the person's answers wait."""
    return int(
        await pool.fetchval(
            "SELECT count(waits_since) FROM profiles_store.indexed_answers WHERE user_ref = $1", person.user_ref
        )
    )


async def test_what_was_said_is_indexed_in_order_and_once(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, early = await answers(someone, RIVER, minutes=9), await answers(someone, BREAD, minutes=1)
    stored: list[UUID] = []
    upsert = store.upsert

    async def noted(collection: str, points: Sequence[Point]) -> None:
        stored.extend(point.point_id for point in points if point.user_ref == someone.user_ref)
        await upsert(collection, points)

    monkeypatch.setattr(store, "upsert", noted)
    await indexed(said_in(worker_pool, store))
    await indexed(said_in(worker_pool, store))
    assert stored == [early, late]
    assert await points_of(store, someone) == {early, late}
    assert await waiting(worker_pool, someone) == 0


async def test_an_attempt_that_dies_after_it_has_stored_leaves_nothing_twice(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, upsert = await answers(someone, RIVER), store.upsert

    async def dies(collection: str, points: Sequence[Point]) -> None:
        await upsert(collection, points)
        raise VectorsAway("Nobody knows whether it was stored.")

    with monkeypatch.context() as dying:
        dying.setattr(store, "upsert", dies)
        with pytest.raises(VectorsAway):
            await indexed(said_in(worker_pool, store))
    assert await waiting(worker_pool, someone) == 1
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == {answer}
    assert await waiting(worker_pool, someone) == 0


async def test_a_lost_collection_is_made_anew(someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore) -> None:
    answer = await answers(someone, RIVER)
    await indexed(said_in(worker_pool, store))
    lost = (await store.aliases())[SAID]
    await store.drop(lost)
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == {answer}
    # Some of it is missing: the disk lost the last writes.
    await store.delete((await store.aliases())[SAID], [answer])
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == {answer}
    assert [name for name in await store.collections() if name.startswith(SAID)] == [(await store.aliases())[SAID]]


async def test_a_sentence_of_a_long_answer_is_found_and_shown_with_what_is_around_it(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    long = await answers(someone, LETTER)
    others = {await answers(someone, text) for text in OTHERS}
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == {long, *others}
    search = WordsToFind(user_ref=someone.user_ref, query="a stroll by the water with family", locale=Locale.EN)
    found = await vectors_on(worker_pool, store).find_words(search)
    # One answer is shown once, however many of its sentences are near.
    assert [reason.quote for reason in found if reason.quote.strip("… ") in LETTER] == [found[0].quote]
    assert RIVER in found[0].quote
    assert len(found[0].quote) <= QUOTED < len(LETTER)


async def test_an_answer_that_is_gone_leaves_no_sentence_behind(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    answer = await answers(someone, f"{BREAD} {RIVER}")
    await indexed(said_in(worker_pool, store))
    assert await vectors_of(store, someone) == set(read_as(answer, f"{BREAD} {RIVER}"))
    assert len(await vectors_of(store, someone)) == 3
    await worker_pool.execute("DELETE FROM onboarding_system.answer_messages WHERE answer_id = $1", answer)
    await worker_pool.execute(
        "UPDATE profiles_store.indexed_answers SET waits_since = clock_timestamp() WHERE answer_id = $1", answer
    )
    await indexed(said_in(worker_pool, store))
    assert await vectors_of(store, someone) == set()


async def test_few_texts_are_embedded_at_a_time_however_many_sentences_wait(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = {await answers(someone, f"{BREAD} {RIVER}") for _ in range(10)}
    at_a_time: list[int] = []

    class Counts(Embeds):
        async def embed(self, texts: Sequence[str]) -> list[list[float]]:
            at_a_time.append(len(texts))
            return await super().embed(texts)

    monkeypatch.setattr(indexing, "EMBEDDED", 4)
    await indexed(said_in(worker_pool, store, Counts()))
    assert max(at_a_time) <= 4 + MOST_PARTS < 3 * len(texts)
    assert await points_of(store, someone) == texts


async def test_an_answer_that_speaks_of_one_thing_at_length_leaves_room_for_others(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    ways = ("morning", "noon", "evening", "night", "spring", "summer", "autumn", "winter", "sun", "rain")
    await answers(someone, " ".join(f"I walk along the river with my sister in the {way}." for way in ways))
    walks = [f"We walked by the river {walk}." for walk in ("and talked", "in silence", "with the dog")]
    for walk in walks:
        await answers(someone, walk)
    await indexed(said_in(worker_pool, store))
    search = WordsToFind(user_ref=someone.user_ref, query=RIVER, locale=Locale.EN)
    found = [reason.quote for reason in await vectors_on(worker_pool, store).find_words(search)]
    assert len(found) == 4
    assert set(found) >= set(walks)


async def test_a_collection_without_sentences_is_searched_until_one_with_them_is_complete(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    answer = await answers(someone, f"{BREAD} {RIVER}")
    # As an earlier release has left it.
    old = f"{SAID}-encoder-20261101000000000"
    (vector,) = await Embeds().embed([f"{BREAD} {RIVER}"])
    await store.create(old)
    await store.switch(SAID, old)
    await store.upsert(old, [Point(answer, vector, someone.user_ref, NOW, Locale.EN)])
    await worker_pool.execute(
        "UPDATE profiles_store.indexed_answers SET waits_since = NULL, collection = $2 WHERE answer_id = $1",
        answer,
        old,
    )
    search = WordsToFind(user_ref=someone.user_ref, query="bread", locale=Locale.EN)
    assert await vectors_on(worker_pool, store).find_words(search)
    index = said_in(worker_pool, store)
    assert await index.some()
    assert (await store.aliases())[SAID] == old
    await indexed(index)
    assert (await store.aliases())[SAID] != old
    assert old not in await store.collections()
    (vector,) = await Embeds().embed([RIVER])
    [match, *_] = await store.search(SAID, vector, limit=3, wanted=Wanted(user_ref=someone.user_ref))
    assert match.of == answer != match.point_id
    assert match.score == pytest.approx(1, abs=1e-3)


async def test_another_embedder_fills_a_collection_of_its_own_and_then_takes_over(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    answer = await answers(someone, RIVER)
    await indexed(said_in(worker_pool, store))
    before = (await store.aliases())[SAID]
    other = said_in(worker_pool, store, Embeds("openai/another"))
    assert await other.some()
    # Both are there; searches use the whole one, and nobody compares vectors of two embedders.
    assert (await store.aliases())[SAID] == before
    search = WordsToFind(user_ref=someone.user_ref, query="river", locale=Locale.EN)
    with pytest.raises(VectorsAway):
        await vectors_on(worker_pool, store, Embeds("openai/another")).find_words(search)
    assert await vectors_on(worker_pool, store).find_words(search)
    await indexed(other)
    assert (await store.aliases())[SAID] != before
    assert before not in await store.collections()
    assert await points_of(store, someone) == {answer}
    assert await vectors_on(worker_pool, store, Embeds("openai/another")).find_words(search)


async def test_a_rebuild_is_searched_once_it_is_complete(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    answer = await answers(someone, RIVER)
    index = said_in(worker_pool, store)
    await indexed(index)
    before = (await store.aliases())[SAID]
    state = await vectors_on(worker_pool, store).look_after(VectorsTask(rebuild=True))
    assert {each.name for each in state.collections if each.aliases == [SAID]} == {before}
    assert len([each for each in state.collections if each.name.startswith(SAID)]) == 2
    # The turn that is under way notices.
    await indexed(index)
    assert (await store.aliases())[SAID] != before
    assert await points_of(store, someone) == {answer}


async def test_what_has_no_own_words_or_can_not_be_read_waits_no_longer(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    (question,) = [question for question in load_bank() if question.id == "work-surface-01"]
    choices = question.choices_in(Locale.EN)
    texts = [*choices[:1], "...", " "]
    damaged = await answers(someone, RIVER)
    for text in texts:
        await answers(someone, text)
    await worker_pool.execute(
        "UPDATE onboarding_system.answer_messages SET text = $2 WHERE answer_id = $1", damaged, f"{MARK}damaged"
    )
    cry = await answers(someone, "I want to kill myself.")
    await indexed(said_in(worker_pool, store))
    assert await waiting(worker_pool, someone) == 0
    assert not await points_of(store, someone) & {damaged, cry}


async def test_danger_that_an_analysis_finds_takes_the_vector_away(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    answer = await answers(someone, RIVER)
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == {answer}
    someone.answer_id = str(answer)
    await someone.parts.profiles.fold_analysis(someone.analysis(crisis=CrisisKind.ABUSE))
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == set()


async def test_messages_that_belong_to_another_answer_now_are_found_there_alone(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    await answers(someone, RIVER, update_id="first")
    await indexed(said_in(worker_pool, store))
    # An operator has reset the session, which took the message for another answer.
    anew = await answers(someone, RIVER, update_id="first")
    await indexed(said_in(worker_pool, store))
    assert await points_of(store, someone) == {anew}


async def test_who_is_erased_while_their_words_are_read_leaves_no_vector(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    await answers(someone, RIVER)

    class Slow(Embeds):
        async def embed(self, texts: Sequence[str]) -> list[list[float]]:
            if texts:
                await someone.parts.people.erase_person(PersonRef(user_ref=someone.user_ref))
            return await super().embed(texts)

    await indexed(said_in(worker_pool, store, Slow()))
    assert await everything_of(store, someone) == set()


async def test_forgetting_spares_what_was_begun_anew(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    old = await answers(someone, f"{RIVER} {BREAD}")
    await indexed(said_in(worker_pool, store))
    vectors, ref = vectors_on(worker_pool, store), PersonRef(user_ref=someone.user_ref)
    await worker_pool.execute("DELETE FROM onboarding_system.sessions WHERE user_ref = $1", someone.user_ref)
    someone.session_id = str(uuid.uuid4())
    await someone.opens()
    new = await answers(someone, f"{BREAD} {RIVER}")
    await indexed(said_in(worker_pool, store))
    # The one that is gone from the database was deleted by nobody yet.
    assert await points_of(store, someone) == {old, new}
    for _ in range(2):
        await vectors.forget_person(ref)
        assert await points_of(store, someone) == {new}
        assert await vectors_of(store, someone) == set(read_as(new, f"{BREAD} {RIVER}"))
    await someone.parts.people.erase_person(ref)
    await vectors.forget_person(ref)
    assert await everything_of(store, someone) == set()


async def test_whoever_was_erased_is_gone_from_a_store_that_a_backup_brings_back(
    someone: Someone, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    await answers(someone, RIVER)
    await indexed(said_in(worker_pool, store))
    await worker_pool.execute("DELETE FROM onboarding_system.people WHERE user_ref = $1", someone.user_ref)
    await worker_pool.execute("DELETE FROM profiles_store.indexed_answers WHERE user_ref = $1", someone.user_ref)
    await PostgresTombstones(worker_pool).keep(KeyId(someone.user_ref, 1))
    assert await everything_of(store, someone)
    await vectors_on(worker_pool, store).forget_erased()
    assert await everything_of(store, someone) == set()


async def everything_of(store: EdgeStore, person: Someone) -> set[UUID]:
    """The person's points in all collections of the store, whatever they are for."""
    collections = await store.collections()
    assert collections
    return {point for name in collections for point in await store.ids_of(name, person.user_ref)}


async def test_a_profile_has_one_vector_and_similar_ones_are_told_without_a_word(
    parts: Parts, worker_pool: asyncpg.Pool, store: EdgeStore
) -> None:
    people = [Someone(parts) for _ in range(2)]
    for person in people:
        await person.opens()
        for _ in range(2):
            person.answer_id = str(await answers(person, "I love art and new ideas."))
            await parts.profiles.fold_analysis(person.analysis())
            await indexed(profiles_in(worker_pool, store))
        assert await points_of(store, person, PROFILES) == {profile_point(person.user_ref)}
    anna, boris = people
    found = await vectors_on(worker_pool, store).find_similar(PersonRef(user_ref=anna.user_ref))
    assert boris.user_ref in {each.user_ref for each in found}
    assert anna.user_ref not in {each.user_ref for each in found}
    await parts.people.erase_person(PersonRef(user_ref=boris.user_ref))
    await vectors_on(worker_pool, store).forget_person(PersonRef(user_ref=boris.user_ref))
    assert await everything_of(store, boris) == set()
    (vector,) = await Embeds().embed(["anything"])
    assert await store.search(PROFILES, vector, limit=3, wanted=Wanted(user_ref=anna.user_ref))


async def test_several_objections_in_one_statement_make_one_profile_wait(someone: Someone, pool: asyncpg.Pool) -> None:
    await pool.execute(
        "INSERT INTO analysis_system.objections (answer_id, user_ref, objected_at)"
        " SELECT gen_random_uuid(), $1, now() FROM generate_series(1, 3)",
        someone.user_ref,
    )
    waiting = "SELECT count(*) FROM profiles_store.indexed_profiles WHERE user_ref = $1 AND waits_since IS NOT NULL"
    assert await pool.fetchval(waiting, someone.user_ref) == 1
