"""After the second yes nothing is said to a person but the end, whatever else they do or was on its way to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import cycle, product
from typing import TypeVar

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from gateway.telegram.send_rate import SendRate
from schema.account.names import ERASE_ID, SWEEP_ID
from schema.vocabulary import Locale
from schema.workflow_ids import WORKFLOW_IDS
from tests.analyst import RehearsedAnalyst
from tests.people.telegram_user import ANSWERS, PATIENCE, TelegramTown, TelegramUser, until
from tests.telegram.bot_api import BotApi, BotMessage, Fault
from tests.telegram.conftest import RunsBot

FIRST, SECOND, _ = ANSWERS[Locale.EN]
DANGER = "I want to kill myself."
THE_END = ["notice-erasing", "notice-erased"]

both_modes = pytest.mark.parametrize(
    ("mode", "each_moment"),
    [
        ("polling", False),
        pytest.param("polling", True, marks=pytest.mark.long),
        pytest.param("webhook", True, marks=pytest.mark.long),
    ],
)

Does = Callable[[TelegramUser], Awaitable[object]]
T = TypeVar("T")


def with_pauses(deeds: Iterable[T], *pauses: float, each_moment: bool) -> list[tuple[T, float]]:
    """Deeds with each of the pauses, or with one pause each in turn. A pause only varies what meets what."""
    return list(product(deeds, pauses) if each_moment else zip(deeds, cycle(pauses)))


def writes(text: str) -> Does:
    return lambda human: human.writes(text)


async def says_yes(human: TelegramUser) -> None:
    """The second yes, on a screen that may be late; and nothing is waited for."""
    await human.phone.taps(human.text("choice-erase-really-sure"), with_button(human, "choice-erase-really-sure"))


async def skips(human: TelegramUser) -> None:
    """Taps the question's own button."""
    await human.phone.taps(human.text("choice-skip"), with_button(human, "choice-skip"))


async def sends_a_sticker(human: TelegramUser) -> None:
    await human.phone.sends_sticker()


def with_button(human: TelegramUser, key: str) -> BotMessage:
    """The newest message that has, or had, this button."""

    def labels(message: BotMessage) -> set[str]:
        keyboards = (message.keyboard, *message.keyboards)
        return {button["text"] for keyboard in keyboards for row in keyboard for button in row}

    return next(message for message in reversed(human.phone.screen) if human.text(key) in labels(message))


async def is_about_to_say_yes(human: TelegramUser) -> None:
    """Has one question open, and stands before the second yes."""
    await human.begins()
    await human.writes("/delete")
    await human.sees("erase-ask")
    await human.taps("choice-erase-sure")
    await human.sees("erase-ask-again")


def read_since(human: TelegramUser, place: int) -> list[str]:
    """What came to be read since then, in order."""
    return [words for _, words in human.phone.chat.arrivals[place:]]


def the_end(human: TelegramUser) -> list[str]:
    return [human.text(key) for key in THE_END]


async def is_over(town: TelegramTown, human: TelegramUser) -> None:
    """Waits for the end, and until nothing runs that was begun beside the erasure."""
    await human.sees("notice-erased")
    await rests(town, human)
    assert await human.is_left_in_peace()


async def rests(town: TelegramTown, human: TelegramUser) -> None:
    """Waits until none of the person's workflows runs."""
    async with asyncio.timeout(PATIENCE):
        for pattern in WORKFLOW_IDS:
            while pattern is not SWEEP_ID and await runs(town, pattern.of(human.user_ref)):
                await asyncio.sleep(0.05)


async def runs(town: TelegramTown, workflow_id: str) -> bool:
    try:
        now = await town.client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return now.status is WorkflowExecutionStatus.RUNNING


AFTER: dict[str, list[Does]] = {
    "a text": [writes(FIRST)],
    "two texts": [writes(FIRST), writes(SECOND)],
    "a skip": [skips],
    "commands": [writes("/help"), writes("/profile"), writes("/export"), writes("/skip"), writes("/dance now")],
    "a language": [writes("/language ru"), writes(FIRST)],
    "a sticker": [sends_a_sticker, writes("x" * 4050)],
    "the same yes": [says_yes, writes(FIRST)],
    "the same wish": [writes("/delete"), writes(FIRST)],
}


@both_modes
async def test_what_a_person_does_after_the_yes_gets_no_reply(runs_bot: RunsBot, mode: str, each_moment: bool) -> None:
    async with runs_bot(mode) as town:

        async def of(deeds: list[Does], pause: float) -> tuple[list[str], list[str], list[str]]:
            anna = town.somebody()
            await is_about_to_say_yes(anna)
            place, toasts = len(anna.phone.chat.arrivals), len(anna.phone.toasts)
            await says_yes(anna)
            if mode == "webhook":
                # Telegram brings a chat's updates one after another there, too, when the one before is answered.
                await until(lambda: anna.phone.unanswered_taps == 0)
            for deed in deeds:
                await asyncio.sleep(pause)
                await deed(anna)
            await is_over(town, anna)
            return read_since(anna, place), the_end(anna), anna.phone.toasts[toasts:]

        told = await asyncio.gather(
            *(of(*each) for each in with_pauses(AFTER.values(), 0, 0.05, each_moment=each_moment))
        )
        for read, end, toasts in told:
            assert read == end
            assert not any(toasts)


@both_modes
async def test_what_was_said_just_before_the_yes_gets_no_reply_after_the_erasure_has_spoken(
    runs_bot: RunsBot, mode: str, each_moment: bool
) -> None:
    async with runs_bot(mode) as town:

        async def of(deed: Does, pause: float) -> tuple[list[str], list[str]]:
            anna = town.somebody()
            await is_about_to_say_yes(anna)
            place = len(anna.phone.chat.arrivals)
            await deed(anna)
            await asyncio.sleep(pause)
            await says_yes(anna)
            await is_over(town, anna)
            return read_since(anna, place), the_end(anna)

        deeds = [writes(FIRST), skips, writes("/profile"), writes("/export"), writes("/help")]
        told = await asyncio.gather(*(of(*each) for each in with_pauses(deeds, 0, 0.03, 0.1, each_moment=each_moment)))
        for read, end in told:
            # A reply may have been under way when Telegram still had the yes.
            assert read[-2:] == end
            assert not set(end) & set(read[:-2])


async def test_what_is_on_its_way_comes_before_the_erasure_speaks_and_what_waits_behind_it_never(
    runs_bot: RunsBot, api: BotApi
) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await is_about_to_say_yes(anna)
        place = len(anna.phone.chat.arrivals)
        held = Fault("sendMessage", "hold", chat=anna.phone.id)
        api.will(held)
        await anna.writes("/insights")
        await held.holds.wait()
        await says_yes(anna)
        await until(lambda: anna.phone.unanswered_taps == 0)
        # Their session is heard out and ended meanwhile.
        await anna.writes(FIRST)
        await is_ended(town, anna)
        assert read_since(anna, place) == []
        held.released.set()
        await is_over(town, anna)
        assert read_since(anna, place) == [anna.text("insights-empty"), *the_end(anna)]


async def is_ended(town: TelegramTown, human: TelegramUser) -> None:
    """Waits until the person's session is."""
    async with asyncio.timeout(PATIENCE):
        while await runs(town, human.session.id):
            await asyncio.sleep(0.05)


async def is_forgotten(town: TelegramTown, human: TelegramUser) -> None:
    """Waits until all that was the person's is erased, and they are only still to be told."""
    erasure = town.client.get_workflow_handle(ERASE_ID.of(human.user_ref))
    async with asyncio.timeout(PATIENCE):
        while not any(
            event.activity_task_scheduled_event_attributes.activity_type.name == "forget_workflows"
            for event in (await erasure.fetch_history()).events
        ) or any(
            pending.activity_type.name == "forget_workflows"
            for pending in (await erasure.describe()).raw_description.pending_activities
        ):
            await asyncio.sleep(0.05)


@both_modes
async def test_a_cry_for_help_is_answered_whatever_it_meets(runs_bot: RunsBot, mode: str, each_moment: bool) -> None:
    async with runs_bot(mode) as town:

        async def of(*deeds: Does, pause: float) -> list[str]:
            anna = town.somebody()
            await is_about_to_say_yes(anna)
            place = len(anna.phone.chat.arrivals)
            for deed in deeds:
                await deed(anna)
                await asyncio.sleep(pause)
            await is_over(town, anna)
            read = read_since(anna, place)
            assert len([words for words in read if anna.text("crisis-contacts") in words]) == 1
            end = the_end(anna)
            assert [words for words in read if words in end] == end
            return [words for words in read if anna.text("crisis-contacts") not in words and words not in end]

        cry, caption = writes(DANGER), lambda human: human.phone.sends_photo(DANGER)
        after = (cry,), (caption,), (writes(f"/dance {DANGER}"),), (writes(FIRST), cry)
        said = await asyncio.gather(
            *(
                of(says_yes, *deeds, pause=pause)
                for deeds, pause in with_pauses(after, 0, 0.05, each_moment=each_moment)
            )
        )
        assert not any(said)
        # Here a reply to what came before may still be under way.
        before = (cry, says_yes), (writes(FIRST), cry, says_yes)
        await asyncio.gather(
            *(of(*deeds, pause=pause) for deeds, pause in with_pauses(before, 0.05, 0, each_moment=each_moment))
        )


async def test_a_cry_for_help_that_its_session_had_no_time_to_hear_is_answered(
    runs_bot: RunsBot, analyst: RehearsedAnalyst
) -> None:
    analyst.speechless_for.add("slowly")
    async with runs_bot() as town:
        anna = town.somebody()
        await is_about_to_say_yes(anna)
        place = len(anna.phone.chat.arrivals)
        # The session thinks about the first when the second comes.
        await anna.writes("I think slowly today.")
        await asyncio.sleep(0.1)
        await anna.writes(DANGER)
        await says_yes(anna)
        await is_over(town, anna)
        read = read_since(anna, place)
        assert [words for words in read if anna.text("crisis-contacts") not in words] == the_end(anna)
        assert len(read) == 3
        assert read[-1] == anna.text("notice-erased")


async def test_lines_that_wait_for_their_turn_are_not_said_any_more(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await is_about_to_say_yes(anna)
    # At Telegram's own pace.
    async with runs_bot(pace=SendRate()) as town:
        place = len(anna.phone.chat.arrivals)
        for _ in range(4):
            await anna.writes("/help")
        await anna.sees("telegram-help")
        await says_yes(anna)
        await anna.sees("notice-erased")
    # The bot has left, and has said all that it was going to say.
    read = read_since(anna, place)
    assert read[-2:] == the_end(anna)
    assert set(read[:-2]) == {anna.text("telegram-help")}
    assert len(read) < 6


async def test_who_begins_anew_while_the_end_is_on_its_way_is_greeted_after_it(runs_bot: RunsBot, api: BotApi) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await is_about_to_say_yes(anna)
        place = len(anna.phone.chat.arrivals)
        api.will(Fault("sendMessage", "500", times=2, chat=anna.phone.id))
        await says_yes(anna)
        await until(lambda: anna.phone.unanswered_taps == 0)
        await is_forgotten(town, anna)
        await anna.writes("Hello?")
        await anna.writes("/start")
        await anna.writes("/help")
        await anna.sees("consent-question")
        assert read_since(anna, place)[:-1] == the_end(anna)
        await anna.taps("choice-agree")
        await anna.is_asked(1)


async def test_who_comes_back_after_the_end_is_heard_at_once(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna, boris = town.somebody(), town.somebody()
        for person in (anna, boris):
            await is_about_to_say_yes(person)
            await says_yes(person)
            await person.sees("notice-erased")
        await anna.writes("/start")
        await anna.sees("consent-question")
        await anna.taps("choice-agree")
        await anna.is_asked(1)
        await anna.answers()
        await anna.is_asked(2)
        assert await anna.kept() == [FIRST]
        await rests(town, boris)
        await boris.writes("Is anybody here?")
        await boris.sees("notice-not-begun")
        await boris.writes("/help")
        await boris.sees("telegram-help")


async def test_a_bot_that_is_away_in_between_says_nothing_but_the_end(runs_bot: RunsBot) -> None:
    async with runs_bot() as town:
        anna = town.somebody()
        await is_about_to_say_yes(anna)
        place = len(anna.phone.chat.arrivals)
        await anna.writes(FIRST)
        await says_yes(anna)
        await until(lambda: anna.phone.unanswered_taps == 0)
    await anna.writes(SECOND)
    async with runs_bot() as town:
        await is_over(town, anna)
        assert read_since(anna, place)[-2:] == the_end(anna)
        assert SECOND not in await anna.kept()
