"""What the profile learns when no language model is there: traits, patterns, mood and breakthroughs."""

from __future__ import annotations

import pytest

from schema.analysis.readings import DeepAnalysis, TraitEvidence
from schema.vocabulary import Construct, Locale, Trait
from tests.activities.ai.offline_answers import ANXIOUS, CURIOUS, EN, RU, analyst, answer, deep, instant


def of(trait: Trait, analysis: DeepAnalysis) -> list[TraitEvidence]:
    return [evidence for evidence in analysis.traits if evidence.trait is trait]


def score(trait: Trait, analysis: DeepAnalysis) -> float:
    """Where all pieces of evidence for a trait put the person."""
    pieces = of(trait, analysis)
    return sum(piece.score * piece.confidence for piece in pieces) / confidence(trait, analysis)


def confidence(trait: Trait, analysis: DeepAnalysis) -> float:
    return sum(piece.confidence for piece in of(trait, analysis))


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
