"""What a person reads of their profile in Telegram: pictures with the same in words, reasons, and what was found."""

from __future__ import annotations

import pytest

from gateway.presentation import layer_words
from gateway.presentation.texts.texts import Texts
from gateway.telegram.callback_data import (
    NotMeCallback,
    ViewCallback,
    WhyCallback,
)
from gateway.telegram.outbound.parts import Card, EvolutionPicture
from schema.deliveries import (
    EvolutionView,
    ProfileCard,
    ProfileValues,
    Reasons,
    Summary,
)
from schema.profile_vocabulary import Layer, Theme
from schema.vocabulary import Locale, Trait
from tests.portraits import every_value, everything, evolution_view, over_time, portrait, reason
from tests.telegram.test_rendering import (
    FOUND,
    NOTHING_YET,
    OPENNESS,
    PROFILE,
    REASONS,
    data,
    each_locale,
    labels,
    only_words,
    read,
    rendered,
    words_of,
)


@each_locale
def test_a_profile_is_a_picture_and_the_same_in_words(locale: Locale) -> None:
    texts = Texts(locale)
    (card,) = rendered(ProfileCard(profile=PROFILE), locale=locale)
    assert isinstance(card, Card)
    assert card.profile == PROFILE
    for trait in Trait:
        assert texts.say(f"trait-{trait}-high") in read(card.caption)


@each_locale
def test_a_profile_without_traits_is_no_picture(locale: Locale) -> None:
    assert Texts(locale).say("profile-empty") in read(only_words(ProfileCard(profile=NOTHING_YET), locale=locale).html)


@each_locale
@pytest.mark.parametrize("theme", Theme)
def test_under_a_picture_one_may_ask_why_and_have_it_in_the_other_theme(locale: Locale, theme: Theme) -> None:
    (card,) = rendered(ProfileCard(profile=portrait(locale), theme=theme), locale=locale)
    (evolution,) = rendered(evolution_view().model_copy(update={"theme": theme}), locale=locale)
    assert isinstance(card, Card)
    assert isinstance(evolution, EvolutionPicture)
    assert (card.theme, evolution.view.theme) == (theme, theme)
    for picture, view in ((card, "card"), (evolution, "evolution")):
        why, other = map(ViewCallback.unpack, data(picture.keyboard))
        assert why.view == "values"
        assert (other.view, other.theme) == (view, theme.other)
        assert labels(picture.keyboard)[1] == Texts(locale).say(f"choice-theme-{theme.other}")


@each_locale
def test_all_that_a_portrait_says_can_be_asked_about(locale: Locale) -> None:
    for profile, least in ((portrait(locale), 13), (everything(locale), 25)):
        part = only_words(ProfileValues(profile=profile), locale=locale)
        asked = [WhyCallback.unpack(each).value for each in data(part.keyboard)]
        assert asked == layer_words.values(profile)
        assert len(asked) >= least
        assert labels(part.keyboard) == [layer_words.name(value, Texts(locale)) for value in asked]
        # What had no room below the picture stands here.
        for section in layer_words.sections(profile, Texts(locale)):
            assert section.in_words in read(part.html)
    nothing = only_words(ProfileValues(profile=NOTHING_YET), locale=locale)
    assert (read(nothing.html), nothing.keyboard) == (Texts(locale).say("why-nothing"), None)


@each_locale
def test_every_value_has_a_name_and_fits_a_button(locale: Locale) -> None:
    for value in every_value():
        for tap in (WhyCallback, NotMeCallback):
            packed = tap(layer=value.layer, name=value.name).pack()
            assert len(packed.encode()) <= 64
            assert tap.unpack(packed).value == value
    names = [layer_words.name(value, Texts(locale)) for value in every_value()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("odd", ["why:big_five:fantasy", "why:moods:openness", "not-me:signature:learning_style"])
def test_a_button_names_no_value_that_there_is_not(odd: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        (WhyCallback if odd.startswith("why") else NotMeCallback).unpack(odd)


@each_locale
def test_reasons_are_the_persons_own_words_with_day_and_question_and_can_be_denied(locale: Locale) -> None:
    told = only_words(Reasons(value=OPENNESS, reasons=[reason(), reason("I read.")], more=3), locale=locale)
    words, texts = read(told.html), Texts(locale)
    day = {Locale.RU: "14 января 2026", Locale.EN: "14 January 2026"}[locale]
    assert words.startswith(texts.say("reasons-title", value=texts.say("trait-openness")))
    assert words.count(texts.say("reasons-said", day=day, question="What do you love to do?")) == 2
    assert "I paint at night." in words
    assert texts.say("reasons-more", more=3) in words
    assert texts.say("telegram-not-me") in words
    assert [NotMeCallback.unpack(each).value for each in data(told.keyboard)] == [OPENNESS]


@each_locale
def test_what_an_older_release_read_without_keeping_words_can_be_denied(locale: Locale) -> None:
    told = only_words(Reasons(value=OPENNESS, reasons=[]), locale=locale)
    assert Texts(locale).say("reasons-none") in read(told.html)
    assert [NotMeCallback.unpack(each).value for each in data(told.keyboard)] == [OPENNESS]
    # Of what this version has no name for, it has no button either.
    assert only_words(REASONS[2], locale=locale).keyboard is None


@each_locale
def test_what_was_found_is_said_warmly_in_each_case(locale: Locale) -> None:
    texts = Texts(locale)
    some, none, away = (only_words(found, locale=locale) for found in FOUND)
    assert read(some.html).startswith(texts.say("find-title", query="night"))
    assert "I paint at night." in read(some.html)
    assert len(read(none.html)) < 400
    assert read(away.html) == texts.say("find-away")


@each_locale
def test_before_the_second_estimate_evolution_is_a_warm_line(locale: Locale) -> None:
    one = over_time(Layer.BIG_FIVE, Trait.OPENNESS, [0.5])
    for view in (EvolutionView(values=[]), EvolutionView(values=[one])):
        assert read(only_words(view, locale=locale).html) == Texts(locale).say("evolution-too-early")


@each_locale
def test_a_summary_is_the_picture_with_thanks_and_then_what_was_heard(locale: Locale) -> None:
    texts = Texts(locale)
    first, *more = rendered(Summary(answers=5, profile=PROFILE, analyses_pending=2), locale=locale)
    assert isinstance(first, Card)
    assert texts.say("summary-thanks", answers=5) in read(first.caption)
    words = "\n".join(read(words_of(part)) for part in (first, *more))
    assert "• insight two" in words
    assert "insight one" not in words
    assert texts.say("summary-pending") in words


@each_locale
def test_a_summary_names_the_portrait_and_counts_the_same_answers_once(locale: Locale) -> None:
    texts = Texts(locale)
    for profile in (PROFILE, NOTHING_YET):
        told = read(words_of(rendered(Summary(answers=5, profile=profile, analyses_pending=0), locale=locale)[0]))
        assert texts.say("profile-title") not in told
        assert texts.say("profile-basis", answers=5) not in told
    of_two = PROFILE.model_copy(update={"answers": 21})
    told = read(words_of(rendered(Summary(answers=5, profile=of_two, analyses_pending=0), locale=locale)[0]))
    assert texts.say("profile-basis", answers=21) in told


@each_locale
def test_a_summary_without_a_portrait_yet_does_not_ask_for_first_answers(locale: Locale) -> None:
    texts = Texts(locale)
    told = read(only_words(Summary(answers=5, profile=NOTHING_YET, analyses_pending=6), locale=locale).html)
    assert texts.say("summary-thanks", answers=5) in told
    assert texts.say("summary-pending") in told
    assert texts.say("profile-empty") not in told
    assert "6" not in told
