"""Every kind of content in which a person can write something: its words are heard for a crisis."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Message

from gateway.telegram.inbound.contents import text_of, words_beside_text, words_quoted
from gateway.telegram.inbound.parsing import read
from schema.vocabulary import CrisisKind
from tests.ports import free_port
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import RunsBot
from tests.telegram.test_bot_lines import brings
from tests.telegram.test_reading import ANSWER, NEW, update
from tests.telegram.test_webhook import at
from workflows.safety.rules.crisis import detect

DANGER = "I want to kill myself"
BOT = Bot("1:a-token-of-nobody")
USER = {"id": 5, "is_bot": False, "first_name": "Vera"}
FILE = {"file_id": "a", "file_unique_id": "b", "duration": 1, "width": 9, "height": 9, "length": 9}
PLACE = {"latitude": 1.0, "longitude": 2.0}
PIECES = ["I want to ", {"type": "bold", "text": "kill"}, " myself"]
OPTION = {"persistent_id": "1", "text": "Sleep", "voter_count": 0}
POLL = {
    **{"id": "1", "question": "What now?", "options": [OPTION], "total_voter_count": 0, "is_closed": False},
    **{"is_anonymous": True, "type": "regular", "allows_multiple_answers": False, "allows_revoting": False},
    "members_only": False,
}
TASK = {"id": 1, "text": DANGER}


def rich(**block: Any) -> dict[str, Any]:
    return {"rich_message": {"blocks": [block]}}


WRITTEN: dict[str, dict[str, Any]] = {
    "text": {"text": DANGER},
    "caption of a photo": {"photo": [FILE], "caption": DANGER},
    "caption of a voice message": {"voice": FILE, "caption": DANGER},
    "caption of an animation": {"animation": FILE, "caption": DANGER},
    "caption of a live photo": {"live_photo": FILE, "caption": DANGER},
    "caption of paid media": {"paid_media": {"star_count": 1, "paid_media": []}, "caption": DANGER},
    "title of a checklist": {"checklist": {"title": DANGER, "tasks": [{"id": 1, "text": "Sleep"}]}},
    "task of a checklist": {"checklist": {"title": "Today", "tasks": [{"id": 1, "text": "Sleep"}, TASK]}},
    "task added to a checklist": {"checklist_tasks_added": {"tasks": [TASK]}},
    "question of a poll": {"poll": {**POLL, "question": DANGER}},
    "option of a poll": {"poll": {**POLL, "options": [OPTION, {**OPTION, "text": DANGER}]}},
    "option added to a poll": {"poll_option_added": {"option_persistent_id": "1", "option_text": DANGER}},
    "explanation of a poll": {"poll": {**POLL, "explanation": DANGER}},
    "description of a poll": {"poll": {**POLL, "description": DANGER}},
    "contact": {"contact": {"phone_number": "1", "first_name": DANGER}},
    "both names of a contact": {
        "contact": {"phone_number": "1", "first_name": "I want to", "last_name": "kill myself"}
    },
    "note of a contact": {
        "contact": {
            **{"phone_number": "1", "first_name": "Anna"},
            "vcard": "BEGIN:VCARD\r\nFN:Anna\r\nNOTE:Monday\\, then I want\r\n  to kill myself\r\nEND:VCARD",
        }
    },
    "venue": {"venue": {"location": PLACE, "title": DANGER, "address": "here"}},
    "address of a venue": {"venue": {"location": PLACE, "title": "Bridge", "address": DANGER}},
    "location with a name": {"location": {**PLACE, "name": DANGER}},
    "name of a document": {"document": {**FILE, "file_name": "I_want_to_kill-myself.v2.txt"}},
    "name of a video": {"video": {**FILE, "file_name": "I want to kill myself.mp4"}},
    "words with a gift": {"gift": {"gift": {"id": "1", "sticker": {}, "star_count": 1}, "text": DANGER}},
    "name of a topic": {"forum_topic_created": {"name": DANGER, "icon_color": 1}},
    "data of a web app": {"web_app_data": {"data": DANGER, "button_text": "send"}},
    "paragraph": rich(type="paragraph", text=DANGER),
    "paragraph in pieces": rich(type="paragraph", text=PIECES),
    "heading": rich(type="heading", text=PIECES, size=1),
    "item of a list": rich(type="list", items=[{"label": "1", "blocks": [{"type": "paragraph", "text": PIECES}]}]),
    "cell of a table": rich(type="table", cells=[[{"align": "left", "valign": "top", "text": PIECES}]]),
    "folded details": rich(type="details", summary="More", blocks=[{"type": "paragraph", "text": PIECES}]),
    "summary of details": rich(type="details", summary=PIECES, blocks=[]),
    "quotation": rich(type="blockquote", blocks=[{"type": "paragraph", "text": PIECES}], credit="a book"),
    "caption of a collage": rich(type="collage", blocks=[], caption={"text": PIECES, "credit": "me"}),
    # What no version knows yet, or what comes otherwise than it knows.
    "kind of content to come": {"telepathy": {"type": "thought", "thinks": DANGER}},
    "block to come": rich(type="whisper", text=PIECES),
    "mark to come": rich(type="paragraph", text=["I want to ", {"type": "blink", "text": "kill"}, " myself"]),
    "poll without its number": {"poll": {"question": "What?", "options": [{"text": DANGER}]}},
    "checklist whose tasks have no number": {"checklist": {"title": "Today", "tasks": [{"text": DANGER}]}},
    "contact without a number": {"contact": {"first_name": DANGER}},
    "venue without a place": {"venue": {"title": DANGER}},
    "caption in pieces": {"photo": [FILE], "caption": PIECES},
    "text in pieces": {"text": PIECES},
    "message with a hundred parts to come": {
        "rich_message": {"blocks": [{"type": "whisper", "text": str(n)} for n in range(150)] + [{"text": DANGER}]}
    },
}
SOMEBODY_ELSES: dict[str, dict[str, Any]] = {
    "quote": {"quote": {"text": DANGER, "position": 0}},
    "checklist": {"checklist": {"title": "Today", "tasks": [TASK]}},
    "poll": {"poll": {**POLL, "question": DANGER}},
    "contact": {"contact": {"phone_number": "1", "first_name": DANGER}},
}
SILENT: dict[str, dict[str, Any]] = {
    "a photo": {"photo": [FILE]},
    "a sticker": {"sticker": {**FILE, "type": "regular", "is_animated": False, "is_video": False, "emoji": "🔪"}},
    "a song": {"audio": {**FILE, "performer": "Suicide Silence", "title": DANGER}},
    "a game of others": {"game": {"title": DANGER, "description": DANGER, "photo": []}},
    "a voice message": {"voice": {**FILE, "mime_type": "audio/ogg"}},
    "a reply to what was said here": {"reply_to_message": update(text=DANGER)["message"], "photo": [FILE]},
    "a pin of what was said here": {"pinned_message": update(text=DANGER)["message"]},
    "a reply to what can't be read": {"reply_to_message": {"text": DANGER}, "photo": [FILE]},
    "the name of somebody": {"photo": [FILE], "from": {"id": 1001, "first_name": DANGER, "is_bot": "?"}},
    "a dice": {"dice": {"emoji": "🎲", "value": 3}},
}


def message(**content: Any) -> Message:
    found = read(update(**content), BOT)
    assert found is not None
    assert found.message is not None
    return found.message


@pytest.mark.parametrize("kind", list(WRITTEN))
def test_what_a_person_can_write_is_heard(kind: str) -> None:
    heard = message(**WRITTEN[kind])
    assert detect(text_of(heard)) is CrisisKind.SELF_HARM, text_of(heard)


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if "text" not in WRITTEN[kind]])
def test_it_is_heard_beside_a_text(kind: str) -> None:
    heard = message(**{"text": ANSWER, **WRITTEN[kind]})
    assert heard.text == ANSWER
    assert detect(words_beside_text(heard)) is CrisisKind.SELF_HARM, words_beside_text(heard)


@pytest.mark.parametrize("kind", list(SOMEBODY_ELSES))
def test_words_of_another_chat_that_are_replied_to_are_heard_as_whose_they_are(kind: str) -> None:
    content = SOMEBODY_ELSES[kind]
    quote = {"quote": content["quote"]} if "quote" in content else {}
    rest = {name: part for name, part in content.items() if name != "quote"}
    theirs = message(
        text="?", external_reply={"origin": {"type": "user", "date": 1, "sender_user": USER}, **rest}, **quote
    )
    words, by_others = words_quoted(theirs)
    assert (detect(words), by_others) == (CrisisKind.SELF_HARM, True)
    own = {"type": "user", "date": 1, "sender_user": {**USER, "id": 1001}}
    assert words_quoted(message(text="?", external_reply={"origin": own, **rest}, **quote))[1] is False


def test_a_quote_of_this_chat_was_heard_when_it_was_written() -> None:
    quoted = message(text="?", quote={"text": DANGER, "position": 0}, reply_to_message=update(text=DANGER)["message"])
    assert words_quoted(quoted) == ("", False)
    assert words_beside_text(quoted) == ""


@pytest.mark.parametrize("kind", list(SILENT))
def test_what_the_person_did_not_write_is_not_theirs(kind: str) -> None:
    assert text_of(message(**SILENT[kind])) == ""


def test_a_text_is_taken_without_what_stands_beside_it() -> None:
    heard = message(text=ANSWER, telepathy=NEW)
    assert (text_of(heard), words_beside_text(heard)) == (ANSWER, NEW["secret"])


async def test_who_shares_a_list_a_contact_or_a_quote_is_helped(runs_bot: RunsBot, api: BotApi) -> None:
    port = free_port()
    async with runs_bot("webhook", **at(port)) as town:
        for kind in ("task of a checklist", "note of a contact", "paragraph in pieces", "poll without its number"):
            person = town.somebody()
            await brings(api, port, person, "message", **WRITTEN[kind])
            await person.sees("crisis-contacts")
        person = town.somebody()
        await person.begins()
        vera = {"type": "user", "date": 1, "sender_user": USER}
        quote = {"quote": {"text": DANGER, "position": 0}, "external_reply": {"origin": vera}}
        await brings(api, port, person, "message", text="A friend wrote this to me yesterday.", **quote)
        assert person.text("crisis-support-somebody-else") in (await person.sees("crisis-contacts")).text
        await brings(api, port, person, "edited_message", text="My day was long.", **WRITTEN["contact"], edit_date=1)
        await person.sees("crisis-contacts")
        await brings(api, port, person, "message", text="/help", **WRITTEN["contact without a number"])
        await person.sees("crisis-contacts")


async def test_it_is_heard_beyond_the_limit_of_requests(runs_bot: RunsBot, api: BotApi) -> None:
    port = free_port()
    async with runs_bot("webhook", limit=1, **at(port)) as town:
        person = town.somebody()
        await person.writes("/help")
        await person.sees("telegram-help")
        await brings(api, port, person, "message", text=ANSWER, **WRITTEN["contact"])
        await person.sees("crisis-contacts")
