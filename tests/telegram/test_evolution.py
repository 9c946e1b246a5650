"""The picture of how levels have moved: what a phone shows of it, and the same in words."""

from __future__ import annotations

import io
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image as pillow

from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound import evolution, pictures
from gateway.telegram.outbound.evolution import describe_evolution, draw_evolution
from schema.deliveries import EvolutionView
from schema.profile.layers import Estimate, ValueOverTime
from schema.profile_vocabulary import Dynamic, Layer, Theme
from schema.vocabulary import Evolution, Locale, Trait
from tests.portraits import DOCS, FIRST, every_value, evolution_view, over_time
from tests.portraits import pictures as pictures_of_the_docs
from tests.telegram.drawings import contrast, lines_of, size_of

each_locale = pytest.mark.parametrize("locale", Locale)
MARGIN = 12

estimates = st.lists(
    st.builds(
        Estimate,
        at=st.timedeltas(timedelta(0), timedelta(days=2000)).map(lambda after: FIRST + after),
        score=st.floats(0, 1),
        error=st.floats(0, 2),
        changed=st.booleans(),
    ),
    min_size=1,
    max_size=60,
).map(lambda found: sorted(found, key=lambda estimate: estimate.at))
views = st.builds(
    EvolutionView,
    values=st.lists(
        st.builds(
            ValueOverTime,
            value=st.sampled_from(every_value()),
            estimates=estimates,
            evolution=st.sampled_from(Evolution),
        ),
        max_size=9,
        unique_by=lambda each: each.value.name,
    ),
    theme=st.sampled_from(Theme),
)
SAME_MOMENT = EvolutionView(
    values=[
        ValueOverTime(
            value=over_time(Layer.BIG_FIVE, Trait.OPENNESS, [0.5]).value,
            estimates=[Estimate(at=FIRST, score=score, error=0, changed=False) for score in (0, 1)],
            evolution=Evolution.UNSETTLED,
        )
    ]
)


def drawing(view: EvolutionView, locale: Locale) -> ElementTree.Element:
    return ElementTree.fromstring(draw_evolution(view, Texts(locale), "svg"))


@each_locale
@settings(max_examples=25)
@given(views)
@example(evolution_view())
@example(SAME_MOMENT)
def test_no_word_leaves_the_picture_or_lies_on_another(locale: Locale, view: EvolutionView) -> None:
    svg = drawing(view, locale)
    lines, height = lines_of(svg), float(svg.get("viewBox", "").split()[3])
    for line in lines:
        assert MARGIN - 1 <= line.left < line.right <= 380 - MARGIN + 1
        assert MARGIN <= line.top < line.bottom <= height - MARGIN
    assert [(a, b) for n, a in enumerate(lines) for b in lines[:n] if a.overlaps(b)] == []


@each_locale
def test_a_picture_of_all_levels_is_no_higher_than_a_phone_s_screen(locale: Locale) -> None:
    width, height = size_of(draw_evolution(evolution_view(), Texts(locale)))
    assert width == pictures.WIDTH
    assert height / width < 20 / 9


@each_locale
@pytest.mark.parametrize("theme", Theme)
def test_every_word_stands_out_from_what_it_is_drawn_on(locale: Locale, theme: Theme) -> None:
    view = evolution_view().model_copy(update={"theme": theme})
    picture = pillow.open(io.BytesIO(draw_evolution(view, Texts(locale)))).convert("RGB")
    assert [(line, ratio) for line in lines_of(drawing(view, locale)) if (ratio := contrast(line, picture)) < 4.5] == []


@each_locale
def test_the_same_view_is_the_same_picture_and_another_theme_another(locale: Locale) -> None:
    light, dark = (evolution_view().model_copy(update={"theme": theme}) for theme in Theme)
    texts = Texts(locale)
    assert draw_evolution(light, texts) == draw_evolution(light, texts) != draw_evolution(dark, texts)


@each_locale
def test_the_description_tells_how_each_level_moved_and_when_it_changed(locale: Locale) -> None:
    texts = Texts(locale)
    told = describe_evolution(evolution_view(), texts)
    for key in [*(f"trait-{trait}" for trait in Trait), *(f"dynamic-{each}".replace("_", "-") for each in Dynamic)]:
        assert texts.say(key) in told
    for moved in ("evolution-increasing", "evolution-oscillating", "evolution-stable", "evolution-no-direction"):
        assert texts.say(moved) in told
    assert {Locale.RU: "14 мая 2026", Locale.EN: "14 May 2026"}[locale] in told
    assert texts.say("evolution-sketch") in told


@each_locale
@given(views)
def test_a_description_fits_a_caption(locale: Locale, view: EvolutionView) -> None:
    told = describe_evolution(view, Texts(locale))
    assert 0 < len(told.encode("utf-16-le")) / 2 <= pictures.DESCRIPTION_LIMIT


def test_every_estimate_lies_where_its_day_and_its_score_are() -> None:
    rising = over_time(Layer.BIG_FIVE, Trait.OPENNESS, [0.2, 0.5, 0.95], changed=[2])
    later = over_time(Layer.CORE_DYNAMICS, Dynamic.MOTIVATION, [0.5, 0.5, 0.5, 0.5, 0.5])
    words = evolution._evolution(EvolutionView(values=[rising, later]), Texts(Locale.EN))
    first, second, third = words.curves[0].points
    whole = (later.estimates[-1].at - FIRST).total_seconds()
    assert (first.at, second.at) == (0, (rising.estimates[1].at - FIRST).total_seconds() / whole)
    assert words.curves[1].points[-1].at == 1
    assert (third.score, third.high, third.changed) == (0.95, 1, True)
    assert (first.low, first.high, first.changed) == pytest.approx((0.11, 0.29, False))


def test_a_change_is_marked_on_the_picture() -> None:
    def rings(changed: list[int]) -> int:
        view = EvolutionView(values=[over_time(Layer.BIG_FIVE, Trait.OPENNESS, [0.2, 0.5, 0.9], changed)])
        marks = [path.get("stroke-width") for path in drawing(view, Locale.EN).iter("{http://www.w3.org/2000/svg}path")]
        return marks.count("1.6")

    # What still holds is no second change.
    assert [rings([]), rings([2]), rings([1, 2]), rings([0, 2])] == [0, 1, 1, 2]


@pytest.mark.parametrize("name", ["card.png", "evolution.png"])
def test_the_docs_show_what_is_drawn_today(name: str) -> None:
    shown, today = (
        pillow.open(picture).convert("RGB") for picture in (DOCS / name, io.BytesIO(pictures_of_the_docs()[name]))
    )
    assert shown.size == today.size
    assert shown.tobytes() == today.tobytes()
