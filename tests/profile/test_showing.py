"""A person asks to see what came together: as a card, or in words."""

from __future__ import annotations

from schema.deliveries import Insights, ProfileCard, ProfileValues, Question
from schema.profile_vocabulary import Theme
from schema.vocabulary import Locale
from tests.people.person import People


async def test_a_profile_is_shown_as_a_card_and_in_words(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I am curious, I love art, new ideas and imagination.")
    await person.is_analysed(1)
    await person.asks_for_profile()
    card = await person.sees(ProfileCard)
    await person.asks_for_profile("insights")
    insights = await person.sees(Insights)
    assert card.profile == insights.profile
    assert card.profile.traits
    assert card.profile.answers == 1


async def test_its_values_are_shown_to_choose_from_and_a_picture_goes_with_the_screen(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.answers("I am curious, I love art, new ideas and imagination.")
    await person.is_analysed(1)
    await person.asks_for_profile("values")
    values = await person.sees(ProfileValues)
    await person.asks_for_profile(theme=Theme.DARK)
    card = await person.sees(ProfileCard)
    assert card.theme is Theme.DARK
    assert card.profile == values.profile


async def test_without_a_session_there_is_an_empty_profile(people: People) -> None:
    person = people.person()
    await person.asks_for_profile("insights")
    assert (await person.sees(Insights)).profile.answers == 0


async def test_it_is_shown_in_the_language_that_the_person_chose(people: People) -> None:
    person = people.person()
    await person.begins()
    await person.chooses(Locale.RU)
    await person.sees(Question)
    # The channel has forgotten, and guesses.
    assert person.locale is Locale.EN
    await person.asks_for_profile()
    await person.sees(ProfileCard)
    assert people.screens.last.locale is Locale.RU
