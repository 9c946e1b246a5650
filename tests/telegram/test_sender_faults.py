"""Deliveries to a Telegram with faults, by a sender that is killed: what arrives, and what Temporal is told."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
import uuid
from collections.abc import Iterator
from typing import Literal

import asyncpg
import pytest

from gateway.presentation.texts.texts import Texts
from gateway.telegram import errors
from schema.coaching.deliveries import CoachReply, StepQuestion
from schema.deliveries import (
    DataExport,
    Goodbye,
    Insights,
    Message,
    Notice,
    NoticeCode,
    Nudge,
    ProfileCard,
    Summary,
)
from schema.profile.layers import Profile
from schema.vocabulary import Locale
from tests.people.telegram_user import until
from tests.telegram.bot_api import BotMessage, Fault, Person
from tests.telegram.bot_api.faults import Kind
from tests.telegram.outbox import ASKED, PROFILE, USER_REF, Outbox, outbox_at, seen, to


@pytest.mark.parametrize(
    ("kind", "failure", "times"),
    [
        ("429", errors.BUSY, 1),
        ("500", errors.UNAVAILABLE, 1),
        ("hang", errors.NO_ANSWER, 1),
        ("refuse", errors.NO_ANSWER, 1),
        # Processed, but the answer never came: Telegram can't be asked whether it was.
        ("cut", errors.NO_ANSWER, 2),
    ],
)
async def test_a_question_is_seen_whatever_happens_to_it(
    *, outbox: Outbox, anna: Person, kind: Kind, failure: str, times: int
) -> None:
    outbox.api.will(Fault("sendMessage", kind))
    assert await outbox.delivers(to(anna, ASKED)) == [failure]
    assert seen(anna, ASKED.text) == times


@pytest.mark.parametrize(
    ("kind", "told", "times"),
    [
        ("429", [errors.BUSY], 1),
        ("500", [errors.UNAVAILABLE], 1),
        # What may have arrived counts as delivered.
        ("hang", [], 0),
        ("refuse", [], 0),
        ("cut", [], 1),
    ],
)
async def test_whatever_asks_nothing_is_never_seen_twice(
    *, outbox: Outbox, anna: Person, kind: Kind, told: list[str], times: int
) -> None:
    outbox.api.will(Fault("sendMessage", kind))
    assert await outbox.delivers(to(anna, Nudge())) == told
    assert seen(anna, "I'm here") == times


@pytest.mark.parametrize(
    ("kind", "times"),
    [("refuse", 1), ("cut", 2)],
)
@pytest.mark.parametrize("reason", ["abandoned", "stopped"])
async def test_last_words_are_said_whatever_happens_to_them(
    *, outbox: Outbox, anna: Person, kind: Kind, times: int, reason: Literal["abandoned", "stopped"]
) -> None:
    end = Notice(code=NoticeCode.ERASED), Texts(Locale.EN).say("notice-erased")
    for message, words in ((Goodbye(reason=reason), Texts(Locale.EN).say(f"goodbye-{reason}")), end):
        outbox.api.will(Fault("sendMessage", kind))
        assert await outbox.delivers(to(anna, message)) == [errors.NO_ANSWER]
        assert seen(anna, words) == times


async def test_a_question_whose_answer_is_late_is_asked_again(outbox: Outbox, anna: Person) -> None:
    late = Fault("sendMessage", "late")
    outbox.api.will(late)
    assert await outbox.delivers(to(anna, ASKED)) == [errors.NO_ANSWER]
    assert late.holds.is_set()
    late.released.set()
    assert seen(anna, ASKED.text) == 2


async def test_a_pause_that_telegram_asks_for_is_kept(outbox: Outbox, anna: Person) -> None:
    outbox.api.will(Fault("sendMessage", "429", retry_after=17))
    error = await outbox.fails(to(anna, Nudge()))
    assert error.next_retry_delay
    assert error.next_retry_delay.total_seconds() == 17


async def test_a_server_that_is_away_costs_nothing(outbox: Outbox, anna: Person) -> None:
    delivery = to(anna, Nudge())
    await outbox.api.goes_away()
    for _ in range(2):
        failure = await outbox.fails(delivery)
        assert (failure.type, failure.non_retryable) == (errors.UNAVAILABLE, False)
    await outbox.api.comes_back()
    assert await outbox.delivers(delivery) == []
    assert seen(anna, "I'm here") == 1


@pytest.fixture
def swallowing_network() -> Iterator[str]:
    """An address where nobody ever answers, not even to connect."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for each in waiting:
            each.close()


async def test_a_connection_that_never_came_about_is_known_not_to_have_carried_anything(
    outbox: Outbox, anna: Person, swallowing_network: str
) -> None:
    delivery = to(anna, Nudge())
    async with outbox_at(outbox.api, outbox.pool, url=swallowing_network) as lost:
        assert (await lost.fails(delivery)).type == errors.UNAVAILABLE
    assert await outbox.delivers(delivery) == []
    assert seen(anna, "I'm here") == 1


@pytest.mark.parametrize(
    ("message", "words", "times"),
    [(ASKED, "What do you love to do?", 2), (Nudge(), "I'm here", 1)],
    ids=["question", "nudge"],
)
async def test_a_sender_that_was_killed_between_the_send_and_the_ledger(
    *, outbox: Outbox, anna: Person, pool: asyncpg.Pool, message: Message, words: str, times: int
) -> None:
    delivery = to(anna, message)
    await outbox.tries(delivery)
    await pool.execute(
        "UPDATE telegram_system.sends SET state = 'sending', message_id = NULL WHERE delivery_key = $1", delivery.key
    )
    assert await outbox.delivers(delivery) == []
    assert seen(anna, words) == times


SAID_BY_THE_COACH: list[tuple[Message, str]] = [
    (CoachReply(reply_id="r", text="You miss him."), "You miss him."),
    (StepQuestion(agreement_id=str(uuid.uuid4()), what="call him"), "call him"),
]


@pytest.mark.parametrize(("message", "words"), SAID_BY_THE_COACH)
@pytest.mark.parametrize(
    ("kind", "doubts", "told", "times"),
    [
        ("cut", 1, [errors.NO_ANSWER], 2),
        ("cut", 9, [errors.NO_ANSWER], 2),
        ("refuse", 1, [errors.NO_ANSWER], 1),
        # It may be missing after two doubts; who misses it goes on by writing again.
        ("refuse", 9, [errors.NO_ANSWER], 0),
        # Then it is known that nothing has come.
        ("500", 3, [errors.UNAVAILABLE] * 3, 1),
    ],
)
async def test_what_the_coach_says_is_sent_again_once(
    *, outbox: Outbox, anna: Person, message: Message, words: str, kind: Kind, doubts: int, told: list[str], times: int
) -> None:
    outbox.api.will(Fault("sendMessage", kind, times=doubts, chat=anna.id))
    delivery = to(anna, message)
    assert await outbox.delivers(delivery) == told
    assert await outbox.delivers(delivery) == []
    assert seen(anna, words) == times


async def test_a_reply_whose_sender_is_killed_again_and_again_comes_twice_and_is_counted(
    outbox: Outbox, anna: Person, pool: asyncpg.Pool
) -> None:
    delivery = to(anna, SAID_BY_THE_COACH[0][0])
    counted = "SELECT coalesce(sum(sends), 0) FROM shared.sends_by_state WHERE state = 'unknown' AND in_doubt"
    before = await pool.fetchval(counted)
    for _ in range(3):
        assert await outbox.delivers(delivery) == []
        await pool.execute(
            "UPDATE telegram_system.sends SET state = 'sending', message_id = NULL WHERE delivery_key = $1",
            delivery.key,
        )
    assert await outbox.delivers(delivery) == []
    assert seen(anna, "You miss him.") == 2
    assert await pool.fetchval(counted) == before + 1


async def test_a_sender_that_is_cancelled_in_the_middle_of_a_send(outbox: Outbox, anna: Person) -> None:
    delivery, fault = to(anna, ASKED), Fault("sendMessage", "hang")
    outbox.api.will(fault)
    sending = asyncio.create_task(outbox.tries(delivery))
    await until(lambda: fault.times == 0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await outbox.delivers(delivery) == []
    assert seen(anna, ASKED.text) == 1


async def test_a_delivery_goes_on_where_the_try_before_stopped(outbox: Outbox, anna: Person) -> None:
    outbox.api.will(Fault("sendDocument", "500"))
    assert await outbox.delivers(to(anna, DataExport(user_ref=USER_REF))) == [errors.UNAVAILABLE]
    words, html, json = anna.screen
    assert words.text == Texts(Locale.EN).say("export-ready")
    assert [file.document and file.document[0] for file in (html, json)] == ["selfology.html", "selfology.json"]


async def test_a_person_who_blocked_the_bot_is_gone(outbox: Outbox, anna: Person) -> None:
    anna.blocks_bot()
    error = await outbox.fails(to(anna, Nudge()))
    assert (error.type, error.non_retryable) == ("RecipientGone", True)
    anna.unblocks_bot()
    assert await outbox.delivers(to(anna, Nudge())) == []


@pytest.mark.parametrize("address", ["9009", "not a chat", "99999999999999999999999"])
async def test_a_chat_that_is_not_there_is_gone(outbox: Outbox, anna: Person, address: str) -> None:
    error = await outbox.fails(to(anna, Nudge()).model_copy(update={"address": address}))
    assert (error.type, error.non_retryable) == ("RecipientGone", True)


async def test_a_deleted_account_is_gone(outbox: Outbox, anna: Person) -> None:
    anna.deletes_account()
    assert await outbox.delivers(to(anna, Nudge())) == ["RecipientGone"]


async def test_a_refused_token_waits_for_the_right_one(outbox: Outbox, anna: Person) -> None:
    async with outbox_at(outbox.api, outbox.pool, token=f"{outbox.api.token[:-3]}xyz") as stranger:
        failure = await stranger.fails(to(anna, Nudge()))
    assert (failure.type, failure.non_retryable) == (errors.TOKEN_REFUSED, False)


async def test_what_telegram_refuses_is_not_tried_again_and_tells_nothing_personal(
    outbox: Outbox, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "gateway")
    refused = '{"ok": false, "error_code": 400, "description": "Bad Request: can\'t parse entities: my secret words"}'
    # As it is, and in plain words.
    outbox.api.will(Fault("sendMessage", "answer", times=2, status=400, body=refused))
    error = await outbox.fails(to(anna, Nudge()))
    assert (error.type, error.non_retryable) == (errors.REQUEST_REFUSED, True)
    assert str(error) == f"{errors.REQUEST_REFUSED}: Telegram refused a message: can't parse entities"
    told = "".join(traceback.format_exception(error)) + caplog.text
    assert "secret" not in told
    assert str(anna.id) not in told


@pytest.mark.parametrize("kind", ["cut", "hang", "refuse", "500", "429"])
async def test_an_edit_that_nobody_knows_of_is_made_again(outbox: Outbox, anna: Person, kind: Kind) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT))
    await outbox.tries(wait)
    outbox.api.will(Fault("editMessageText", kind))
    told = await outbox.delivers(to(anna, Notice(code=NoticeCode.EXPORT_FAILED), replaces=wait.key))
    assert len(told) == 1
    assert [message.text for message in anna.screen] == [Texts(Locale.EN).say("notice-export-failed")]
    if kind == "cut":
        assert "not modified" in outbox.api.refused[-1].description


async def test_words_that_came_anew_are_not_sent_twice_when_nobody_knows(outbox: Outbox, anna: Person) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT))
    await outbox.tries(wait)
    anna.chat.messages.pop(anna.screen[0].id)
    last = to(anna, Notice(code=NoticeCode.EXPORT_FAILED), replaces=wait.key)
    outbox.api.will(Fault("sendMessage", "cut"))
    assert await outbox.delivers(last) == []
    assert await outbox.delivers(last) == []
    assert len(anna.screen) == 1


async def test_what_may_be_missing_is_told_to_operators(
    outbox: Outbox, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.api.will(Fault("sendMessage", "cut"))
    assert await outbox.delivers(to(anna, Nudge())) == []
    assert "may be missing" in caplog.text
    assert str(anna.id) not in caplog.text


NO_PROFILE = Profile(traits=[], patterns=[], insights=[], answers=0)
ASKED_FOR_OR_EARNED = [
    (Summary(answers=5, profile=PROFILE, analyses_pending=0), "sendPhoto"),
    (Summary(answers=0, profile=NO_PROFILE, analyses_pending=0), "sendMessage"),
    (ProfileCard(profile=PROFILE), "sendPhoto"),
    (Insights(profile=PROFILE), "sendMessage"),
    (DataExport(user_ref=USER_REF), "sendDocument"),
]


@pytest.mark.parametrize(("message", "method"), ASKED_FOR_OR_EARNED)
@pytest.mark.parametrize(("kind", "copies"), [("refuse", 0), ("cut", 2)])
async def test_what_a_person_asked_for_or_has_earned_is_seen_whatever_happens_to_it(
    *, outbox: Outbox, anna: Person, message: Message, method: str, kind: Kind, copies: int
) -> None:
    boris = outbox.somebody()
    assert await outbox.delivers(to(boris, message)) == []
    outbox.api.will(Fault(method, kind, times=2))
    assert await outbox.delivers(to(anna, message)) == [errors.NO_ANSWER] * 2
    assert len(anna.screen) == len(boris.screen) + copies
    assert {_look(each) for each in anna.screen} == {_look(each) for each in boris.screen}


async def test_files_come_though_the_sender_was_killed_while_it_sent_them(outbox: Outbox, anna: Person) -> None:
    delivery, fault = to(anna, DataExport(user_ref=USER_REF)), Fault("sendDocument", "hang")
    outbox.api.will(fault)
    sending = asyncio.create_task(outbox.tries(delivery))
    await until(lambda: fault.times == 0)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await outbox.delivers(delivery) == []
    assert [_look(each)[1] for each in anna.screen] == ["", "selfology.html", "selfology.json"]


def _look(message: BotMessage) -> tuple[str, str]:
    return message.words, message.document[0] if message.document else ""
