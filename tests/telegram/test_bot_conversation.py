"""Conversations with the bot, as people have them: in both languages, by polling and by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from gateway.presentation.texts.texts import Texts
from gateway.telegram.inbound import callbacks
from schema.vocabulary import Locale, Stage, Status
from tests.people.telegram_user import ANSWERS, TelegramTown, TelegramUser, until, until_kept
from tests.telegram.bot_api import BotMessage, Fault
from tests.telegram.clock import Clock
from tests.telegram.conftest import town_of
from tests.telegram.test_bot_coach import TROUBLE, is_replied_to


@pytest.fixture(scope="module", params=["Russian town, polling", "English town, webhook"])
async def town(
    request: pytest.FixtureRequest, workers: None, temporal_address: str, bot_pool: asyncpg.Pool
) -> AsyncIterator[TelegramTown]:
    """People and their bot. It is the same for all tests in a town: people do not know of each other."""
    async with town_of(request.param, temporal_address, bot_pool, planned_questions=3) as town:
        yield town


@pytest.mark.parametrize("locale", Locale)
async def test_a_whole_session(town: TelegramTown, locale: Locale) -> None:
    anna = town.somebody(locale)
    await anna.writes("/start")
    greeting = await anna.sees("consent-question")
    choices = [button for row in greeting.buttons for button in row]
    assert choices[:2] == [anna.text("choice-agree"), anna.text("choice-decline")]
    await anna.taps("choice-agree")
    await anna.is_asked(1, 3)
    assert greeting.buttons == []
    for number in (2, 3):
        await anna.answers(number - 2)
        question = await anna.is_asked(number, 3)
        # The reflection and the question come together.
        assert len(question.text.split("\n\n")) >= 2
    await anna.answers(2)
    summary = await anna.sees("summary-title")
    assert summary.photo is not None
    assert (await anna.session.result()).status is Status.COMPLETED
    assert await anna.kept() == list(ANSWERS[locale])
    assert anna.phone.typing
    assert (anna.phone.unanswered_taps, anna.phone.toasts) == (0, [""])


async def test_declining(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/start")
    await anna.sees("consent-question")
    await anna.taps("choice-decline")
    await anna.sees("goodbye-declined")
    assert (await anna.session.result()).status is Status.DECLINED
    await anna.writes("…")
    await anna.sees("notice-not-begun")


async def test_skipping_by_button_and_by_command(town: TelegramTown) -> None:
    anna = town.somebody()
    question = await anna.begins(3)
    await anna.taps("choice-skip")
    another = await anna.is_asked(1, 3)
    assert another.text.startswith(anna.text("notice-skipped"))
    assert question.text not in another.text
    assert question.buttons == []
    await anna.writes("/skip")
    await anna.is_asked(1, 3)
    assert (await anna.progress()).skipped == 2


async def test_a_rest_and_the_way_back(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.taps("choice-pause")
    await anna.sees("paused-person")
    assert (await anna.progress()).status is Status.PAUSED
    await anna.taps("choice-resume")
    again = await anna.is_asked(1, 3)
    assert again.text.startswith(anna.text("notice-resumed"))
    await anna.writes("/pause")
    await anna.sees("paused-person")
    await anna.writes("/resume")
    await anna.is_asked(1, 3)
    await anna.writes("/pause")
    await anna.sees("paused-person")
    # Whoever writes meanwhile talks to the coach, and the question waits; a reply to it is its answer.
    await anna.writes(TROUBLE[anna.locale])
    await is_replied_to(town, anna, 1)
    assert (await anna.progress()).status is Status.PAUSED
    await anna.writes("/new")
    await anna.sees("notice-topic-begun")
    await anna.writes("/resume")
    await anna.is_asked(1, 3)
    await anna.answers()
    await anna.is_asked(2, 3)
    assert (await anna.progress()).answered == 1


async def taps_four_times(anna: TelegramUser, key: str, message: BotMessage) -> None:
    """An impatient finger."""
    for _ in range(4):
        await anna.phone.taps(anna.text(key), message)
    await until(lambda: anna.phone.unanswered_taps == 0)


DESPAIR = {Locale.RU: "Я хочу покончить с собой.", Locale.EN: "I want to kill myself."}
TIRED = {Locale.RU: "Я устал от этих вопросов", Locale.EN: "I'm tired of these questions"}


async def test_a_tired_person_is_offered_a_rest_and_goes_on(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.writes(TIRED[anna.locale])
    offer = await anna.sees("fatigue-offer-pause")
    assert anna.text("question-frame", number=2, planned=3) in offer.text
    await anna.taps("choice-go-on", offer)
    await until(lambda: anna.text("telegram-go-on") in anna.phone.toasts)
    # What is left to do with the question is what may be done with any.
    own = [anna.text("choice-skip"), anna.text("choice-pause")]
    assert offer.buttons == [own, [anna.text("choice-not-quite")]]
    assert (await anna.progress()).status is Status.ACTIVE


async def test_a_tired_person_takes_the_rest(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.writes(TIRED[anna.locale])
    offer = await anna.sees("fatigue-offer-pause")
    await anna.taps("choice-pause", offer)
    await anna.sees("paused-person")
    assert offer.buttons == [[anna.text("choice-not-quite")]]


async def test_another_language(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    locale, other = (Locale.RU, Locale.EN) if anna.locale is Locale.RU else (Locale.EN, Locale.RU)
    await anna.writes("/language")
    ask = await anna.sees("telegram-language-ask")
    assert ask.buttons == [["Русский", "English"]]
    await anna.phone.taps(Texts(other).say("language-name"))
    anna.locale = other
    await anna.sees("language-chosen")
    await until(lambda: ask.buttons == [])
    await anna.is_asked(1, 3)
    # The gateway's own lines are in that language from now on.
    await anna.writes("/help")
    await anna.sees("telegram-help")
    anna.locale = locale
    await anna.writes(f"/language {locale}")
    await anna.sees("language-chosen")
    await anna.is_asked(1, 3)
    assert (await anna.progress()).locale is locale


async def test_ending_it_early(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.answers(0)
    await anna.is_asked(2, 3)
    await anna.writes("/cancel")
    await anna.sees("goodbye-stopped")
    assert (await anna.session.result()).status is Status.ABANDONED
    assert await anna.kept() == [ANSWERS[anna.locale][0]]


async def test_a_person_who_comes_back_to_their_question(town: TelegramTown) -> None:
    anna = town.somebody()
    question = await anna.begins(3)
    await anna.writes("/start")
    again = await anna.is_asked(1, 3)
    assert again.text == question.text


async def test_a_reply_belongs_to_the_question_it_replies_to(town: TelegramTown) -> None:
    anna = town.somebody()
    first = await anna.begins(3)
    await anna.answers(0)
    await anna.is_asked(2, 3)
    await anna.phone.replies(first, "And the smell of the sea.")
    await anna.sees("notice-added-to-answer")
    progress = await anna.progress()
    assert (progress.answered, progress.open_question is None) == (1, False)
    assert await anna.kept() == [ANSWERS[anna.locale][0], "And the smell of the sea."]


async def test_an_edited_message_counts_as_it_reads_now_while_nobody_has_answered_it(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    # The session is busy with the first message for as long as nothing reaches the person.
    fault = Fault("sendMessage", "refuse", times=100, chat=anna.phone.id)
    town.api.will(fault)
    await anna.writes("I like the river, because it is slow here.")
    await until(lambda: fault.times < 100)
    await anna.writes("And I like bridges.")
    await anna.phone.edits(anna.phone.sent[-1].id, "And I like bridges, the old ones.")
    await until(lambda: town.api.unheard == 0)
    fault.times = 1
    await anna.is_asked(2, 3)
    await until_kept(anna, ["I like the river, because it is slow here.", "And I like bridges, the old ones."])
    await anna.phone.edits(anna.phone.sent[-1].id, "And I like tunnels.")
    await anna.sees("notice-edit-came-late")
    assert "And I like tunnels." not in await anna.kept()


async def test_stale_and_double_taps_change_nothing(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/start")
    greeting = await anna.sees("consent-question")
    await anna.phone.taps(anna.text("choice-agree"))
    await anna.phone.taps(anna.text("choice-agree"), greeting)
    first = await anna.is_asked(1, 3)
    await anna.answers(0)
    second = await anna.is_asked(2, 3)
    toasts = len(anna.phone.toasts)
    for choice, message in (("choice-skip", first), ("choice-pause", first), ("choice-decline", greeting)):
        await taps_four_times(anna, choice, message)
    assert anna.phone.toasts[toasts:] == [anna.text("notice-button-is-old"), "", "", ""] * 3
    assert await anna.is_left_in_peace()
    assert (first.buttons, greeting.buttons) == ([], [])
    progress = await anna.progress()
    assert (progress.stage, progress.status) == (Stage.QUESTIONS, Status.ACTIVE)
    assert (progress.answered, progress.skipped) == (1, 0)
    assert second.buttons


async def test_four_taps_on_one_button_give_one_reaction_and_no_notice(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/start")
    greeting = await anna.sees("consent-question")
    await taps_four_times(anna, "choice-agree", greeting)
    question = await anna.is_asked(1, 3)
    await taps_four_times(anna, "choice-skip", question)
    another = await anna.is_asked(1, 3)
    await taps_four_times(anna, "choice-pause", another)
    rest = await anna.sees("paused-person")
    await taps_four_times(anna, "choice-resume", rest)
    await anna.is_asked(1, 3)
    assert await anna.is_left_in_peace()
    progress = await anna.progress()
    assert (progress.status, progress.skipped) == (Status.ACTIVE, 1)
    assert anna.phone.toasts == [""] * 16
    await anna.writes("/cancel")
    await anna.sees("goodbye-stopped")
    await anna.session.result()
    # Where the first tap has to be told something, the others are told nothing more.
    await taps_four_times(anna, "choice-skip", another)
    assert anna.phone.toasts[16:] == [anna.text("no-session"), "", "", ""]


async def test_four_taps_on_erase_for_good_erase_once(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.writes("/delete")
    ask = await anna.sees("erase-ask")
    await taps_four_times(anna, "choice-erase-sure", ask)
    await anna.sees("erase-ask-again")
    await taps_four_times(anna, "choice-erase-really-sure", ask)
    await anna.sees("notice-erased")
    assert await anna.is_left_in_peace()


async def test_a_button_that_is_tapped_again_later_is_meant(town: TelegramTown, clock: Clock) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.writes("/pause")
    rest = await anna.sees("paused-person")
    await anna.taps("choice-resume", rest)
    await anna.is_asked(1, 3)
    await anna.writes("/pause")
    await anna.sees("paused-person")
    clock.ahead += callbacks.REPEATED_WITHIN + 1
    # On a screen that is late, the button of the first rest still stands there.
    await anna.taps("choice-resume", rest)
    await anna.is_asked(1, 3)


async def test_words_of_a_crisis_are_answered_with_contacts_and_nothing_else(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(3)
    await anna.writes(DESPAIR[anna.locale])
    support = await anna.sees("crisis-contacts")
    assert anna.text("crisis-support-self-harm") in support.text
    asked = await anna.sees("safety-question")
    assert asked.buttons == [[anna.text(f"choice-{answer}")] for answer in ("safe", "help", "misread")]
    await anna.taps("choice-help", asked)
    assert anna.text("crisis-contacts") in (await anna.sees("crisis-again")).text
    await anna.sees("paused-crisis")
    await anna.taps("choice-safe", asked)
    await anna.sees("notice-safe")
