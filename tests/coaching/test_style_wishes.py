"""How a person wishes to be spoken to: kept in their words, over all conversations, until they wish otherwise."""

from __future__ import annotations

import re

from activities.coaching.style_wishes import StyleWishes
from schema.coaching.deliveries import CoachReply, WishKept
from schema.coaching.wishes import StyleWish
from schema.vocabulary import Locale
from tests.coaching.talker import Talker
from tests.people.person import People

LONG = "I keep putting off a call to my brother, and every week that passes makes it harder to begin."


async def hold(people: People, anna: Talker) -> list[tuple[StyleWish, str]]:
    """The wishes of a person that hold."""
    wishes = await StyleWishes(people.pool, people.keys.columns).wishes_of(anna.user_ref)
    return [(wish.wish, wish.quote) for wish in wishes]


async def test_a_wish_is_confirmed_once_holds_in_the_next_talk_and_is_dropped_by_words(
    anna: Talker, people: People
) -> None:
    await anna.asks(LONG)
    await anna.says("No metaphors, please.")
    assert (await anna.person.sees(WishKept)).text == "wish-kept"
    await anna.person.sees(CoachReply)
    await anna.says("Shorter.")
    await anna.person.sees(CoachReply)
    await anna.begins_topic()
    await anna.asks(LONG)
    assert await anna.person.sees_nothing_more()
    assert await hold(people, anna) == [
        (StyleWish.NO_METAPHORS, "No metaphors, please."),
        (StyleWish.SHORTER, "Shorter."),
    ]
    # A newer one of the same kind takes its place; the older one is closed and stays.
    await anna.says("Write in more detail.")
    assert (await anna.person.sees(WishKept)).text == "wish-noted"
    await anna.person.sees(CoachReply)
    assert [wish for wish, _ in await hold(people, anna)] == [StyleWish.NO_METAPHORS, StyleWish.LONGER]
    await anna.says("Write as before.")
    assert (await anna.person.sees(WishKept)).wish is None
    await anna.person.sees(CoachReply)
    assert await hold(people, anna) == []
    kept = await people.pool.fetchval(
        "SELECT count(*) FROM coach_system.style_wishes WHERE user_ref = $1", anna.user_ref
    )
    assert kept == 3


async def test_no_questions_holds_in_the_next_talk_too(anna: Talker, people: People) -> None:
    await anna.asks("No more questions, please.")
    await anna.begins_topic()
    for said in (LONG, "It hurts that nobody in the family says anything about it at all."):
        assert "?" not in (await anna.asks(said)).text
    await anna.asks("You may ask me again.")
    assert [wish for wish, _ in await hold(people, anna)] == [StyleWish.ASK]


async def test_in_russian_the_offline_coach_says_ty_to_who_wishes_for_it(people: People) -> None:
    vera = Talker(people, Locale.RU)
    await vera.agrees()
    await vera.says("Давай на ты")
    assert (await vera.person.sees(WishKept)).text == "wish-kept"
    await vera.person.sees(CoachReply)
    said = (await vera.asks("пока")).text
    assert not re.search(r"\b(?:вы|вас|вам|берегите)\b", said.lower())
    assert [wish for wish, _ in await hold(people, vera)] == [StyleWish.INFORMAL]
