"""The offline coach: it reflects, asks one open question, hears wishes, and never says a line twice."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.ai.offline.coach import OfflineCoach
from activities.ai.offline.coach_bank import Kind, Tag, Theme, bank
from activities.ai.offline.coach_ear import message
from activities.ai.offline.coach_hearing import Wish, ear
from schema.analysis.readings import OFFLINE_ANALYST
from schema.coaching.context import Reply, ReplyContext, Step, Style, Turn
from schema.vocabulary import Locale
from tests.people.coached.talks import Script, hold, scripts, talk
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

_LONGEST = 350
_NEUTRAL = Style()
_BRIGHT_OR_PUSHING = {Kind.SCALE, Kind.STEP, Kind.SMALLER, Kind.FIRM, Kind.NOTICE, Kind.CONFIRM, Kind.HIGHER}


def replies(turns: list[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.speaker == "coach"]


def kinds(turn: Turn) -> list[str]:
    return [name.split(".")[1] for name in turn.moves if name.count(".") == 2]


async def last(says: list[str], locale: Locale, style: Style = _NEUTRAL, *, troubled: bool = False) -> Turn:
    return (await talk(says, locale, style, troubled=troubled))[-1]


# The bank


@pytest.mark.parametrize("locale", Locale)
def test_every_line_passes_the_guard_and_asks_one_thing(locale: Locale) -> None:
    for line in bank(locale):
        text = re.sub(r"\{phrase\}", "0", line.text).replace("{number}", "5").replace("{next}", "6")
        assert Guard("", locale, "").lets_pass(text), line.name
        assert text.count("?") <= 1, line.name
        assert len(line.text) < _LONGEST / 2, line.name


@pytest.mark.parametrize("locale", Locale)
def test_each_theme_has_enough_to_ask_and_so_has_every_stage(locale: Locale) -> None:
    lines = bank(locale)
    exploring = (Kind.HAPPENS, Kind.MATTERS, Kind.BETTER, Kind.WISH)
    scaling = (Kind.SCALE, Kind.SCALED, Kind.SCALED_LOW, Kind.SCALED_HIGH, Kind.HIGHER)
    for theme in Theme:
        assert sum(len(lines.lines(kind, theme)) for kind in exploring) >= 12
        assert len(lines.lines(Kind.STEP, theme)) >= 6
    for stage in [
        (Kind.OPENING,),
        exploring,
        scaling,
        (Kind.STEP,),
        (Kind.NOTICE, Kind.CONFIRM, Kind.COMPANY, Kind.CLOSING),
    ]:
        assert sum(len(lines.lines(kind)) for kind in stage) >= 20


def test_both_languages_have_lines_of_every_kind() -> None:
    for locale in Locale:
        assert {line.name.split(".")[1] for line in bank(locale)} == set(Kind)
        assert set(ear(locale).wishes) == set(Wish)


@pytest.mark.parametrize("locale", Locale)
def test_no_line_stands_twice(locale: Locale) -> None:
    texts = [(line.name.split(".")[0], line.text) for line in bank(locale)]
    assert len(set(texts)) == len(texts)


# Whatever is said

_SAYINGS = [
    "",
    "7",
    "hi",
    "не знаю",
    "I don't know",
    "да",
    "no",
    "спасибо",
    "my boss shouts at me",
    "папа умер весной",
    "haha)))",
    "просто послушай",
    "ask me",
    "что мне делать?",
    "asdfgh",
    "je ne sais pas quoi dire",
    "🙂",
    "короче",
    "мне страшно и одиноко",
    "I could call my sister on Sunday",
    "хватит",
    "are you a bot?",
    "You already asked that.",
    "всё бесит, и работа, и деньги",
]
_texts = st.one_of(st.sampled_from(_SAYINGS), st.text(max_size=60))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    says=st.lists(_texts, min_size=60, max_size=60),
    locale=st.sampled_from(Locale),
    style=st.builds(Style, images=st.none() | st.booleans(), structure=st.none() | st.booleans()),
    troubled=st.booleans(),
)
def test_no_line_comes_twice_in_sixty_turns_of_anything(
    says: list[str], locale: Locale, style: Style, troubled: bool
) -> None:
    turns = asyncio.run(talk(says, locale, style, troubled=troubled))
    moves = [name for turn in turns for name in turn.moves]
    assert len(moves) == len(set(moves))
    for said, turn in zip(turns[::2], turns[1::2], strict=True):
        assert turn.text.strip()
        assert turn.moves
        own = turn.text.replace(said.text, "")
        assert own.count("?") <= 1
        assert len(turn.text) <= _LONGEST


@pytest.mark.parametrize(
    "said", ["ok", "hi", "пока", "Мне плохо.", "I don't know", "no questions", "asdfgh", "x" * 4000]
)
@pytest.mark.parametrize("troubled", [False, True])
async def test_who_always_says_the_same_never_hears_the_same(said: str, troubled: bool) -> None:
    turns = replies(await talk([said] * 60, Locale.RU, troubled=troubled))
    moves = [name for turn in turns for name in turn.moves]
    assert len(moves) == len(set(moves))


@pytest.mark.parametrize("script", scripts(), ids=lambda script: f"{script.locale}-{script.name}")
async def test_a_talk_is_in_the_persons_language_and_the_same_each_time(script: Script) -> None:
    turns = await hold(script)
    assert turns == await hold(script)
    other = Locale.EN if script.locale is Locale.RU else Locale.RU
    for turn in replies(turns):
        assert language_of(turn.text, other) is script.locale or len(turn.text.split()) < 12


async def test_the_reply_is_in_the_language_that_the_person_turns_to() -> None:
    turns = replies(await talk(["My job wears me out.", "Давайте лучше по-русски, мне так легче.", "7"], Locale.EN))
    assert [language_of(turn.text, Locale.EN) for turn in turns] == [Locale.EN, Locale.RU, Locale.RU]


async def test_it_signs_as_what_it_is() -> None:
    context = ReplyContext(locale=Locale.EN, turns=[Turn(speaker="person", text="Hello")])
    reply: Reply = await OfflineCoach().write(context)
    assert reply.coach == OFFLINE_ANALYST
    assert await OfflineCoach().write(context) == reply


# Stages


async def test_a_greeting_is_returned_and_the_person_asked_what_it_is_about() -> None:
    assert kinds(await last(["Привет"], Locale.RU)) == [Kind.GREETING, Kind.OPENING]


@pytest.mark.parametrize(
    ("said", "locale", "theme"),
    [
        ("Начальник опять накричал при всех коллегах.", Locale.RU, Theme.WORK),
        ("Не хватает денег, и кредит висит.", Locale.RU, Theme.MONEY),
        ("Всё откладываю на потом и залипаю в сериалы.", Locale.RU, Theme.HABITS),
        ("I lie awake and worry about everything.", Locale.EN, Theme.WORRY),
        ("My husband and I are thinking of a divorce.", Locale.EN, Theme.PARTNER),
        ("Nothing has any meaning, it's all pointless.", Locale.EN, Theme.MEANING),
    ],
)
async def test_a_first_thought_is_asked_about_by_its_theme(said: str, locale: Locale, theme: Theme) -> None:
    assert any(name.startswith(f"{theme}.happens.") for name in (await last([said], locale)).moves)


_EXPLORED = [
    "My boss keeps adding projects and I can't say no.",
    "It was so last week, three new ones on one day.",
    "It makes me feel small and replaceable.",
    "On Fridays it's fine, he isn't there.",
    "I want to leave at six and not feel guilty.",
    "There would be an evening again.",
]
_STEPPED = [
    *_EXPLORED,
    "4",
    "My team is good.",
    "I'd go home on time.",
    "I could tell him no on Monday.",
    "If he nods.",
]


async def test_a_scale_follows_what_was_explored_and_its_number_is_taken_up() -> None:
    turns = replies(await talk([*_EXPLORED, "I'd say 4 out of 10", "Because my team is good."], Locale.EN))
    assert Kind.SCALE in kinds(turns[-3])
    assert Kind.SCALED in kinds(turns[-2])
    assert "4" in turns[-2].text
    assert Kind.HIGHER in kinds(turns[-1])


@pytest.mark.parametrize(("number", "kind"), [("1", Kind.SCALED_LOW), ("five", Kind.SCALED), ("10", Kind.SCALED_HIGH)])
async def test_a_low_and_a_high_number_are_met_as_such(number: str, kind: Kind) -> None:
    assert kinds(await last([*_EXPLORED, number], Locale.EN)) == [kind]


async def test_a_step_is_proposed_without_a_question_after_it_was_asked_how_it_is_noticed() -> None:
    turns = replies(await talk([*_STEPPED, "He usually listens."], Locale.EN, Style(structure=False)))
    assert [kinds(turn) for turn in turns[-3:-1]] == [[Kind.NOTICE], [Kind.CONFIRM]]
    assert "?" not in turns[-2].text
    assert Kind.COMPANY in kinds(turns[-1])


async def test_a_proposed_step_holds_what_the_person_said_of_it() -> None:
    style = Style(structure=False)
    turns = [*await talk(_STEPPED[:-1], Locale.EN, style), Turn(speaker="person", text="I'd sleep on Sunday night")]
    reply = await OfflineCoach().write(ReplyContext(locale=Locale.EN, turns=turns, style=style))
    assert reply.step is not None
    assert "tell him no on Monday" in reply.step.what
    assert "sleep on Sunday night" in reply.step.notice


@pytest.mark.parametrize(
    ("went", "kind"),
    [("worked", Kind.WORKED), ("failed", Kind.FAILED), ("not_tried", Kind.NOT_TRIED), ("changed", Kind.CHANGED)],
)
@pytest.mark.parametrize("locale", list(Locale))
async def test_how_a_step_went_is_taken_up(locale: Locale, went: Any, kind: Kind) -> None:
    told = Step(what="call him", went=went, just_told=True)
    turns = [Turn(speaker="person", text="Ну вот так." if locale is Locale.RU else "So that is how it was.")]
    context = ReplyContext(locale=locale, turns=turns)
    update = {"failed": [told]} if went == "failed" else {"outcomes": [told]}
    reply = await OfflineCoach().write(context.model_copy(update=update))
    assert [name.split(".")[1] for name in reply.moves] == [kind]
    assert reply.text.count("?") == 1


@pytest.mark.parametrize(("said", "kind"), [("no", Kind.ENDING), ("yes", Kind.MORE)])
async def test_the_offer_that_closes_is_taken_or_not(said: str, kind: Kind) -> None:
    turns = replies(await talk([*_STEPPED, "He usually listens.", "Anna", said], Locale.EN, Style(structure=False)))
    assert Kind.CLOSING in kinds(turns[-2])
    assert kinds(turns[-1]) == [kind]


async def test_who_has_told_of_a_better_time_is_not_asked_for_one() -> None:
    turns = replies(await talk(_EXPLORED[:4], Locale.EN))
    assert Kind.THEN_BETTER in kinds(turns[-1])


async def test_who_does_not_know_gets_an_easier_question_and_the_third_time_room() -> None:
    turns = replies(await talk([_EXPLORED[0], "I don't know", "idk", "no idea"], Locale.EN))
    assert [kinds(turn)[-1] for turn in turns[1:]] == [Kind.EASIER, Kind.EASIER, Kind.SPACE]


# Wishes


@pytest.mark.parametrize(
    ("said", "locale", "kind"),
    [
        ("Are you a bot?", Locale.EN, Kind.IDENTITY),
        ("ты кто", Locale.RU, Kind.IDENTITY),
        ("What can you do?", Locale.EN, Kind.ABILITIES),
        ("Чем вы можете помочь?", Locale.RU, Kind.ABILITIES),
        ("So what should I do?", Locale.EN, Kind.ADVICE),
        ("И что мне делать?", Locale.RU, Kind.ADVICE),
        ("You already asked me that", Locale.EN, Kind.REPEATED),
        ("вы меня не понимаете", Locale.RU, Kind.MISUNDERSTOOD),
        ("Только вы меня понимаете", Locale.RU, Kind.ATTACHED),
        ("как дела?", Locale.RU, Kind.WELLBEING),
        ("спасибо большое", Locale.RU, Kind.THANKS),
        ("ok bye", Locale.EN, Kind.FAREWELL),
        ("Хватит на сегодня", Locale.RU, Kind.ENOUGH),
        ("пишите короче", Locale.RU, Kind.SHORTER),
        ("Just listen, please", Locale.EN, Kind.LISTEN),
    ],
)
async def test_a_wish_is_heard(said: str, locale: Locale, kind: Kind) -> None:
    start = "Устаю на работе." if locale is Locale.RU else "Work wears me out."
    assert kinds(await last([start, said], locale))[0] == kind


async def test_who_wants_no_questions_gets_none_until_they_ask_for_them() -> None:
    says = ["Просто послушайте.", "Я сегодня поругалась с мамой.", "И с сестрой тоже.", "Она кричала.", "Спрашивайте"]
    turns = replies(await talk(says, Locale.RU))
    assert not any("?" in turn.text for turn in turns[:-1])
    assert "?" in turns[-1].text


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("my husband could take over, but I don't ask", Locale.EN),
        ("I can't stop asking myself why", Locale.EN),
        ("they just listen and nod", Locale.EN),
        ("the days are shorter now", Locale.EN),
        ("I want to stop smoking", Locale.EN),
        ("he said I love you and left", Locale.EN),
        ("I have to go to the dentist", Locale.EN),
        ("you don't understand, says my son every day", Locale.EN),
        ("I already answered that mail", Locale.EN),
        ("он без вопросов согласился", Locale.RU),
        ("мне пора менять работу", Locale.RU),
        ("ты меня не понимаешь, говорит дочь", Locale.RU),
        ("я не об этом мечтала", Locale.RU),
        ("опять тот же сон", Locale.RU),
        ("нормально пишите отчёты, говорит шеф", Locale.RU),
    ],
)
def test_what_is_told_of_life_is_no_wish_of_the_coach(said: str, locale: Locale) -> None:
    assert message(said, locale).wish is None


async def test_whoever_asks_for_advice_is_told_that_there_is_none() -> None:
    turn = await last(["My wife and I quarrel every day.", "Should I leave her?"], Locale.EN)
    assert kinds(turn) == [Kind.ADVICE]


@pytest.mark.parametrize(
    ("said", "locale", "kind"),
    [
        ("вапрлдж ывапр", Locale.RU, Kind.GARBLED),
        ("asdfgh", Locale.EN, Kind.GARBLED),
        ("There was something with the thing and then that", Locale.EN, Kind.UNCLEAR),
    ],
)
async def test_what_is_not_understood_is_not_taken_up(said: str, locale: Locale, kind: Kind) -> None:
    turn = await last([said], locale)
    assert kinds(turn)[0] == kind


@pytest.mark.parametrize(
    ("said", "locale", "kind"),
    [
        ("I'd like one hour to myself after dinner", Locale.EN, Kind.WISHED),
        ("I want to read more", Locale.EN, Kind.WISHED),
        ("хочется снова играть на гитаре", Locale.RU, Kind.WISHED),
        ("надо бы меньше сидеть в телефоне", Locale.RU, Kind.WISHED),
        ("I bought a bike", Locale.EN, Kind.NEWS),
        ("My kid started school on Monday", Locale.EN, Kind.NEWS),
        ("It's my birthday tomorrow", Locale.EN, Kind.NEWS),
        ("свекровь приехала к нам на месяц", Locale.RU, Kind.NEWS),
        ("купила велосипед", Locale.RU, Kind.NEWS),
        ("забыла про день рождения подруги", Locale.RU, Kind.NEWS),
    ],
)
async def test_a_plain_wish_and_plain_news_are_said_back_and_nothing_is_taken_for_granted(
    said: str, locale: Locale, kind: Kind
) -> None:
    turn = await last([said], locale)
    assert kinds(turn) == [kind]
    assert said[1:] in turn.text


async def test_another_language_is_said_to_be_unknown() -> None:
    turn = await last(["Je ne sais pas quoi faire avec mon mari"], Locale.EN)
    assert turn.text in bank(Locale.EN).reflections.unread


# Where it is hard


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("troubled", [True, False])
async def test_in_danger_and_in_grief_no_step_and_no_number_is_asked_for(locale: Locale, troubled: bool) -> None:
    death = {Locale.RU: "В марте умерла мама.", Locale.EN: "My mother died in March."}[locale]
    first = {Locale.RU: "Устаю на работе.", Locale.EN: "Work wears me out."}[locale] if troubled else death
    turns = await talk([first, "7", "ok", "no", "Sam", *[first] * 12], locale, troubled=troubled)
    assert not {kind for turn in replies(turns) for kind in kinds(turn)} & _BRIGHT_OR_PUSHING


# Style


@pytest.mark.parametrize("locale", Locale)
async def test_style_chooses_among_lines_and_never_the_other_end(locale: Locale) -> None:
    tags = {line.name: line.tag for line in bank(locale)}
    for script in (script for script in scripts() if script.locale is locale):
        for images, wanted, other in [(True, Tag.IMAGE, Tag.PRACTICAL), (False, Tag.PRACTICAL, Tag.IMAGE)]:
            turns = await talk(script.says, locale, Style(images=images))
            said = [tags.get(name) for turn in replies(turns) for name in turn.moves]
            assert other not in said
            if script.name not in ("grieving", "doubting", "drifting"):
                assert wanted in said


# The ear


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("7", 7),
        ("наверное 6", 6),
        ("из 10 дам 4", 4),
        ("семь", 7),
        ("9/10", 9),
        ("в 2019 году", None),
        ("at 10:30", None),
    ],
)
def test_numbers_of_a_scale(said: str, number: int | None) -> None:
    assert message(said, Locale.RU).number == number
