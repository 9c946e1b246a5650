"""The profile card: what a phone shows of it, and the same in words."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from xml.etree import ElementTree

import pytest
import typst
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image as pillow

from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound import card, pictures
from gateway.telegram.outbound.card import describe_card, draw_card
from schema.profile.layers import AspectLevel, Profile, TraitLevel
from schema.profile_vocabulary import SIGNATURE, WAYS, Aspect, Dynamic, Theme
from schema.vocabulary import Domain, Evolution, Locale, Trait
from tests.portraits import affinity, aspect, dynamic, everything, portrait
from tests.telegram.drawings import LINK, SVG, Ink, contrast, lines_of, size_of

each_locale = pytest.mark.parametrize("locale", Locale)
MARGIN = 12
"""Points that every word keeps from the left and right edge."""

NOTHING = Profile(traits=[], patterns=[], insights=[], answers=0)
NO_TRAITS = Profile(traits=[], patterns=[], insights=[], answers=1)
ONE_TRAIT = Profile(
    traits=[TraitLevel(trait=Trait.OPENNESS, score=0.62, confidence=0.3, evidence=1)],
    patterns=["putting off"],
    insights=[],
    answers=2,
    offline=True,
)
HOSTILE = Profile(
    traits=[
        TraitLevel(trait=trait, score=score, confidence=confidence, evidence=99, evolution=evolution)
        for trait, score, confidence, evolution in zip(
            Trait, (0, 1, 0.5, 1, 0), (0.25, 0.9999, 0.3, 0, 1), Evolution, strict=True
        )
    ],
    patterns=[
        "Донаудампфшиффартсэлектрицитетенгауптбетрибсверкбауунтербеамтенгезельшафт" * 3,
        '$x^2$ $\\frac #import "a" *b* _i_ <script> `raw` @ref // no /* c */ \\ [x] ~ {0} { $trait }',
        "🌊 \u202eשלום عربي 漢字 e\u0301\u0488\nWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW\t.",
    ],
    insights=[],
    answers=99_999,
    offline=True,
)


def full(locale: Locale) -> Profile:
    patterns = {
        Locale.RU: ["опора на близких", "высокие требования к себе", "прошлое, которое не отпускает"],
        Locale.EN: ["leaning on close people", "high standards for yourself", "putting off"],
    }
    return HOSTILE.model_copy(update={"patterns": patterns[locale]})


levels = st.builds(
    TraitLevel,
    trait=st.sampled_from(Trait),
    score=st.floats(0, 1),
    confidence=st.floats(0, 1),
    evidence=st.integers(1, 999),
    evolution=st.sampled_from(Evolution),
)
LAYERED = {
    "dynamics": st.lists(st.sampled_from([dynamic(each, 0.1, Evolution.STABLE) for each in Dynamic]), unique=True),
    "adaptive": st.lists(st.builds(aspect, st.text() | st.sampled_from(Aspect), st.text() | st.just("freeze"))),
    "affinities": st.lists(st.builds(affinity, st.sampled_from(Domain), st.floats(0, 1)), max_size=12),
    "signature": st.lists(st.sampled_from([aspect(each, way) for each, ways in WAYS.items() for way in ways])),
}
profiles = st.builds(
    Profile,
    traits=st.lists(levels, max_size=5, unique_by=lambda level: level.trait),
    patterns=st.lists(st.text(max_size=200) | st.text("WЩ ", max_size=200), max_size=5),
    insights=st.just([]),
    answers=st.integers(0, 9999),
    offline=st.booleans(),
)
layered = st.builds(lambda profile, more: profile.model_copy(update=more), profiles, st.fixed_dictionaries(LAYERED))


def drawing(profile: Profile, locale: Locale, theme: Theme = Theme.LIGHT) -> ElementTree.Element:
    return ElementTree.fromstring(draw_card(profile, Texts(locale), "svg", theme))


@each_locale
@pytest.mark.parametrize("profile", [NOTHING, NO_TRAITS, ONE_TRAIT, HOSTILE])
def test_a_phone_shows_the_whole_card(locale: Locale, profile: Profile) -> None:
    width, height = size_of(draw_card(profile, Texts(locale)))
    assert width == pictures.WIDTH == 1080
    # A chat shows photos that are much higher than wide too small to read.
    assert 0.7 < height / width < 1.75


@each_locale
def test_a_usual_card_is_about_as_high_as_a_postcard(locale: Locale) -> None:
    width, height = size_of(draw_card(full(locale), Texts(locale)))
    assert height / width < 1.5


@each_locale
@pytest.mark.parametrize("score", [0.3, 0.5, 0.7])
def test_a_card_of_all_that_there_can_be_is_no_higher_than_a_phone_s_screen(locale: Locale, score: float) -> None:
    width, height = size_of(draw_card(everything(locale, score), Texts(locale)))
    # Tapped, it is as wide as the screen, which has 20:9.
    assert height / width < 20 / 9
    width, height = size_of(draw_card(portrait(locale), Texts(locale)))
    assert height / width < 2


@each_locale
def test_the_same_profile_is_the_same_picture_from_any_thread(locale: Locale) -> None:
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(lambda _: draw_card(full(locale), Texts(locale)), range(4)))
    assert len(set(pictures)) == 1
    assert pictures[0] != draw_card(ONE_TRAIT, Texts(locale))


@each_locale
@settings(max_examples=25)
@given(layered)
@example(NOTHING)
@example(NO_TRAITS)
@example(ONE_TRAIT)
@example(HOSTILE)
@example(full(Locale.RU))
@example(full(Locale.EN))
@example(everything(Locale.RU))
@example(everything(Locale.EN))
def test_no_word_leaves_the_card_or_lies_on_another(locale: Locale, profile: Profile) -> None:
    svg = drawing(profile, locale)
    lines = lines_of(svg)
    height = float(svg.get("viewBox", "").split()[3])
    assert len(lines) >= len(Trait)
    for line in lines:
        assert MARGIN - 1 <= line.left < line.right <= 380 - MARGIN + 1
        assert MARGIN <= line.top < line.bottom <= height - MARGIN
    assert [(a, b) for n, a in enumerate(lines) for b in lines[:n] if a.overlaps(b)] == []


@each_locale
@pytest.mark.parametrize("score", [0, 0.5, 1])
def test_every_place_on_a_trait_fits_with_every_movement(locale: Locale, score: float) -> None:
    # How sure it is and how it moved stand in different lines, so each need only meet what is in its own.
    for evolution, confidence in zip(Evolution, (0.1, 0.3, 0.5, 0.9, 0.1), strict=True):
        levels = [
            TraitLevel(trait=trait, score=score, confidence=confidence, evidence=3, evolution=evolution)
            for trait in Trait
        ]
        lines = lines_of(drawing(NO_TRAITS.model_copy(update={"traits": levels}), locale))
        assert max(line.right for line in lines) <= 380 - MARGIN
        assert not [(a, b) for n, a in enumerate(lines) for b in lines[:n] if a.overlaps(b)]


@each_locale
@pytest.mark.parametrize("name", ["no traits", "one trait", "full"])
def test_each_scale_has_a_word_at_both_its_ends(locale: Locale, name: str) -> None:
    texts = Texts(locale)
    profile = {"no traits": NO_TRAITS, "one trait": ONE_TRAIT, "full": full(locale)}[name]
    expected = []
    for row in card._card(profile, texts, Theme.LIGHT).traits:
        beside = [(row.name, row.sure), *([(row.where, row.movement)] if row.movement else []), row.ends]
        expected += [(letters(left), letters(right)) for left, right in beside]
        assert row.ends == (texts.say(f"trait-{row.of}-from"), texts.say(f"trait-{row.of}-to"))
    assert beside_each_other(lines_of(drawing(profile, locale))) == expected


def letters(words: str) -> int:
    return len(words.replace(" ", ""))


def beside_each_other(lines: list[Ink]) -> list[tuple[int, int]]:
    """How many letters stand at the left and at the right end of each line of the panel, from top to bottom."""
    inset = MARGIN + 16
    left = sorted((line for line in lines if abs(line.left - inset) < 2), key=lambda line: line.top)
    right = [line for line in lines if abs(380 - inset - line.right) < 2]
    return [
        (one.letters, other.letters)
        for one in left
        for other in right
        if one != other and max(one.top, other.top) < min(one.bottom, other.bottom)
    ]


@each_locale
@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("name", ["nothing", "no traits", "one trait", "full", "hostile", "everything"])
def test_every_word_stands_out_from_what_it_is_drawn_on(locale: Locale, name: str, theme: Theme) -> None:
    profile = {
        "nothing": NOTHING,
        "no traits": NO_TRAITS,
        "one trait": ONE_TRAIT,
        "full": full(locale),
        "hostile": HOSTILE,
        "everything": everything(locale),
    }[name]
    picture = pillow.open(io.BytesIO(draw_card(profile, Texts(locale), theme=theme))).convert("RGB")
    lines = lines_of(drawing(profile, locale, theme))
    # What WCAG 2.1 asks of text, level AA.
    assert [(line, ratio) for line in lines if (ratio := contrast(line, picture)) < 4.5] == []


@each_locale
def test_of_a_guess_there_is_no_sentence_and_no_mark(locale: Locale) -> None:
    def with_openness(confidence: float) -> Profile:
        sure = TraitLevel(trait=Trait.EXTRAVERSION, score=0.1, confidence=0.5, evidence=4)
        level = TraitLevel(
            trait=Trait.OPENNESS, score=0.9, confidence=confidence, evidence=1, evolution=Evolution.INCREASING
        )
        return NO_TRAITS.model_copy(update={"traits": [level, sure], "answers": 12})

    texts = Texts(locale)
    guess, known = with_openness(0.24), with_openness(0.25)
    assert texts.say("trait-openness-high") not in describe_card(guess, texts)
    assert texts.say("trait-openness-high") in describe_card(known, texts)
    assert texts.say("evolution-increasing") not in describe_card(guess, texts)
    without = guess.model_copy(update={"traits": guess.traits[1:]})
    assert describe_card(guess, texts) == describe_card(without, texts)
    assert draw_card(guess, texts) == draw_card(without, texts) != draw_card(known, texts)


@each_locale
def test_each_line_says_on_how_many_of_all_answers_it_rests_and_a_draft_says_so_first(locale: Locale) -> None:
    texts = Texts(locale)
    profile = full(locale).model_copy(update={"answers": 120})
    told = describe_card(profile, texts)
    assert texts.say("trait-evidence", answers=99, all=120) in told
    first_claim = told.index(texts.say("trait-conscientiousness-high"))
    assert told.index(texts.say("profile-offline")) < first_claim < told.index(texts.say("profile-sketch"))


def test_the_ruler_of_these_tests_sees_an_overlap() -> None:
    page = "#set page(width: 100pt, height: 50pt, margin: 10pt)\n#place[one two]#place(dx: 9pt, dy: 2pt)[three]"
    svg = ElementTree.fromstring(typst.compile(page.encode(), format="svg", ignore_system_fonts=True))
    first, second = lines_of(svg)
    assert first.overlaps(second)
    assert 10 <= first.left < 12 < first.right < 60


def test_every_character_that_a_pattern_keeps_is_in_the_font() -> None:
    kept = [chr(code) for code in range(0x21, 0x10000) if not pictures._UNSETTABLE.match(chr(code))]
    page = '#set page(width: 380pt)\n#set text(font: "Inter", fallback: false)\n' + "\n".join(
        f'#"\\u{{{ord(character):x}}}" \\' for character in ["漢", *kept]
    )
    svg = ElementTree.fromstring(
        typst.compile(
            page.replace("width: 380pt", "width: 380pt, height: auto").encode(),
            format="svg",
            font_paths=typst.Fonts(font_paths=[str(files("fontpkg_inter") / "files")]),
            ignore_system_fonts=True,
        )
    )
    missing, *drawn = [use.get(LINK) for use in svg.iter(f"{SVG}use")]
    assert {"я", "ё", "ї", "қ", "ő", "ß", "$", "№", "…"} <= set(kept)
    assert len(drawn) >= len(kept) - 40  # hyphens, spaces of other widths and the like draw nothing
    assert missing not in drawn


def test_what_the_font_lacks_is_left_out_and_the_rest_stays() -> None:
    told = describe_card(
        NO_TRAITS.model_copy(update={"patterns": ["🌊 тянет\nк\u202e морю", "漢字", "ёж"]}), Texts(Locale.RU)
    )
    assert "Что повторялось: тянет к морю; ёж\n" in told


@each_locale
def test_the_description_names_every_trait_and_how_sure_that_is(locale: Locale) -> None:
    texts = Texts(locale)
    told = describe_card(full(locale), texts)
    for trait in Trait:
        assert texts.say(f"trait-{trait}") in told
    for word in ("guess", "shape", "sure"):
        assert texts.say(f"confidence-{word}") in told
    assert texts.say("trait-openness-low") in told
    assert texts.say("trait-conscientiousness-high") in told
    assert texts.say("evolution-increasing") in told
    assert texts.say("profile-sketch") in told
    assert texts.say("profile-offline") in told
    assert all(pattern in told for pattern in full(locale).patterns)


@each_locale
def test_a_trait_that_nothing_speaks_of_is_named_as_such(locale: Locale) -> None:
    texts = Texts(locale)
    told = describe_card(ONE_TRAIT, texts)
    assert told.count(texts.say("confidence-guess")) == 4
    assert describe_card(NOTHING, texts).endswith(texts.say("profile-empty"))
    assert texts.say("profile-no-traits") in describe_card(NO_TRAITS, texts)


@each_locale
@given(layered)
@example(HOSTILE)
@example(everything(Locale.RU))
def test_a_description_fits_a_caption(locale: Locale, profile: Profile) -> None:
    told = describe_card(profile, Texts(locale))
    # Telegram counts UTF-16 units.
    assert len(told.encode("utf-16-le")) / 2 <= pictures.DESCRIPTION_LIMIT
    if profile.answers:
        assert Texts(locale).say("profile-sketch") in told


@each_locale
def test_a_card_tells_all_layers_and_leaves_out_the_empty_ones(locale: Locale) -> None:
    texts = Texts(locale)
    told = describe_card(portrait(locale), texts)
    for key in ("dynamic-resilience-middle", "way-thinking-style-imaginative", "way-stress-response-freeze"):
        assert texts.say(key) in told
    for key in ("domain-relationships", "facet-ideas", "facet-order", "aspect-love-language", "layers-unknown"):
        assert texts.say(key) in told
    drawn = card._card(full(locale), texts, Theme.LIGHT)
    assert (drawn.dynamics, drawn.sections, drawn.unknown) == ([], [], "")
    assert texts.say("layers-unknown") not in describe_card(full(locale), texts)


@each_locale
def test_lately_tells_only_what_the_signature_does_not(locale: Locale) -> None:
    texts = Texts(locale)
    freezes, flees = aspect(Aspect.STRESS_RESPONSE, "freeze"), aspect(Aspect.STRESS_RESPONSE, "flight")

    def headings(adaptive: list[AspectLevel]) -> list[str]:
        profile = NO_TRAITS.model_copy(update={"signature": [flees], "adaptive": adaptive})
        return [section.heading for section in card._card(profile, texts, Theme.LIGHT).sections]

    assert headings([freezes]) == [texts.say("layers-signature"), texts.say("layers-lately")]
    assert headings([flees]) == headings([]) == [texts.say("layers-signature")]
    # What a later analysis names, and this version has no words for.
    assert headings([aspect("a_later_aspect", "one"), aspect(Aspect.LEARNING_STYLE, "dancing")]) == headings([])


@each_locale
def test_both_themes_show_the_same_words(locale: Locale) -> None:
    light, dark = (lines_of(drawing(portrait(locale), locale, theme)) for theme in Theme)
    assert [line._replace(colour=()) for line in light] == [line._replace(colour=()) for line in dark]
    assert {line.colour for line in light} != {line.colour for line in dark}


@each_locale
def test_a_signature_of_which_nothing_leads_yet_says_so(locale: Locale) -> None:
    texts = Texts(locale)
    nothing_leads = NO_TRAITS.model_copy(update={"signature": [aspect(each, None) for each in SIGNATURE]})
    unknown = card._card(nothing_leads, texts, Theme.LIGHT).unknown
    assert unknown in describe_card(nothing_leads, texts)
    assert draw_card(nothing_leads, texts) != draw_card(NO_TRAITS, texts)
