"""The profile card: what a phone shows of it, and the same in words."""

from __future__ import annotations

import io
import re
import struct
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import NamedTuple, cast
from xml.etree import ElementTree

import pytest
import typst
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image as pillow
from PIL.Image import Image

from gateway.presentation.texts.texts import Texts
from gateway.telegram.outbound import card
from gateway.telegram.outbound.card import describe_card, draw_card
from schema.profile.layers import Profile, TraitLevel
from schema.vocabulary import Evolution, Locale, Trait

each_locale = pytest.mark.parametrize("locale", Locale)
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
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
profiles = st.builds(
    Profile,
    traits=st.lists(levels, max_size=5, unique_by=lambda level: level.trait),
    patterns=st.lists(st.text(max_size=200) | st.text("WЩ ", max_size=200), max_size=5),
    insights=st.just([]),
    answers=st.integers(0, 9999),
    offline=st.booleans(),
)


class Ink(NamedTuple):
    """The box around what is really drawn of one line of text, in points from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float
    letters: int
    colour: tuple[int, ...]

    def overlaps(self, other: Ink) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def outline(path: str) -> tuple[list[float], list[float]]:
    """The points of a glyph's outline, upwards from its baseline; curves stay within their control points."""
    x = y = 0.0
    xs, ys = [], []
    for command, numbers in re.findall(r"([MmLlHhVvQqCc])([^A-Za-z]*)", path):
        values = [float(number) for number in numbers.split()]
        base_x, base_y = (x, y) if command.islower() else (0.0, 0.0)
        if command in "Hh":
            x = base_x + values[-1]
        elif command in "Vv":
            y = base_y + values[-1]
        else:
            xs += [base_x + value for value in values[0::2]]
            ys += [base_y + value for value in values[1::2]]
            x, y = xs[-1], ys[-1]
        xs.append(x)
        ys.append(y)
    return xs, ys


def drawing(profile: Profile, locale: Locale) -> ElementTree.Element:
    return ElementTree.fromstring(draw_card(profile, Texts(locale), "svg"))


def lines_of(svg: ElementTree.Element) -> list[Ink]:
    """Every line of text of a drawing."""
    glyphs = {symbol.get("id"): outline(symbol[0].get("d", "")) for symbol in svg.iter(f"{SVG}symbol") if len(symbol)}
    found: list[Ink] = []

    def look(group: ElementTree.Element, left: float, top: float) -> None:
        for part in group:
            if part.tag != f"{SVG}g":
                continue
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", part.get("transform", "translate(0 0)"))]
            x, y = left + numbers[-2], top + numbers[-1]
            drawn = [
                (x + float(use.get("x", 0)), *glyphs[use.get(LINK, "")[1:]])
                for use in part.findall(f"{SVG}use")
                if glyphs.get(use.get(LINK, "")[1:], ([], []))[0]
            ]
            if drawn:
                found.append(
                    Ink(
                        min(at + min(xs) for at, xs, _ in drawn),
                        y - max(max(ys) for _, _, ys in drawn),
                        max(at + max(xs) for at, xs, _ in drawn),
                        y - min(min(ys) for _, _, ys in drawn),
                        len(drawn),
                        tuple(bytes.fromhex(part.findall(f"{SVG}use")[0].get("fill", "")[1:])),
                    )
                )
            look(part, x, y)

    look(svg, 0, 0)
    return found


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@each_locale
@pytest.mark.parametrize("profile", [NOTHING, NO_TRAITS, ONE_TRAIT, HOSTILE])
def test_a_phone_shows_the_whole_card(locale: Locale, profile: Profile) -> None:
    width, height = size_of(draw_card(profile, Texts(locale)))
    assert width == card.WIDTH == 1080
    # A chat shows photos that are much higher than wide too small to read.
    assert 0.7 < height / width < 1.75


@each_locale
def test_a_usual_card_is_about_as_high_as_a_postcard(locale: Locale) -> None:
    width, height = size_of(draw_card(full(locale), Texts(locale)))
    assert height / width < 1.5


@each_locale
def test_the_same_profile_is_the_same_picture_from_any_thread(locale: Locale) -> None:
    with ThreadPoolExecutor(4) as threads:
        pictures = list(threads.map(lambda _: draw_card(full(locale), Texts(locale)), range(4)))
    assert len(set(pictures)) == 1
    assert pictures[0] != draw_card(ONE_TRAIT, Texts(locale))


@each_locale
@settings(max_examples=25)
@given(profiles)
@example(NOTHING)
@example(NO_TRAITS)
@example(ONE_TRAIT)
@example(HOSTILE)
@example(full(Locale.RU))
@example(full(Locale.EN))
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
    for row in card._card(profile, texts).traits:
        beside = [(row.name, row.sure), *([(row.where, row.movement)] if row.movement else []), row.ends]
        expected += [(letters(left), letters(right)) for left, right in beside]
        assert row.ends == (texts.say(f"trait-{row.trait}-from"), texts.say(f"trait-{row.trait}-to"))
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


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = (value / 255 for value in colour)
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(line: Ink, picture: Image) -> float:
    """A line's contrast to the darkest that is drawn right around it."""
    points = card.WIDTH / 380
    left, top = (int(place * points) - 2 for place in (line.left, line.top))
    right, bottom = (int(place * points) + 3 for place in (line.right, line.bottom))
    around = [(x, y) for x in range(left, right + 1) for y in (top, bottom)]
    around += [(x, y) for y in range(top, bottom + 1) for x in (left, right)]
    paper = min(luminance(cast("tuple[int, ...]", picture.getpixel(place))) for place in around)
    return (paper + 0.05) / (luminance(line.colour) + 0.05)


@each_locale
@pytest.mark.parametrize("name", ["nothing", "no traits", "one trait", "full", "hostile"])
def test_every_word_stands_out_from_what_it_is_drawn_on(locale: Locale, name: str) -> None:
    profile = {
        "nothing": NOTHING,
        "no traits": NO_TRAITS,
        "one trait": ONE_TRAIT,
        "full": full(locale),
        "hostile": HOSTILE,
    }[name]
    picture = pillow.open(io.BytesIO(draw_card(profile, Texts(locale)))).convert("RGB")
    lines = lines_of(drawing(profile, locale))
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
    kept = [chr(code) for code in range(0x21, 0x10000) if not card._UNSETTABLE.match(chr(code))]
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
@given(profiles)
@example(HOSTILE)
def test_a_description_fits_a_caption(locale: Locale, profile: Profile) -> None:
    told = describe_card(profile, Texts(locale))
    # Telegram counts UTF-16 units.
    assert len(told.encode("utf-16-le")) / 2 <= card.DESCRIPTION_LIMIT
    if profile.answers:
        assert Texts(locale).say("profile-sketch") in told
