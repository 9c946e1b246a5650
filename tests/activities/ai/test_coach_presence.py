"""The offline coach with who mourns, jokes, only wants to talk, or names a step by themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from activities.ai.offline.coach import OfflineCoach
from activities.ai.offline.coach_bank import Kind, Theme
from activities.ai.offline.coach_ear import message
from activities.ai.offline.coach_grief import Mourned, tells_of_loss
from activities.ai.offline.coach_hearing import Wish
from schema.coaching.context import Memory, ReplyContext, Turn
from schema.vocabulary import Locale

_TODAY = date(2026, 11, 28)
_MEASURES = {Kind.SCALE, Kind.STEP, Kind.SMALLER, Kind.UNCLEAR, Kind.HIGHER}
_OF_TOM = [
    "My husband Tom died in February, after a long illness.",
    "His coat is still on the hook.",
    "My friends have stopped saying his name.",
    "I sign cards with both names, and then I have to take a new card.",
]
_OF_PASHA = [
    "Весной умер брат. Он болел два года.",
    "Она про Пашу в настоящем времени говорит, я не поправляю.",
    "Номер его из телефона не удалил.",
    "Его свитер висит рядом.",
]


def losses(texts: list[str], told_on: date) -> list[Memory]:
    return [Memory(kind="fact", text=text, told_on=told_on) for text in texts]


async def talk(
    *says: str, locale: Locale = Locale.EN, told: list[str] | None = None, told_on: date = _TODAY
) -> list[list[Kind]]:
    """The kinds of lines in each reply. What says how many days pass is no message."""
    return [said for said, _ in await replies(*says, locale=locale, told=told, told_on=told_on)]


async def replies(
    *says: str, locale: Locale = Locale.EN, told: list[str] | None = None, told_on: date = _TODAY
) -> list[tuple[list[Kind], str]]:
    coach, turns, day, found = OfflineCoach(), list[Turn](), _TODAY, list[tuple[list[Kind], str]]()
    for text in says:
        if text.endswith("days later"):
            day += timedelta(days=int(text.split()[0]))
            continue
        turns.append(Turn(speaker="person", text=text, said_on=day))
        reply = await coach.write(ReplyContext(locale=locale, turns=turns, losses=losses(told or [], told_on)))
        turns.append(Turn(speaker="coach", text=reply.text, moves=reply.moves, said_on=day))
        kinds = [Kind(name.split(".")[1]) for name in reply.moves if name.count(".") == 2]
        found.append((kinds, reply.text))
    return found


# Grief


@pytest.mark.parametrize(
    ("said", "locale", "bears"),
    [
        ("It would have been Tom's birthday.", Locale.EN, True),
        ("I miss my husband.", Locale.EN, True),
        ("Tomorrow I see the dentist.", Locale.EN, False),
        ("My sister rang about the party.", Locale.EN, False),
        ("Сегодня Пашин день рождения.", Locale.RU, True),
        ("Мне приснился брат.", Locale.RU, True),
        ("Ему было бы тридцать пять.", Locale.RU, True),
        ("Новый завуч требует отчёты.", Locale.RU, False),
        ("Мама зовёт на дачу.", Locale.RU, False),
    ],
)
def test_a_message_bears_on_a_loss_by_a_name_by_who_it_was_or_as_of_one_who_is_gone(
    said: str, locale: Locale, *, bears: bool
) -> None:
    told = losses(_OF_TOM if locale is Locale.EN else _OF_PASHA, _TODAY)
    assert Mourned(told, locale).is_behind(message(said, locale)) is bears


@pytest.mark.parametrize(
    ("text", "locale", "tells"),
    [
        ("Витя мой умер два года назад.", Locale.RU, True),
        ("Murphy died on Thursday.", Locale.EN, True),
        ("My mother's funeral was in May.", Locale.EN, True),
        ("We got divorced in spring.", Locale.EN, False),
        ("She just passed me the towel.", Locale.EN, False),
    ],
)
def test_a_death_is_heard_with_a_name_alone_and_a_parting_is_none(text: str, locale: Locale, *, tells: bool) -> None:
    assert tells_of_loss(text, locale) is tells


async def test_who_told_of_a_loss_before_is_met_in_grief_when_they_come_back_to_it() -> None:
    said = await talk(
        "Сегодня Пашин день рождения. Ему было бы тридцать пять.",
        "Мама ждёт, что я приеду, а я не могу. Там его комната.",
        "Мы в этот день всегда ездили с ним на рыбалку.",
        "Он смешно свистел, когда клевало.",
        locale=Locale.RU,
        told=_OF_PASHA,
        told_on=_TODAY - timedelta(days=60),
    )
    assert Kind.TELL in said[0]
    assert not _MEASURES & {kind for kinds in said for kind in kinds}
    # Every other time there is no question.
    assert said[1] == []


async def test_a_loss_that_was_told_at_length_and_just_now_is_behind_what_says_nothing_of_it() -> None:
    said = await talk("It's the day I'd get my envelope. The bus stop day.", told=_OF_TOM)
    assert said == [[Kind.TELL]]
    later = await talk("It's the day I'd get my envelope.", told=_OF_TOM, told_on=_TODAY - timedelta(days=90))
    assert Kind.TELL not in later[0]


async def test_life_goes_on_after_a_loss() -> None:
    said = await talk(
        "I dreamt of Tom.",
        "20 days later",
        "The new head of the office wants a report every single day.",
        told=_OF_TOM,
        told_on=_TODAY - timedelta(days=60),
    )
    assert Kind.TELL in said[0]
    assert not {Kind.TELL, Kind.GRIEF, Kind.CARE} & set(said[1])
    assert said[1]


async def test_a_step_that_somebody_in_grief_names_is_not_asked_about() -> None:
    told = await replies("I dreamt of Tom.", "I might ring our son tonight.", told=_OF_TOM)
    kinds, text = told[1]
    assert kinds == [Kind.SOFT_STEP]
    assert "?" not in text


async def test_a_divorce_is_hard_and_no_bereavement() -> None:
    said = await talk("I don't sleep.", "Since the divorce, I suppose.")
    assert not {Kind.TELL, Kind.GRIEF, Kind.CARE} & set(said[1])


# What is asked of the coach


@pytest.mark.parametrize(
    ("said", "locale", "wish"),
    [
        ("Don't give me advice, please. I just want to talk about him.", Locale.EN, Wish.TALK),
        ("I don't need solutions, by the way.", Locale.EN, Wish.TALK),
        ("Не давай мне, пожалуйста, советов про психолога. Я просто хочу про него поговорить.", Locale.RU, Wish.TALK),
        ("And don't ask me how that makes me feel.", Locale.EN, Wish.SPARED),
        ("Только не говорите мне, что время лечит.", Locale.RU, Wish.SPARED),
        ("И вот не надо мне сейчас про дыхание.", Locale.RU, Wish.SPARED),
        ("Sorry, I'm talking too much, aren't I?", Locale.EN, Wish.LEAVE),
        ("Наговорила я вам, да? Вы уж извините.", Locale.RU, Wish.LEAVE),
        ("Can I just tell you about the boat?", Locale.EN, Wish.LEAVE),
        ("I don't enjoy it. Does that make me a monster?", Locale.EN, Wish.JUDGED),
        ("Is that awful?", Locale.EN, Wish.JUDGED),
        ("Я плохая мать?", Locale.RU, Wish.JUDGED),
        ("Don't bang on about lungs, I know about lungs.", Locale.EN, Wish.SPARED),
        ("So this is the part where you fix me. I've cleared my evening.", Locale.EN, Wish.ABILITIES),
        ("Should I tell her?", Locale.EN, Wish.ADVICE),
    ],
)
async def test_what_is_asked_of_the_coach_is_granted_and_never_said_back(said: str, locale: Locale, wish: Wish) -> None:
    heard = message(said, locale)
    assert heard.wish is wish
    start = "I quarrel with my brother." if locale is Locale.EN else "Ссорюсь с братом."
    kinds, text = (await replies(start, said, locale=locale))[-1]
    assert kinds[0] == Kind(wish)
    assert not set("“«") & set(text)


async def test_who_only_wants_to_talk_is_asked_for_no_way_out() -> None:
    said = await talk(
        "I don't need solutions, I just want to talk.",
        "They let me go three weeks ago.",
        "I put the tie on every morning and go to the library.",
        "My wife thinks that I'm at work.",
        "It went fine for a week.",
        "The librarian knows my name by now.",
        "I could tell my wife on Friday.",
    )
    asked = {kind for kinds in said[1:] for kind in kinds}
    assert not asked & {*_MEASURES, Kind.BETTER, Kind.THEN_BETTER, Kind.WISH, Kind.TRIED}
    assert said[-1] == [Kind.SOFT_STEP]


# Steps and numbers


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("I could leave the laptop in the kitchen tonight.", Locale.EN),
        ("could ask Tom to take her saturday morning and just go", Locale.EN),
        ("I'm going to ring her on Saturday.", Locale.EN),
        ("Maybe I should tell her.", Locale.EN),
        ("могу ноут на ночь в коридоре оставить", Locale.RU),
        ("мог бы позвонить", Locale.RU),
        ("Позвоню ей, ладно.", Locale.RU),
        ("наверно надо сказать им до пересдачи", Locale.RU),
    ],
)
async def test_a_step_that_nobody_asked_for_is_taken_up(said: str, locale: Locale) -> None:
    wish = "I'd like to sleep through one night." if locale is Locale.EN else "Хочу хоть раз выспаться."
    said_kinds = await talk(wish, said, locale=locale)
    assert said_kinds[-1] in ([Kind.FIRM], [Kind.NOTICE])


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("I could scream.", Locale.EN),
        ("I could sleep for a week.", Locale.EN),
        ("If I could ring her, I would.", Locale.EN),
        ("I can't go there.", Locale.EN),
        ("Could be worse.", Locale.EN),
        ("Я ей ответить не могу.", Locale.RU),
        ("Как я могу лечь?", Locale.RU),
        ("Она позвонит, если захочет.", Locale.RU),
    ],
)
def test_what_only_sounds_like_a_step_is_none(said: str, locale: Locale) -> None:
    assert message(said, locale).named_step is None


async def test_nothing_is_measured_that_was_not_wished_for() -> None:
    said = await talk(
        "My boss shouts at me.",
        "It happens every Monday.",
        "Everybody hears it.",
        "I go to the kitchen then.",
        "He never says sorry.",
        "The others look away.",
        "So it goes.",
    )
    assert Kind.SCALE not in {kind for kinds in said for kind in kinds}


async def test_good_news_is_met_as_such() -> None:
    said = await talk("I signed up for the evening course!", "It starts in March.")
    assert said == [[Kind.GLAD], [Kind.GLAD_MORE]]


async def test_what_was_asked_before_days_of_silence_is_no_question_any_more() -> None:
    before = [
        "My boss shouts at me.",
        "I want him to stop.",
        "Every Monday.",
        "I go to the kitchen.",
        "It wears me out.",
    ]
    turns = [*before, "Nobody helps.", "20 days later", "My sister has moved in."]
    assert not {Kind.HIGHER, *_MEASURES} & set((await talk(*turns))[-1])


# Themes


@pytest.mark.parametrize(
    ("said", "locale", "theme"),
    [
        ("I keep putting off calling my brother.", Locale.EN, Theme.MEANING),
        ("I walked past the stop. I didn't mean to.", Locale.EN, Theme.MEANING),
        ("And then it's dark outside.", Locale.EN, Theme.FRIENDS),
        ("Учу рисовать других.", Locale.RU, Theme.FRIENDS),
        ("Тридцать лет котлеты леплю.", Locale.RU, Theme.MEANING),
    ],
)
def test_a_word_that_shares_its_stem_with_a_theme_is_not_of_it(said: str, locale: Locale, theme: Theme) -> None:
    assert theme not in message(said, locale).themes


async def test_a_joke_about_what_is_good_is_no_better_time() -> None:
    said = await talk(
        "I write slogans at three in the morning.", "Some of them are quite good. None are about yoghurt."
    )
    assert Kind.THEN_BETTER not in said[-1]
