"""What the offline analyst hears of core dynamics, ways and facets, and the words that it gives as the reason."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.terminal.inbound.manners import Manner
from gateway.terminal.inbound.persona import load_persona
from schema.analysis.readings import AspectEvidence, DeepAnalysis, DynamicEvidence, TraitEvidence
from schema.profile_vocabulary import WAYS, Dynamic
from schema.text import clean
from schema.vocabulary import Construct, Locale
from tests.activities.ai.offline_answers import EN, RU, deep
from tests.people.scripted import session


def told(analysis: DeepAnalysis) -> set[str]:
    """Names of all that an analysis claims, with the direction of levels."""
    levels = [
        *((piece.facet or piece.trait, piece.direction) for piece in analysis.traits),
        *((piece.dynamic, piece.direction) for piece in analysis.dynamics),
    ]
    signs = {"high": "+", "low": "-"}
    return {f"{name}{signs[direction or 'high']}" for name, direction in levels} | {
        f"{piece.aspect}.{piece.way}" for piece in analysis.aspects
    }


HEARD = [
    (EN, "I know myself well, and I notice when I drift off.", "self_awareness+"),
    (RU, "Замечаю за собой, что спешу с выводами.", "self_awareness+"),
    (EN, "Half the time I don't know what I want.", "self_awareness-"),
    (RU, "Сама не знаю чего хочу.", "self_awareness-"),
    (RU, "Я сама себя не понимаю.", "self_awareness-"),
    (EN, "I count to ten and then I answer.", "emotional_regulation+"),
    (RU, "Обычно считаю до десяти и только потом отвечаю.", "emotional_regulation+"),
    (EN, "I lose my temper over nothing.", "emotional_regulation-"),
    (RU, "Завожусь с пол-оборота.", "emotional_regulation-"),
    (EN, "I love what I do, it gets me out of bed.", "motivation+"),
    (RU, "Люблю свою работу, глаза горят.", "motivation+"),
    (EN, "I have to force myself to open the laptop.", "motivation-"),
    (RU, "Каждый раз заставляю себя открыть ноутбук.", "motivation-"),
    (EN, "Whatever happens, I bounce back.", "resilience+"),
    (EN, "I never give up.", "resilience+"),
    (RU, "Что бы ни случилось, я не сдаюсь.", "resilience+"),
    (EN, "I give up easily.", "resilience-"),
    (RU, "Я легко сдаюсь.", "resilience-"),
    (EN, "I analyze everything and look for the root cause.", "thinking_style.analytical"),
    (RU, "Раскладываю по полочкам, ищу причину.", "thinking_style.analytical"),
    (EN, "I like to see the big picture.", "thinking_style.holistic"),
    (RU, "Мне важно увидеть общую картину.", "thinking_style.holistic"),
    (EN, "I'm a practical person.", "thinking_style.practical"),
    (RU, "Я практик: главное, чтобы работало.", "thinking_style.practical"),
    (EN, "I think in pictures.", "thinking_style.imaginative"),
    (RU, "Я думаю образами.", "thinking_style.imaginative"),
    (EN, "I weigh everything before I choose.", "decision_pattern.deliberate"),
    (RU, "Всё взвешиваю, прежде чем решить.", "decision_pattern.deliberate"),
    (EN, "I just go with my gut.", "decision_pattern.intuitive"),
    (RU, "Решаю сердцем.", "decision_pattern.intuitive"),
    (EN, "I always ask for advice.", "decision_pattern.consulting"),
    (RU, "Сначала советуюсь с мужем.", "decision_pattern.consulting"),
    (EN, "I buy things on a whim.", "decision_pattern.spontaneous"),
    (RU, "Решаю быстро и не жалею.", "decision_pattern.spontaneous"),
    (EN, "I can never make up my mind.", "decision_pattern.postponing"),
    (EN, "I can't decide, ever.", "decision_pattern.postponing"),
    (RU, "Тяну с решением до последнего.", "decision_pattern.postponing"),
    (EN, "I'm an early bird.", "energy_rhythm.morning"),
    (RU, "Я жаворонок.", "energy_rhythm.morning"),
    (EN, "I'm a night owl.", "energy_rhythm.evening"),
    (RU, "Я сова.", "energy_rhythm.evening"),
    (EN, "I work in bursts.", "energy_rhythm.bursts"),
    (RU, "Работаю рывками.", "energy_rhythm.bursts"),
    (EN, "Slow and steady, that's me.", "energy_rhythm.steady"),
    (RU, "Делаю размеренно, в одном темпе.", "energy_rhythm.steady"),
    (EN, "I learn by doing.", "learning_style.doing"),
    (RU, "Учусь на практике.", "learning_style.doing"),
    (EN, "I read the manual first.", "learning_style.reading"),
    (RU, "Всегда читаю инструкцию.", "learning_style.reading"),
    (EN, "I learn by watching.", "learning_style.watching"),
    (RU, "Смотрю, как делают другие, и повторяю. Смотрю как делают.", "learning_style.watching"),
    (EN, "I think out loud.", "learning_style.talking"),
    (RU, "Я думаю вслух.", "learning_style.talking"),
    (EN, "I can't say no.", "learning_edge.boundaries"),
    (RU, "Не умею отказывать.", "learning_edge.boundaries"),
    (EN, "I never ask for help.", "learning_edge.asking_for_help"),
    (RU, "Мне трудно просить о помощи.", "learning_edge.asking_for_help"),
    (EN, "I'm too hard on myself.", "learning_edge.self_kindness"),
    (RU, "Вечно ругаю себя.", "learning_edge.self_kindness"),
    (EN, "I find it hard to let go.", "learning_edge.letting_go"),
    (RU, "Не умею отпускать.", "learning_edge.letting_go"),
    (EN, "I never finish anything.", "learning_edge.finishing"),
    (RU, "Начинаю и бросаю.", "learning_edge.finishing"),
    (EN, "I bite my tongue.", "learning_edge.speaking_up"),
    (RU, "Всё держу в себе.", "learning_edge.speaking_up"),
    (EN, "A kind word means more to me than anything.", "love_language.words"),
    (RU, "Мне важно слышать, что меня ценят.", "love_language.words"),
    (EN, "Quality time is how I feel loved.", "love_language.time"),
    (RU, "Люблю просто побыть вместе.", "love_language.time"),
    (EN, "I love giving gifts.", "love_language.gifts"),
    (RU, "Обожаю дарить подарки.", "love_language.gifts"),
    (EN, "I show love by cooking.", "love_language.help"),
    (RU, "Показываю любовь делами.", "love_language.help"),
    (EN, "My husband hugs me and I melt.", "love_language.touch"),
    (RU, "Муж обнимает меня, и мне хорошо.", "love_language.touch"),
    (EN, "I lash out.", "stress_response.fight"),
    (RU, "Я огрызаюсь.", "stress_response.fight"),
    (EN, "When it gets bad I run away.", "stress_response.flight"),
    (RU, "Когда страшно, убегаю.", "stress_response.flight"),
    (EN, "I freeze.", "stress_response.freeze"),
    (RU, "Впадаю в ступор.", "stress_response.freeze"),
    (EN, "I smooth things over.", "stress_response.appease"),
    (RU, "Подстраиваюсь под всех.", "stress_response.appease"),
    (EN, "When I'm sad I call a friend.", "stress_response.reach_out"),
    (RU, "Когда мне плохо, звоню подруге.", "stress_response.reach_out"),
    (EN, "I keep my promises.", "dutifulness+"),
    (EN, "I just couldn't pick myself up.", "resilience-"),
    (EN, "I usually go for a walk before I answer.", "emotional_regulation+"),
    (EN, "I say yes and then resent it.", "learning_edge.boundaries"),
    (EN, "I'd rather carry it alone than ask.", "learning_edge.asking_for_help"),
    (EN, "Gut feeling. Always has been.", "decision_pattern.intuitive"),
    (RU, "Я держу слово.", "dutifulness+"),
    (EN, "I put things off.", "self_discipline-"),
    (EN, "I worry about everything.", "neuroticism+"),
]


@pytest.mark.parametrize(("locale", "text", "name"), HEARD)
async def test_what_a_person_says_of_themselves_is_heard(locale: Locale, text: str, name: str) -> None:
    assert name in told(await deep(text, locale))


async def test_every_level_and_every_way_is_heard_in_both_languages() -> None:
    names = {f"{dynamic}{sign}" for dynamic in Dynamic for sign in "+-"}
    names |= {f"{aspect}.{way}" for aspect, ways in WAYS.items() for way in ways}
    for locale in Locale:
        assert names <= {name for spoken, _, name in HEARD if spoken is locale}


@pytest.mark.parametrize(
    ("locale", "text", "name"),
    [
        # Denied.
        (EN, "I'm not a night owl.", "energy_rhythm.evening"),
        (RU, "Я не сова.", "energy_rhythm.evening"),
        (EN, "It's not that I can't say no.", "learning_edge.boundaries"),
        (EN, "I don't freeze.", "stress_response.freeze"),
        (RU, "Я не впадаю в ступор.", "stress_response.freeze"),
        (EN, "I used to be hard on myself.", "learning_edge.self_kindness"),
        # Somebody else.
        (EN, "My sister is a night owl.", "energy_rhythm.evening"),
        (RU, "Мой муж всё взвешивает.", "decision_pattern.deliberate"),
        (EN, "My brother gives up easily.", "resilience-"),
        (RU, "Он срывается на всех.", "stress_response.fight"),
        (EN, "My mother hugs my father.", "stress_response.reach_out"),
        (EN, "She hugs her dog.", "love_language.touch"),
        # A joke, a loss, a blow.
        (EN, "Oh sure, I never give up. Kidding.", "resilience+"),
        (RU, "Ну конечно, я никогда не сдаюсь, шучу.", "resilience+"),
        (EN, "My mother died. I freeze, I go numb.", "stress_response.freeze"),
        (RU, "Мама умерла. Замираю посреди комнаты.", "stress_response.freeze"),
        (EN, "Losing my job knocked me flat. I have to force myself to get up.", "motivation-"),
        # Words that only sound like it.
        (EN, "I freeze the leftovers of soup every week in boxes.", "stress_response.reach_out"),
        (RU, "Видела в лесу сову.", "energy_rhythm.evening"),
        (EN, "We call my mum on Sundays.", "stress_response.reach_out"),
        (RU, "Звоню маме по воскресеньям.", "stress_response.reach_out"),
        (EN, "I keep going over the last week.", "resilience+"),
        (RU, "Ученикам советую то же самое.", "decision_pattern.consulting"),
        (EN, "I'm practically self-taught.", "thinking_style.practical"),
        (EN, "I have a gut problem.", "decision_pattern.intuitive"),
        (EN, "I just go to bed.", "decision_pattern.spontaneous"),
        (EN, "We made a table and chairs for the garden.", "thinking_style.analytical"),
    ],
)
async def test_what_words_do_not_carry_is_not_claimed(locale: Locale, text: str, name: str) -> None:
    assert name not in told(await deep(text, locale))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        # What was read line by line in the answers of invented people, and was not what they said.
        (EN, "It's loud, and my friends are already in the café."),
        (EN, "With a sock under the strings to keep it quiet."),
        (EN, "When a room full of ordinary people breathes in together before a hymn."),
        (EN, "There's a whole archipelago by now with lighthouses and a postal system."),
        (EN, "We've shared the flat for four years now."),
        (EN, "If I'm honest I'd like the thesis to be done and bound."),
        (EN, "There isn't any, so that's easy to keep track of."),
        (EN, "I have what my dad calls an artistic relationship with money."),
        (EN, "I suppose I hope somebody will notice."),
        (EN, "I gave up a management course."),
        (EN, "My boss says we're a family."),
        (RU, "После этого мне понятнее, что сегодня важно, а что шум."),
        (RU, "Деньги у меня как сосед со сложным характером: то щедрый, то молчит неделями."),
        (RU, "Вот дашь человеку вовремя правильную книгу."),
        (RU, "Внукам на книжку по тысяче, а вот Галя, та транжира."),
        (RU, "Школа спасает."),
        (RU, "Вчера засмеялся, и как будто предал."),
        (RU, "Глеб однажды сказал, что ему хватило бы просто посидеть рядом."),
        (RU, "Во мне вечно спорят прораб и девочка с фломастерами."),
        (RU, "Раньше я твёрдо считала, что талант либо есть, либо нет."),
        (RU, "Бабушка нам вслух читала одну и ту же книгу."),
        (RU, "Вот от этого сейчас спокойнее всего."),
        (RU, "Мне доверили рисовать окна."),
    ],
)
async def test_a_mended_misreading_stays_mended(locale: Locale, text: str) -> None:
    assert told(await deep(text, locale)) == set()


# Quotes


def pieces(analysis: DeepAnalysis) -> list[TraitEvidence | DynamicEvidence | AspectEvidence]:
    return [*analysis.traits, *analysis.dynamics, *analysis.aspects]


def quotes(analysis: DeepAnalysis) -> list[str]:
    return [piece.quote or "" for piece in pieces(analysis)]


@pytest.mark.parametrize(
    ("locale", "text", "quote"),
    [
        (EN, "Tea first. I’m a night owl, always was.", "I’m a night owl"),
        (RU, "Ещё чай. Всё взвешиваю по сто раз, вот так.", "Всё взвешиваю по сто раз"),
        (
            EN,
            "I can't say that, honestly, I'm an organized person.",
            "can't say that, honestly, I'm an organized person",
        ),
    ],
)
async def test_a_quote_is_the_clause_in_the_spelling_of_the_person(locale: Locale, text: str, quote: str) -> None:
    assert any(quote in said for said in quotes(await deep(text, locale)))


async def test_what_is_negated_is_quoted_with_what_negates_it() -> None:
    [said] = quotes(await deep("Art? Not for me", EN)) or [""]
    assert "Not for me" in said


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("manner", Manner)
async def test_every_claim_stands_in_the_answer_word_for_word(manner: Manner, locale: Locale) -> None:
    for text in load_persona(locale, manner).everything:
        for said in quotes(await deep(text, locale)):
            assert said
            assert said in " ".join(text.split())
            assert len(said.split()) <= 15 + 8


HAPPENINGS = st.lists(
    st.sampled_from([text for _, text, _ in HEARD]) | st.text(max_size=20) | st.sampled_from(["\n", " ’ ", "… "]),
    max_size=5,
).map(" ".join)


@given(HAPPENINGS, st.sampled_from(list(Locale)))
@settings(deadline=None, max_examples=150)
async def test_whatever_is_written_every_claim_is_quoted_and_weighs_little(text: str, locale: Locale) -> None:
    analysis = await deep(text, locale)
    for said in quotes(analysis):
        assert said
        assert said in " ".join(clean(text).split())
    for piece in pieces(analysis):
        assert 0 < piece.confidence <= 0.35
    for level in chain(analysis.dynamics, analysis.traits):
        assert level.direction == ("high" if level.score > 0.5 else "low")


async def test_what_the_question_listens_for_weighs_half() -> None:
    [unasked] = (await deep("I never give up.", EN)).dynamics
    [asked] = (await deep("I never give up.", EN, listens_for=[Construct.COPING])).dynamics
    assert asked.confidence < unasked.confidence
    [unasked_way] = (await deep("Не умею отказывать.", RU)).aspects
    [asked_way] = (await deep("Не умею отказывать.", RU, listens_for=[Construct.BOUNDARIES])).aspects
    assert asked_way.confidence < unasked_way.confidence


# Whole sessions

PEOPLE = [Manner.OPEN, Manner.VERBOSE, Manner.GRIEVING, Manner.ANGRY, Manner.HOPEFUL]


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("manner", PEOPLE)
def test_in_a_whole_session_nothing_is_claimed_without_a_quote(manner: Manner, locale: Locale) -> None:
    for turn in session(manner, locale).turns:
        for said in quotes(turn.analysis):
            assert said
            assert said in " ".join(turn.answer.split())


@pytest.mark.parametrize("locale", Locale)
def test_of_somebody_in_grief_nothing_is_claimed_that_grief_explains(locale: Locale) -> None:
    claimed = set().union(*(told(turn.analysis) for turn in session(Manner.GRIEVING, locale).turns))
    assert not {name for name in claimed if name.startswith(("stress_response", "resilience", "motivation-"))}
