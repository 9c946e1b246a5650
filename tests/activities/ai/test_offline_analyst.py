"""What a person gets when no language model is there: the offline analyst."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.reflection import reflections
from schema.vocabulary import Locale, Trait
from tests.activities.ai.offline_answers import ANXIOUS, CURIOUS, EN, RU, deep, instant


def quoted(reflection: str) -> str:
    found = re.search("«(.+)»|“(.+?)[.]?”", reflection)
    assert found, reflection
    return found[1] or found[2]


texts = st.text(max_size=4000) | st.lists(
    st.sampled_from(
        [
            *CURIOUS.split(),
            *ANXIOUS.split(),
            "не",
            "but",
            "I",
            "love",
            "hate",
            "—",
            "\n",
            "!!",
            "😊",
            "שלום",
            "\u202e",
            "<b>",
        ]
    )
).map(" ".join)


@given(texts, st.sampled_from(Locale))
@settings(deadline=None)
async def test_any_text_gets_one_safe_line_and_values_in_bounds(text: str, locale: Locale) -> None:
    feedback, analysis = await instant(text, locale), await deep(text, locale)
    assert 0 < len(feedback.reflection) < 300
    assert feedback.reflection.splitlines() == [feedback.reflection]
    assert not set(feedback.reflection) & set("{}<>!?\u202e")
    assert -1 <= feedback.sentiment <= 1
    assert 0 <= feedback.quality <= 1
    assert len(analysis.patterns) <= 3
    assert all(0 < evidence.confidence <= 0.35 for evidence in analysis.traits)
    assert len({(evidence.trait, evidence.facet) for evidence in analysis.traits}) == len(analysis.traits)
    assert feedback.analyst == analysis.analyst == "offline"


@given(texts)
@settings(deadline=None, max_examples=50)
async def test_the_same_answer_is_always_read_the_same_way(text: str) -> None:
    assert await instant(text) == await instant(text)
    assert await deep(text) == await deep(text)


# What a person reads


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Работаю в аптеке у вокзала, знаю половину района по именам и по болячкам, вечером кормлю двух котов.", RU),
    ],
)
async def test_a_reflection_takes_up_words_of_the_person(text: str, locale: Locale) -> None:
    words = quoted((await instant(text, locale)).reflection)
    assert words.lower() in text.lower()
    assert 1 <= len(words.split()) <= 8


async def test_a_quote_is_cut_at_the_borders_of_thoughts() -> None:
    assert (
        quoted((await instant("Мне страшно, что я не справлюсь. Постоянно думаю о завтра.")).reflection)
        == "Мне страшно, что я не справлюсь"
    )
    assert (
        quoted((await instant("I keep lists for everything, and the bills get paid on the first.", EN)).reflection)
        == "I keep lists for everything"
    )


@pytest.mark.parametrize(
    ("text", "locale", "script"),
    [
        ("I love my garden and the quiet of early mornings there", RU, "[A-Za-z]"),
        ("Люблю свой сад и тишину ранним утром, пока все спят", EN, "[А-Яа-яё]"),
    ],
)
async def test_an_answer_in_the_other_language_is_reflected_in_that_language(
    text: str, locale: Locale, script: str
) -> None:
    letters = re.findall(r"[^\W\d_]", (await instant(text, locale)).reflection)
    assert all(re.match(script, letter) for letter in letters)


@pytest.mark.parametrize(
    ("text", "locale"),
    [("не знаю", RU), ("Не знаю, честно", RU), ("хз", RU), ("I don’t know", EN), ("no idea", EN), ("not sure", EN)],
)
async def test_not_knowing_is_not_read_into(text: str, locale: Locale) -> None:
    feedback, analysis = await instant(text, locale), await deep(text, locale)
    assert feedback.reflection in reflections(locale).unsure
    assert feedback.sentiment == 0
    assert (analysis.traits, analysis.patterns, analysis.insight) == ([], [], None)


@pytest.mark.parametrize(("text", "locale"), [("да", RU), ("нет", RU), ("ыва", RU), ("yes", EN), ("7", EN)])
async def test_one_empty_word_gets_a_gentle_nod(text: str, locale: Locale) -> None:
    said = reflections(locale)
    assert (await instant(text, locale)).reflection in said.curt + said.wordless


@pytest.mark.parametrize("text", ["שלום, אני מרגיש בודד", "مرحبا، أنا حزين اليوم", "我今天很累"])
async def test_a_language_that_nobody_here_reads_is_owned_up_to(text: str) -> None:
    assert (await instant(text, EN)).reflection in reflections(EN).unread


async def test_signs_alone_are_an_answer() -> None:
    assert (await instant("😊😊")).reflection in reflections(RU).wordless
    assert (await instant("😊")).sentiment > 0 > (await instant("😢")).sentiment


@pytest.mark.parametrize(
    ("text", "locale", "unsaid"),
    [
        ("я полное ничтожество, и это навсегда", RU, "ничтожество"),
        ("Мой начальник мудак, и я каждый день это терплю.", RU, "мудак"),
        ("I am pathetic and everyone can see it", EN, "pathetic"),
        ("He is a fucking liar and I stay anyway", EN, "fucking"),
        ("Позвоните мне на 89161234567 вечером, я люблю поговорить", RU, "8916"),
    ],
)
async def test_what_should_not_be_said_back_is_not(text: str, locale: Locale, unsaid: str) -> None:
    assert unsaid not in (await instant(text, locale)).reflection


async def test_rough_words_to_the_bot_are_taken_lightly_and_about_oneself_seriously() -> None:
    assert (await instant("ты тупой бот")).reflection in reflections(RU).rough
    assert (await instant("я дура и ничего не понимаю")).reflection in reflections(RU).plain["dark"]  # type: ignore[index]


@pytest.mark.parametrize(("text", "locale"), [("Я хочу покончить с собой", RU), ("I want to kill myself", EN)])
async def test_a_crisis_is_never_quoted_and_never_interpreted(text: str, locale: Locale) -> None:
    analysis = await deep(text, locale)
    assert analysis.insight is None
    assert not set((await instant(text, locale)).reflection) & set("«»“”")


@pytest.mark.parametrize("locale", Locale)
def test_templates_keep_their_promises(locale: Locale) -> None:
    said = reflections(locale)
    for mood in ("dark", "mixed", "bright", "neutral"):
        templates = said.quoting[mood]  # type: ignore[index]
        assert len(set(templates)) >= 10
        assert all(template.count("{phrase}") == 1 for template in templates)
    everything = "\n".join(
        [*(t for kind in (said.quoting, said.plain, said.brief) for listed in kind.values() for t in listed)]
    )
    everything += "\n".join(said.curt + said.unsure + said.wordless + said.unread + said.rough)
    assert not set(everything) & set("!?")
    assert not re.search(r"\b(?:вас услышал|я слышу|I hear|попробуйте|стоит|you should|try to|Вас|Вам)\b", everything)


async def test_different_answers_are_not_all_met_the_same_way() -> None:
    days = ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"]
    said = [(await instant(f"Мне грустно, когда наступает {day}")).reflection for day in days]
    assert len({re.sub("«.+»", "", line) for line in said}) >= 4


# What operators rely on


@pytest.mark.parametrize("locale", Locale)
def test_the_lexicons_are_broad_enough_for_a_real_conversation(locale: Locale) -> None:
    words = lexicon(locale)
    assert sum(1 for weights in words.mood.meanings.values() if any(weights)) >= 250
    for trait in Trait:
        for direction in ("high", "low"):
            assert sum((trait, direction) in meanings for meanings in words.traits.meanings.values()) >= 40


@pytest.mark.parametrize("locale", Locale)
def test_no_marker_speaks_for_both_directions_of_a_trait(locale: Locale) -> None:
    for marker, meanings in lexicon(locale).traits.meanings.items():
        assert len({trait for trait, _ in meanings}) == len(meanings), marker


def test_both_languages_know_the_same_patterns() -> None:
    assert lexicon(RU).pattern_data.keys() == lexicon(EN).pattern_data.keys()


async def test_a_long_answer_takes_as_much_longer_as_it_is_longer() -> None:
    async def effort(text: str) -> float:
        efforts = []
        for _ in range(5):
            begun = process_time()
            await deep(text)
            efforts.append(process_time() - begun)
        return min(efforts)

    longest = (f"{CURIOUS} {ANXIOUS} " * 40)[:4000]
    await deep(longest)
    # Five times as long; a quadratic rule would take 25 times the effort, on any machine.
    assert await effort(longest) < 12 * await effort(longest[:800])
