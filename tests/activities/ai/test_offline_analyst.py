"""What a person gets when no language model is there: the offline analyst."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.ai.analyst import Analyst
from activities.ai.offline.analyst import OfflineAnalyst
from activities.ai.offline.lexicon import lexicon
from activities.ai.offline.reflection import reflections
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback, TraitEvidence
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale, Trait

RU, EN = Locale.RU, Locale.EN
analyst: Analyst = OfflineAnalyst()

CURIOUS = "Мне всё любопытно: рисую, читаю про космос и философию, придумываю истории, люблю путешествия и новые идеи."
ANXIOUS = "Я постоянно тревожусь, прокручиваю в голове разговоры, боюсь не справиться и не могу уснуть."


def answer(text: str, locale: Locale = RU, listens_for: list[Construct] | None = None) -> AnswerInContext:
    return AnswerInContext(
        question="Что для вас важно?",
        domain=Domain.IDENTITY,
        depth=Depth.SURFACE,
        energy=Energy.NEUTRAL,
        listens_for=listens_for or [],
        text=text,
        locale=locale,
    )


async def instant(text: str, locale: Locale = RU) -> InstantFeedback:
    return await analyst.instant(answer(text, locale))


async def deep(text: str, locale: Locale = RU, listens_for: list[Construct] | None = None) -> DeepAnalysis:
    return await analyst.deep(answer(text, locale, listens_for))


def of(trait: Trait, analysis: DeepAnalysis) -> TraitEvidence | None:
    return next((evidence for evidence in analysis.traits if evidence.trait is trait), None)


def score(trait: Trait, analysis: DeepAnalysis) -> float:
    evidence = of(trait, analysis)
    assert evidence is not None
    return evidence.score


def confidence(trait: Trait, analysis: DeepAnalysis) -> float:
    evidence = of(trait, analysis)
    return evidence.confidence if evidence else 0


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
    assert len({evidence.trait for evidence in analysis.traits}) == len(analysis.traits)
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


# What the profile learns


@pytest.mark.parametrize(
    ("text", "locale", "trait"),
    [
        (CURIOUS, RU, Trait.OPENNESS),
        (
            "I'm curious about everything: I paint, write poems, read philosophy and love exploring new places.",
            EN,
            Trait.OPENNESS,
        ),
        (ANXIOUS, RU, Trait.NEUROTICISM),
        ("I worry all the time, overthink every word and lie awake full of dread.", EN, Trait.NEUROTICISM),
        (
            "Всё по плану: расписание, список дел, бюджет, и я всегда довожу начатое до конца и вовремя.",
            RU,
            Trait.CONSCIENTIOUSNESS,
        ),
        ("I plan my week, keep my promises and finish what I start before the deadline.", EN, Trait.CONSCIENTIOUSNESS),
        ("Обожаю шумные компании, танцы, знакомиться, болтать и быть в центре внимания.", RU, Trait.EXTRAVERSION),
        ("I love parties, meeting people, chatting with strangers and dancing on stage.", EN, Trait.EXTRAVERSION),
        ("Стараюсь помогать, поддерживать, прощать и забочусь о тех, кому трудно.", RU, Trait.AGREEABLENESS),
        ("I help wherever I can, forgive easily and volunteer at a shelter.", EN, Trait.AGREEABLENESS),
    ],
)
async def test_a_trait_that_speaks_clearly_leans_high(text: str, locale: Locale, trait: Trait) -> None:
    analysis = await deep(text, locale)
    assert score(trait, analysis) > 0.7
    assert 0.1 < confidence(trait, analysis) <= 0.35


@pytest.mark.parametrize(
    ("text", "locale", "trait"),
    [
        ("Мне спокойно, я уверена в себе, легко отпускаю и крепко сплю.", RU, Trait.NEUROTICISM),
        ("I stay calm under pressure, sleep well and let it go.", EN, Trait.NEUROTICISM),
        ("Люблю тишину и уединение, устаю от людей, обычно молчу и сижу дома.", RU, Trait.EXTRAVERSION),
        ("I'm an introvert, small talk drains me and I recharge in solitude.", EN, Trait.EXTRAVERSION),
        ("Вечно опаздываю, откладываю на потом, вокруг хаос и бардак.", RU, Trait.CONSCIENTIOUSNESS),
        ("I procrastinate, forget things and do everything at the last minute.", EN, Trait.CONSCIENTIOUSNESS),
    ],
)
async def test_a_trait_that_speaks_clearly_leans_low(text: str, locale: Locale, trait: Trait) -> None:
    assert score(trait, await deep(text, locale)) < 0.3


@pytest.mark.parametrize(
    ("said", "negated", "trait", "locale"),
    [
        ("Я тревожусь", "Я не тревожусь", Trait.NEUROTICISM, RU),
        ("Мне любопытно", "Мне не любопытно", Trait.OPENNESS, RU),
        ("I am anxious", "I am not anxious", Trait.NEUROTICISM, EN),
        ("I enjoy parties", "I don’t enjoy parties", Trait.EXTRAVERSION, EN),
        ("I enjoy parties", "I no longer enjoy parties", Trait.EXTRAVERSION, EN),
        ("I enjoy parties", "I used to enjoy parties", Trait.EXTRAVERSION, EN),
        ("I am organized", "I am anything but organized", Trait.CONSCIENTIOUSNESS, EN),
        ("I am organized", "I can't say that I am organized", Trait.CONSCIENTIOUSNESS, EN),
        ("I can't say no to anyone", "It's not that I can't say no", Trait.AGREEABLENESS, EN),
        ("Art, mostly", "Art? Not for me", Trait.OPENNESS, EN),
        ("Я общительная", "Я не такая уж и общительная", Trait.EXTRAVERSION, RU),
        ("Я общительная", "Нельзя сказать, что я общительная", Trait.EXTRAVERSION, RU),
        ("Я тревожусь", "Я перестала тревожиться", Trait.NEUROTICISM, RU),
        ("Я тревожусь", "Я больше не тревожусь", Trait.NEUROTICISM, RU),
        ("Я любопытная", "Я далеко не любопытная", Trait.OPENNESS, RU),
        ("Планирую всё", "Планы не моё", Trait.CONSCIENTIOUSNESS, RU),
    ],
)
async def test_negation_turns_evidence_around(said: str, negated: str, trait: Trait, locale: Locale) -> None:
    assert score(trait, await deep(said, locale)) > 0.5 > score(trait, await deep(negated, locale))


async def test_a_dislike_that_is_denied_is_one_still() -> None:
    assert score(Trait.EXTRAVERSION, await deep("Never been one for crowds", EN)) < 0.5
    assert score(Trait.EXTRAVERSION, await deep("Не моё это, толпа")) < 0.5


async def test_not_only_and_cannot_without_negate_nothing() -> None:
    assert score(Trait.OPENNESS, await deep("Я не только рисую")) > 0.5
    assert score(Trait.OPENNESS, await deep("Не могу жить без музыки")) > 0.5
    assert score(Trait.OPENNESS, await deep("I can't live without music", EN)) > 0.5


async def test_what_the_question_asks_for_weighs_half() -> None:
    unasked, asked = await deep(CURIOUS), await deep(CURIOUS, listens_for=[Construct.OPENNESS, Construct.VALUES])
    assert confidence(Trait.OPENNESS, asked) < confidence(Trait.OPENNESS, unasked)
    assert 0.5 < score(Trait.OPENNESS, asked) < score(Trait.OPENNESS, unasked)


async def test_only_the_direction_that_the_words_of_the_question_name_weighs_half() -> None:
    async def about(text: str, question: str) -> DeepAnalysis:
        return await analyst.deep(answer(text).model_copy(update={"question": question}))

    worry, calm = "Тревога. Постоянная.", "Спокойно мне. Постоянно."
    assert confidence(Trait.NEUROTICISM, await about(worry, "Какая тревога вам знакома?")) < confidence(
        Trait.NEUROTICISM, await deep(worry)
    )
    assert await about(calm, "Какая тревога вам знакома?") == await deep(calm)


async def test_what_is_said_of_somebody_else_is_no_evidence() -> None:
    own, brothers = await deep("Я любопытный"), await deep("Мой брат любопытный")
    assert confidence(Trait.OPENNESS, own) > confidence(Trait.OPENNESS, brothers) == 0


async def test_one_word_said_many_times_is_one_piece_of_evidence() -> None:
    assert (await deep("тревога, " * 50)).traits == (await deep("тревога,")).traits


async def test_nothing_is_made_of_an_answer_that_says_nothing() -> None:
    assert (await deep("Встаю в семь, еду на автобусе номер пять, в шесть еду обратно.")).traits == []


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Долго ждала автобус, пока не стемнело", RU),
        ("На этом месте целую неделю лежал снег", RU),
        ("Режу хлеб, ложусь рано, плачу за свет", RU),
        ("Кот дышит, волны шумели вместо музыкантов", RU),
        ("The position of the manager depends on the product", EN),
        ("I lie down, close the window and call a political hotline response", EN),
        ("Quite a different race outside", EN),
    ],
)
async def test_a_word_that_only_shares_a_stem_says_nothing(text: str, locale: Locale) -> None:
    analysis = await deep(text, locale)
    assert (analysis.traits, analysis.sentiment) == ([], 0)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Losing my job in spring knocked me flat, what if it goes on, over and over.", EN),
        ("Уволили весной, с тех пор прокручиваю мысли по кругу и ни с кем не разговариваю.", RU),
        ("Мама умерла, мне страшно потерять отца, до сих пор больно, прошлое не отпускает, плачу ночами.", RU),
        (
            "My mother died and I'm afraid of losing my dad. I keep it inside, Nobody knows, I blame myself.",
            EN,
        ),
        (
            "Oh sure, I'm such a perfectionist, never late, I double-check my double-checks. Kidding.",
            EN,
        ),
    ],
)
async def test_grief_is_not_interpreted_nor_a_blow_nor_a_joke(text: str, locale: Locale) -> None:
    analysis = await deep(text, locale)
    assert (analysis.traits, analysis.patterns, analysis.insight) == ([], [], None)


@pytest.mark.parametrize(
    ("text", "bright"),
    [
        ("Я счастлива, всё получается", True),
        ("Мне грустно и одиноко", False),
        ("I'm grateful and full of joy", True),
        ("I feel lonely and ashamed", False),
        ("Я не счастлива", False),
        ("Мне уже не страшно", True),
    ],
)
async def test_mood(text: str, bright: bool) -> None:
    assert ((await instant(text)).sentiment > 0) is bright


async def test_intensifiers_and_diminishers_move_the_mood() -> None:
    little, plain, much = [
        (await instant(t)).sentiment for t in ("Мне немного грустно", "Мне грустно", "Мне очень грустно")
    ]
    assert 0 > little > plain > much


async def test_patterns_and_insight_are_in_the_language_of_the_person() -> None:
    in_russian = await deep("Никому не могу отказать, всем помогаю, а времени на себя не остаётся.")
    in_english = await deep("Никому не могу отказать, всем помогаю, а времени на себя не остаётся.", EN)
    assert in_russian.patterns[0] == "забота о других прежде себя"
    assert in_english.patterns[0] == "caring for others before oneself"
    assert in_russian.insight == "Чужие нужды вы, похоже, слышите раньше своих."
    assert in_english.insight == "You seem to hear the needs of others before your own."


@pytest.mark.parametrize(
    "text",
    [
        "Я впервые понимаю, почему злюсь на отца",
        "Никому этого не говорила, но я завидую сестре",
        "До меня только сейчас дошло, что я выбирала не сама",
        "I've never said this to anyone, but I envy my sister",
        "I just realized that I was angry all along",
        "No one knows this about me",
        "I plan to keep from feeling helpless. I'd never put it that way before.",
        "It just hit me that I was angry at myself",
        "Turns out I was jealous all along",
        "Я злюсь на врачей и на себя… Никому этого не говорила",
        "Так я об этом никогда не думала",
        "Вслух никогда не произносила",
        "Об этом никто не знает",
        "Пора себе признаться",
    ],
)
async def test_something_put_into_words_for_the_first_time_is_a_breakthrough(text: str) -> None:
    assert (await deep(text)).breakthrough


@pytest.mark.parametrize(
    "text",
    [
        "Я понимаю, что пора спать",
        "Никому не мешаю",
        "I never said no to cake",
        "I know this city",
        "I have to admit the coffee is good",
        "A car just hit me",
        "Nobody knows the way",
        "I just saw a cat",
        "I've never put sugar in it",
        "Turns out it is raining",
        "I clicked on it",
        "Сегодня заметила кота",
        "Никогда не говорил по-китайски",
        "Надо признать, кофе хорош",
    ],
)
async def test_everyday_words_are_no_breakthrough(text: str) -> None:
    assert not (await deep(text)).breakthrough


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
