"""Messages of which this version can't read every part: what can be read is heard."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from hypothesis import given
from hypothesis import strategies as st

from gateway.telegram.callback_data import Act, ConsentCallback, QuestionCallback
from gateway.telegram.inbound.contents import is_by_others, nonce_of, text_of
from gateway.telegram.inbound.parsing import read
from tests.people.telegram_user import TelegramUser, until_kept
from tests.ports import free_port
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import RunsBot
from tests.telegram.test_bot_lines import DANGER, brings
from tests.telegram.test_webhook import at

BOT = Bot("1:a-token-of-nobody")
ANSWER = "I like the sea at night."
NEW = {"type": "telepathy", "secret": "my diary"}

PARTS: dict[str, dict[str, Any]] = {
    "an origin without a name": {"forward_origin": {"type": "hidden_user", "date": 1}},
    "an origin of a new type": {"forward_origin": {**NEW, "date": 1}},
    "a bot without an id": {"via_bot": {"is_bot": True}},
    "a reply to half a message": {"reply_to_message": {"message_id": 1, "date": 1}},
    "a reply to something new": {"reply_to_message": NEW},
    "a reply to another chat": {"external_reply": NEW},
    "a quote without its place": {"quote": {"text": "my diary"}},
    "marks without a place": {"entities": [{"type": "bold"}, NEW, 3]},
    "a preview of a new kind": {"link_preview_options": [NEW]},
    "a sender without a name": {"from": {"id": 1001}},
    "no sender": {"from": None},
    "a sender who is a number": {"from": 1001},
    "no date": {"date": "tomorrow"},
    "no number": {"message_id": NEW},
    "a new kind of content": {"telepathy": NEW},
    "an effect that is a list": {"effect_id": [NEW]},
}
each_part = pytest.mark.parametrize("part", list(PARTS))


def update(kind: str = "message", **content: Any) -> dict[str, Any]:
    chat = {"id": 1001, "type": "private"}
    sender = {"id": 1001, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    message = {"message_id": 7, "date": 1, "chat": chat, "from": sender, **content}
    return {"update_id": 3, kind: {name: part for name, part in message.items() if part is not None}}


@pytest.fixture
async def anna(runs_bot: RunsBot, api: BotApi) -> AsyncIterator[tuple[TelegramUser, int]]:
    port = free_port()
    async with runs_bot("webhook", **at(port)) as town:
        yield town.somebody(), port


@each_part
def test_the_text_is_read_and_operators_are_told_what_was_not(part: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    raw = update(text=ANSWER, **PARTS[part])
    before = json.dumps(raw)
    heard = read(raw, BOT)
    assert json.dumps(raw) == before
    assert heard is not None
    assert heard.message is not None
    assert (heard.update_id, heard.message.chat.id, heard.message.text) == (3, 1001, ANSWER)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) <= 1
    assert "my diary" not in caplog.text


@each_part
def test_a_caption_and_an_edit_are_read_as_well(part: str) -> None:
    below = read(update(caption=ANSWER, photo=[NEW], **PARTS[part]), BOT)
    assert below is not None
    assert below.message is not None
    assert ANSWER in text_of(below.message)
    edit = read(update("edited_message", edit_date=[], text=ANSWER, **PARTS[part]), BOT)
    assert edit is not None
    assert edit.edited_message is not None
    assert edit.edited_message.text == ANSWER


@pytest.mark.parametrize("part", [part for part in PARTS if "origin" in part or "bot" in part])
def test_words_of_others_stay_theirs(part: str) -> None:
    heard = read(update(text=ANSWER, **PARTS[part]), BOT)
    assert heard is not None
    assert heard.message is not None
    assert is_by_others(heard.message)


def test_an_own_message_without_a_name_is_still_ones_own() -> None:
    own = {"type": "user", "date": 1, "sender_user": {"id": 1001}}
    heard = read(update(text=ANSWER, forward_origin=own), BOT)
    assert heard is not None
    assert heard.message is not None
    assert not is_by_others(heard.message)


def test_a_reply_belongs_to_its_question_whatever_else_is_in_it() -> None:
    tap = QuestionCallback(action=Act.SKIP, nonce="0a1b2c3d").pack()
    question = {
        **update(sticker=NEW, date=None)["message"],
        "from": NEW,
        "reply_markup": {"inline_keyboard": [[{"text": NEW, "callback_data": tap}, NEW]]},
    }
    heard = read(update(text=ANSWER, reply_to_message=question), BOT)
    assert heard is not None
    assert heard.message is not None
    assert nonce_of(heard.message) == "0a1b2c3d"


@pytest.mark.parametrize(
    "raw",
    [
        "my diary",
        ["my diary"],
        None,
        {},
        {"update_id": 1, "message": "my diary"},
        {"update_id": 1, "message": {"text": "my diary"}},
        {"update_id": 1, "telepathy": {"text": "my diary"}},
        {"message": update(text="my diary")["message"]},
        update(text="my diary", chat={"id": {"of": "my diary"}, "type": "private"}),
    ],
    ids=str,
)
def test_what_nobody_could_answer_is_left_out_in_one_line(raw: object, caplog: pytest.LogCaptureFixture) -> None:
    assert read(raw, BOT) is None
    (told,) = caplog.records
    assert "left out" in told.getMessage()
    assert "my diary" not in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "date"]), inner),
    max_leaves=5,
)
OPTIONAL = [
    *("forward_origin", "via_bot", "reply_to_message", "external_reply", "quote", "entities", "from", "date"),
    *("message_id", "photo", "poll", "sticker", "reply_markup", "media_group_id", "link_preview_options", "contact"),
]


@given(st.dictionaries(st.sampled_from(OPTIONAL), JSON))
def test_no_other_part_hides_a_text(parts: dict[str, Any]) -> None:
    heard = read(update(text=ANSWER, **parts), BOT)
    assert heard is not None
    assert heard.message is not None
    assert heard.message.text == ANSWER


async def test_a_cry_for_help_is_heard_and_an_answer_is_kept(anna: tuple[TelegramUser, int], api: BotApi) -> None:
    person, port = anna
    await brings(api, port, person, "message", text=DANGER, **PARTS["a reply to something new"])
    await person.sees("crisis-contacts")
    await brings(api, port, person, "message", text=DANGER, **PARTS["an origin without a name"])
    assert person.text("crisis-support-somebody-else") in (await person.sees("crisis-contacts")).text
    await person.begins()
    await brings(api, port, person, "message", text=ANSWER, **PARTS["marks without a place"])
    await person.is_asked(2)
    await until_kept(person, [ANSWER])


async def test_a_tap_counts_whatever_else_can_not_be_read(anna: tuple[TelegramUser, int], api: BotApi) -> None:
    person, port = anna
    await person.writes("/start")
    await person.sees("consent-question")
    sender = {"from": {"id": person.phone.id, "first_name": NEW}}
    await brings(api, port, person, "callback_query", data=ConsentCallback(granted=True, nonce=None).pack(), **sender)
    await person.is_asked(1)
