"""The coach in Telegram: what no session takes goes there, in both languages, by polling and by webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.presentation.texts.texts import Texts
from schema.coaching.names import COACH_ID
from schema.vocabulary import Locale, Status
from tests.people.telegram_user import PATIENCE, TelegramTown, TelegramUser
from tests.talks import replies_to, talks_of
from tests.telegram.conftest import town_of
from tests.telegram.test_bot_letters import LETTER

TROUBLE = {
    Locale.RU: "На работе тяжело, начальник звонит по ночам.",
    Locale.EN: "Work is hard, my boss calls at night.",
}
ANOTHER = {Locale.RU: "Сестра переезжает в другой город.", Locale.EN: "My sister moves to another town."}
DANGER = {Locale.RU: "Я хочу покончить с собой.", Locale.EN: "I want to kill myself."}
CITY = {Locale.RU: "Екатеринбург", Locale.EN: "Chicago"}
WAY_TO_A_STEP = {
    Locale.RU: (
        "Всё откладываю звонок брату.",
        "Больно, мы не говорили с весны.",
        "Однажды на Рождество было легче.",
        "Хочу, чтобы мы снова говорили.",
        "Пробовал ему написать.",
        "Рядом со мной жена.",
        "4",
        "Было бы 5, если бы позвонил ему хоть раз.",
        "Позвоню брату в воскресенье.",
        "Если хоть раз посмеёмся.",
    ),
    Locale.EN: (
        "I keep putting off a call to my brother.",
        "It hurts, we have not spoken since spring.",
        "Once at Christmas it was easier.",
        "I want us to talk again.",
        "I tried writing to him.",
        "My wife is there for me.",
        "4",
        "It would be 5 if I called him once.",
        "I could call my brother on Sunday.",
        "If we laugh once.",
    ),
}
FACTS = {
    Locale.RU: ("Я живу в Берлине.", "Мою сестру зовут Аня.", "Я живу в Лионе.", "Где я живу, помните?"),
    Locale.EN: ("I live in Berlin.", "My sister is called Anna.", "I live in Lyon.", "Do you remember where I live?"),
}
ENOUGH = {Locale.RU: "Хватит.", Locale.EN: "That's enough for today."}


@pytest.fixture(scope="module", params=["Russian town, polling", "English town, webhook"])
async def town(
    request: pytest.FixtureRequest, workers: None, temporal_address: str, bot_pool: asyncpg.Pool
) -> AsyncIterator[TelegramTown]:
    """People and their bot, the same for all tests in a town."""
    async with town_of(request.param, temporal_address, bot_pool, planned_questions=5) as town:
        yield town


async def has_no_questions_open(town: TelegramTown) -> TelegramUser:
    """Somebody who has agreed, and whose session is over."""
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("/stop")
    await anna.sees("goodbye-stopped")
    await anna.session.result()
    return anna


async def is_replied_to(town: TelegramTown, anna: TelegramUser, replies: int) -> None:
    """Waits until so many replies of the coach are kept, and reads the last of them."""
    async with asyncio.timeout(PATIENCE):
        while len(said := await replies_to(town.pool, anna.user_ref)) < replies:
            await asyncio.sleep(0.02)
    await anna.phone.sees(said[-1])


async def test_after_the_questions_the_coach_replies(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    signs = len(anna.phone.typing)
    update = await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    assert len(anna.phone.typing) > signs
    town.api.redelivers(update)
    assert await anna.is_left_in_peace()
    [[(_, said), (_, reply)]] = await talks_of(town.pool, anna.user_ref)
    assert said == TROUBLE[anna.locale]
    shown = [message.text for message in anna.phone.screen if message.text.startswith(reply)]
    assert shown == [f"{reply}\n\n{Texts(anna.locale).say('coach-offline')}"], "the first reply says who wrote it"
    # None of it is an answer.
    assert await anna.kept() == []


async def test_what_is_said_about_a_reply_by_its_buttons(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    first = anna.phone.screen[-1]
    assert first.buttons == [
        [anna.text("choice-reply-differently"), anna.text("choice-reply-missed")],
        [anna.text("choice-reply-enough")],
    ]
    await anna.taps("choice-reply-differently", first)
    await is_replied_to(town, anna, 2)
    assert first.buttons == []
    second = anna.phone.screen[-1]
    await anna.taps("choice-reply-missed", second)
    await is_replied_to(town, anna, 3)
    await anna.writes(ANOTHER[anna.locale])
    await is_replied_to(town, anna, 4)
    await anna.taps("choice-reply-enough", anna.phone.screen[-1])
    await is_replied_to(town, anna, 5)
    assert "?" not in anna.phone.screen[-1].text


async def test_a_step_is_agreed_on_moved_listed_and_dropped_by_buttons(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    for replies, text in enumerate(way := WAY_TO_A_STEP[anna.locale], start=1):
        await anna.writes(text)
        await is_replied_to(town, anna, replies)
    what = way[-2].rstrip(".")
    await anna.taps("choice-step-agree", await anna.sees("step-proposal", what=what))
    agreed = await anna.phone.sees(anna.text("step-agreed", due="").rstrip(". "))
    question = await anna.phone.sees("/timezone")
    await anna.phone.taps(CITY[anna.locale], question)
    await anna.phone.sees(f"({CITY[anna.locale]})")
    await anna.taps("choice-step-move-week", agreed)
    await anna.phone.sees(anna.text("step-moved", due="").rstrip(". "))
    await anna.writes("/quiet")
    await anna.sees("notice-quiet")
    await anna.writes("/steps")
    listed = await anna.phone.sees(anna.text("steps-title"))
    assert what in listed.text
    drop = anna.text("choice-step-numbered", number=1, choice=anna.text("choice-step-cancel"))
    await anna.phone.taps(drop, listed)
    await anna.sees("notice-step-cancelled")
    await anna.writes("/steps")
    await anna.sees("steps-none")


async def test_what_is_remembered_is_seen_forgotten_and_corrected_by_buttons(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes("/memory")
    await anna.sees("memory-none")
    home, sister, other_home, question = FACTS[anna.locale]
    await anna.writes(home)
    await is_replied_to(town, anna, 1)
    await anna.writes(sister)
    await is_replied_to(town, anna, 2)
    await until_remembered(town, anna, 2)
    await anna.writes("/memory")
    page = await anna.sees("memory-title")
    assert home.rstrip(".") in page.text
    assert sister.rstrip(".") in page.text
    # One tap, and the words are off the screen: the page stands in the place of the one before.
    await anna.phone.taps(anna.text("choice-memory-forget", number=1), page)
    page = await anna.sees("memory-forgotten")
    assert sister.rstrip(".") not in page.text
    shown = [message for message in anna.phone.screen if anna.text("memory-title") in message.text]
    assert shown == [page]
    await anna.phone.taps(anna.text("choice-memory-correct", number=1), page)
    asked = await anna.sees("memory-question", memory=home.rstrip("."))
    await anna.taps("choice-memory-leave", asked)
    await anna.sees("notice-memory-left")
    await anna.writes("/memory")
    page = await anna.sees("memory-title")
    await anna.phone.taps(anna.text("choice-memory-correct", number=1), page)
    await anna.sees("memory-question", memory=home.rstrip("."))
    await anna.writes(other_home)
    await anna.sees("notice-memory-mended")
    await anna.writes(question)
    await is_replied_to(town, anna, 4)
    assert other_home.rstrip(".") in anna.phone.screen[-1].text
    await anna.writes("/memory")
    page = await anna.sees("memory-title")
    assert other_home.rstrip(".") in page.text
    assert home.rstrip(".") not in page.text


async def until_remembered(town: TelegramTown, anna: TelegramUser, memories: int) -> None:
    """Waits until so many memories are kept."""
    async with asyncio.timeout(PATIENCE):
        while (
            await town.pool.fetchval("SELECT count(*) FROM coach_system.memories WHERE user_ref = $1", anna.user_ref)
            < memories
        ):
            await asyncio.sleep(0.02)


async def test_another_topic_is_another_conversation(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    await anna.writes("/new")
    await anna.sees("notice-topic-begun")
    await anna.writes(ANOTHER[anna.locale])
    await is_replied_to(town, anna, 2)
    assert [talk[0][1] for talk in await talks_of(town.pool, anna.user_ref)] == [
        TROUBLE[anna.locale],
        ANOTHER[anna.locale],
    ]


async def test_while_questions_are_open_no_topic_begins(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("/new")
    await anna.sees("topic-later")
    await anna.answers()
    await anna.is_asked(2, 5)
    assert await talks_of(town.pool, anna.user_ref) == []


async def test_questions_may_begin_again_at_any_time(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    await anna.writes("/start")
    await anna.is_asked(1, 5)
    await anna.answers()
    await anna.is_asked(2, 5)
    assert (await anna.progress()).status is Status.ACTIVE
    assert len(await anna.kept()) == 1
    await anna.writes("/stop")
    await anna.session.result()
    await anna.writes(ANOTHER[anna.locale])
    await is_replied_to(town, anna, 2)


async def test_a_long_letter_gets_one_reply(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(LETTER)
    await is_replied_to(town, anna, 1)
    assert await anna.is_left_in_peace()
    [talk] = await talks_of(town.pool, anna.user_ref)
    assert "\n\n".join(text for who, text in talk if who == "person") == LETTER


async def test_plain_words_that_only_a_session_would_obey_are_replied_to(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(ENOUGH[anna.locale])
    await is_replied_to(town, anna, 1)
    await anna.writes("/skip")
    await anna.sees("no-session")


async def test_danger_is_answered_by_support_and_one_may_say_that_one_is_safe(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    await anna.phone.edits(anna.phone.sent[-1].id, DANGER[anna.locale])
    await anna.sees("crisis-contacts")
    await anna.sees("safety-question")
    await anna.writes(DANGER[anna.locale])
    await anna.sees("crisis-contacts")
    asked = await anna.sees("safety-question")
    await anna.taps("choice-safe", asked)
    await anna.sees("notice-safe")
    await anna.writes(ANOTHER[anna.locale])
    await is_replied_to(town, anna, 2)


async def test_the_coach_speaks_the_language_that_the_person_chooses(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    other = Locale.EN if anna.locale is Locale.RU else Locale.RU
    await anna.writes(f"/language {other}")
    anna.locale = other
    await anna.sees("language-chosen")
    await town.client.get_workflow_handle(f"language-{anna.user_ref}").result()
    await anna.writes(TROUBLE[other])
    await is_replied_to(town, anna, 1)
    await anna.writes("/new")
    await anna.sees("notice-topic-begun")


async def test_an_erasure_takes_the_talk_with_it(town: TelegramTown) -> None:
    anna = await has_no_questions_open(town)
    await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    await anna.writes("/delete")
    await anna.sees("erase-ask")
    await anna.taps("choice-erase-sure")
    await anna.sees("erase-ask-again")
    await anna.taps("choice-erase-really-sure")
    await anna.sees("notice-erased")
    assert await talks_of(town.pool, anna.user_ref) == []
    await town.client.get_workflow_handle(f"erase-{anna.user_ref}").result()
    assert not await runs(town, anna)
    await anna.writes(ANOTHER[anna.locale])
    await anna.sees("notice-not-begun")
    assert await talks_of(town.pool, anna.user_ref) == []


async def runs(town: TelegramTown, anna: TelegramUser) -> bool:
    """Whether a talk with the coach runs, or rests within its day."""
    found = town.client.list_workflows(f"WorkflowId = '{COACH_ID.of(anna.user_ref)}' AND ExecutionStatus = 'Running'")
    return [each async for each in found] != []
