"""What the coach remembers: the person's own words, once, and nothing that is to be forgotten."""

from __future__ import annotations

from datetime import timedelta

from activities.coaching.memory.store import Kept, Memories
from schema.coaching.activities import WordsToRemember
from schema.deliveries import Notice, NoticeCode
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.people.person import People, at_rest
from workers.bootstrap import Parts


async def remembered(anna: Talker, people: People, *, closed: bool = False) -> list[Kept]:
    await at_rest(anna.talk)
    return await Memories(people.pool, people.keys.columns, None).of(anna.user_ref, closed=closed)


async def test_what_was_told_is_known_in_another_talk_with_its_words_and_day(anna: Talker, people: People) -> None:
    await anna.asks("My sister Anna lives in Berlin, and I never call her.")
    await at_rest(anna.talk)
    await anna.is_silent_for(timedelta(minutes=6))
    await anna.begins_topic()
    assert "My sister Anna lives in Berlin" in (await anna.asks("Do you remember my sister's name?")).text
    # What was never told is not made up.
    assert "Anna" not in (await anna.asks("Do you remember what my brother does?")).text
    blocks = await people.pool.fetchval("SELECT count(*) FROM coach_system.blocks WHERE user_ref = $1", anna.user_ref)
    assert blocks == 2


async def test_what_was_told_in_a_session_is_known_to_the_first_reply_and_forgotten_like_the_rest(
    people: People,
) -> None:
    anna = Talker(people)
    await anna.person.begins()
    await anna.person.answers("My sister Vera moved in with me two weeks ago.")
    await anna.person.stops()
    await anna.person.outcome()
    assert "My sister Vera" in (await anna.asks("Do you remember my sister's name?")).text
    (told,) = await remembered(anna, people)
    assert told.quote in "My sister Vera moved in with me two weeks ago."
    await anna.asks("Please forget what I said about my sister.")
    assert await remembered(anna, people) == []
    # Nor is it read anew, or found in the answer itself.
    await anna.asks("It rained all day.")
    assert await remembered(anna, people) == []
    assert "Vera" not in (await anna.asks("What did I tell you about my sister?")).text


async def test_what_was_said_in_a_session_answers_a_question_about_it_also_where_it_became_no_memory(
    people: People,
) -> None:
    anna = Talker(people)
    await anna.person.begins()
    await anna.person.answers("In the end the argument about the piano was never settled.")
    await anna.person.stops()
    await anna.person.outcome()
    told = await anna.asks("What did I tell you about the piano?")
    assert "the argument about the piano was never settled" in told.text
    assert await remembered(anna, people) == []
    await anna.asks("Please forget what I said about the piano.")
    assert "never settled" not in (await anna.asks("Do you remember what I said about the piano?")).text


async def test_a_loss_that_was_told_in_a_session_colours_the_talk_that_comes_back_to_it(
    people: People,
) -> None:
    anna = Talker(people)
    await anna.person.begins()
    await anna.person.answers("My husband Tom died in spring, and I still set the table for two.")
    await anna.person.stops()
    await anna.person.outcome()

    async def said_to(text: str) -> list[str]:
        await anna.asks(text)
        moves = "SELECT moves FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'coach' ORDER BY said_at"
        rows = await people.pool.fetch(moves, anna.user_ref)
        return list(rows[-1]["moves"])

    assert any(name.startswith("any.tell.") for name in await said_to("It's Tom's birthday today."))
    # The next reply takes up what the one before it has found.
    await said_to("He liked lemon cake.")
    found = "SELECT DISTINCT ids FROM coach_system.recalled WHERE user_ref = $1 AND part = 'losses'"
    ((ids,),) = await people.pool.fetch(found, anna.user_ref)
    assert len(ids) == 1


async def test_what_changed_replaces_what_was_so_and_the_next_reply_knows(anna: Talker, people: People) -> None:
    await anna.asks("I live in Berlin.")
    await anna.asks("Well, I moved to Lyon in May.")
    assert "I moved to Lyon in May" in (await anna.asks("Do you remember where I live?")).text
    new, old = await remembered(anna, people, closed=True)
    assert old.text == "I live in Berlin"
    assert (old.closed_at, new.closed_at) == (new.learnt_at, None)
    replaced = await people.pool.fetchval(
        "SELECT replaced_by::text FROM coach_system.memories WHERE memory_id = $1::text::uuid", old.memory_id
    )
    assert replaced == new.memory_id


async def test_what_is_to_be_forgotten_is_gone_before_the_reply(anna: Talker, people: People) -> None:
    await anna.asks("My sister Anna lives in Berlin.")
    await anna.asks("I work as a nurse.")
    await at_rest(anna.talk)
    await anna.asks("Please forget what I said about my sister.")
    assert [memory.text for memory in await remembered(anna, people)] == ["I work as a nurse"]
    # Nor does a reply rest on the words themselves any more.
    assert "Anna" not in (await anna.asks("Do you remember my sister's name?")).text
    rests_on = await people.pool.fetchval(
        "SELECT count(*) FROM coach_system.messages m JOIN coach_system.recalled r"
        " ON r.part = 'messages' AND m.message_id::text = ANY (r.ids)"
        " WHERE m.user_ref = $1 AND m.set_aside_at IS NOT NULL"
        " AND r.reply_id = (SELECT reply_id FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'person'"
        " ORDER BY said_at DESC LIMIT 1)",
        anna.user_ref,
    )
    assert rests_on == 0


async def test_what_is_meant_by_other_words_is_forgotten_too_and_nothing_where_it_is_not_clear(
    anna: Talker, people: People
) -> None:
    await anna.asks("Gym three times. I owe my uncle 400 pounds.")
    await anna.asks("It rained on Tuesday.")
    await anna.asks("The money thing I told you about, forget it please.")
    assert "400" not in (await anna.asks("What did I tell you about my uncle?")).text
    await anna.asks("Please forget what I said about the piano.")
    gone = "SELECT count(*) FROM coach_system.messages WHERE user_ref = $1 AND set_aside_at IS NOT NULL"
    # Each request, the reply to it, and what the first one meant with the reply to that.
    assert await people.pool.fetchval(gone, anna.user_ref) == 6


async def test_nothing_is_remembered_twice_nor_from_the_coach_nor_of_danger(
    anna: Talker, people: People, parts: Parts
) -> None:
    await anna.asks("I have a dog called Rex.")
    await anna.says("I want to kill myself. I live in Berlin.")
    await at_rest(anna.talk)
    reply = await people.pool.fetchval(
        "SELECT reply_id::text FROM coach_system.messages WHERE user_ref = $1 AND speaker = 'person' LIMIT 1",
        anna.user_ref,
    )
    words = WordsToRemember(user_ref=anna.user_ref, reply_id=reply, locale=Locale.EN)
    assert (await parts.memory.remember(words)).changes == 0
    assert [memory.text for memory in await remembered(anna, people)] == ["I have a dog called Rex"]


async def test_what_was_kept_before_a_worker_died_is_summed_up_by_the_next_attempt(
    anna: Talker, people: People, parts: Parts
) -> None:
    for since in ("we moved", "he left", "the summer"):
        await anna.asks(f"I feel so lonely since {since}. " + "We sat by the river and talked of nothing. " * 85)
    await at_rest(anna.talk)
    # As if it had died between the two.
    gone = "DELETE FROM coach_system.summaries WHERE user_ref = $1 RETURNING conversation_id"
    assert await people.pool.fetchval(gone, anna.user_ref)
    reply = (
        "SELECT reply_id::text FROM coach_system.messages WHERE user_ref = $1 ORDER BY reply_id IS NULL, said_at DESC"
    )
    words = WordsToRemember(
        user_ref=anna.user_ref, reply_id=await people.pool.fetchval(reply, anna.user_ref), locale=Locale.EN
    )
    assert (await parts.memory.remember(words)).changes == 0
    assert await people.pool.fetchval(gone, anna.user_ref)


async def test_what_one_puts_right_takes_the_place_of_what_was_remembered_before_the_reply(
    anna: Talker, people: People
) -> None:
    await anna.asks("I live in Berlin.")
    await at_rest(anna.talk)
    [berlin] = (await anna.lists_memories()).page.memories
    assert (await anna.corrects(berlin.memory_id)).text == "I live in Berlin"
    # Words that only puzzle over the question are no correction.
    await anna.asks("What do you mean?")
    assert len(await remembered(anna, people, closed=True)) == 1
    await anna.corrects(berlin.memory_id)
    await anna.asks("Lyon, since May.")
    assert NoticeCode.MEMORY_MENDED in [m.code for m in anna.person.seen if isinstance(m, Notice)]
    [lyon, old] = await remembered(anna, people, closed=True)
    assert (lyon.text, lyon.closed_at, old.memory_id) == ("Lyon, since May.", None, berlin.memory_id)
    assert old.closed_at is not None
    # What holds no more can't be put right.
    await anna.taps_on(berlin.memory_id)
    assert (await anna.person.sees(Notice)).code is NoticeCode.BUTTON_IS_OLD


async def test_a_correction_that_comes_hours_later_is_a_text_like_any_other(anna: Talker, people: People) -> None:
    await anna.asks("I live in Berlin.")
    await at_rest(anna.talk)
    [berlin] = (await anna.lists_memories()).page.memories
    await anna.corrects(berlin.memory_id)
    await at_rest(anna.talk)
    await anna.is_silent_for(timedelta(hours=2))
    await anna.asks("Today was long, and I am glad that it is over.")
    assert [memory.text for memory in await remembered(anna, people)] == ["I live in Berlin"]


async def test_memories_are_shown_by_kind_a_page_at_a_time_with_the_wishes_that_hold(
    anna: Talker, people: People
) -> None:
    for told in ("I live in Berlin.", "I work as a nurse.", "I have a dog called Rex.", "My sister is called Anna."):
        await anna.asks(told)
    await anna.asks("My brother is called Tom. My mother is called Vera.")
    await anna.asks("Shorter, please.")
    await at_rest(anna.talk)
    first = (await anna.lists_memories()).page
    assert [memory.kind for memory in first.memories] == ["person"] * 3 + ["fact"] * 2
    assert (first.page, first.pages, [wish.quote for wish in first.wishes]) == (0, 2, ["Shorter, please."])
    second = (await anna.lists_memories(page=1)).page
    assert len(second.memories) == 1
    # The last page is gone with its last memory.
    left = await anna.lists_memories(page=1, forget=second.memories[0].memory_id)
    assert (left.forgotten, left.page.page, left.page.pages) == (True, 0, 1)


async def test_what_was_read_as_danger_and_is_none_any_more_is_still_to_be_read(anna: Talker, people: People) -> None:
    await anna.asks("I have a dog called Rex.")
    await at_rest(anna.talk)
    told_in = await people.pool.fetchval(
        "UPDATE coach_system.messages SET remembered_by = NULL WHERE user_ref = $1 AND speaker = 'person'"
        " RETURNING message_id",
        anna.user_ref,
    )
    memories = Memories(people.pool, people.keys.columns, None)
    assert await memories.apply(anna.user_ref, told_in, [], "offline", dangerous=True) == 0
    left = "SELECT remembered_by IS NULL FROM coach_system.messages WHERE message_id = $1"
    assert await people.pool.fetchval(left, told_in)
