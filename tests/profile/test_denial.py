"""A person asks why a value stands, and says that it is not them."""

from __future__ import annotations

from schema.deliveries import EvolutionView, Notice, NoticeCode, ProfileCard, Reasons
from schema.profile.layers import ValueName
from schema.profile_vocabulary import Layer
from schema.vocabulary import Trait
from tests.people.person import People

CURIOUS = "I am curious, I love art, new ideas and imagination."
OPENNESS = ValueName(layer=Layer.BIG_FIVE, name=Trait.OPENNESS)


async def test_why_is_answered_with_ones_own_words(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers(CURIOUS)
    await person.is_analysed(1)
    await (await person.asks_why(OPENNESS)).result()
    reasons = await person.sees(Reasons)
    assert reasons.value == OPENNESS
    assert reasons.more == 0
    assert all(reason.quote in CURIOUS for reason in reasons.reasons)


async def test_what_is_denied_is_gone_from_the_profile_and_a_second_time_there_is_nothing_left(
    people: People,
) -> None:
    person = people.person()
    await person.begins()
    await person.answers(CURIOUS)
    await person.is_analysed(1)
    await (await person.denies(OPENNESS)).result()
    assert (await person.sees(Notice)).code is NoticeCode.VALUE_DENIED
    await person.asks_for_profile()
    assert Trait.OPENNESS not in {level.trait for level in (await person.sees(ProfileCard)).profile.traits}
    await (await person.denies(OPENNESS)).result()
    assert (await person.sees(Notice)).code is NoticeCode.NOTHING_TO_DENY


async def test_after_one_session_nothing_has_moved_yet(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers(CURIOUS)
    await person.is_analysed(1)
    await person.asks_for_profile("evolution")
    assert (await person.sees(EvolutionView)).values == []
