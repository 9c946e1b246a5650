"""What the Bot API of the tests refuses, as clients that others wrote report it; and how it reads HTML."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from html import escape
from typing import Any

import aiogram
import aiohttp
import pytest
import telegram
import telegram.error
from aiogram import Bot, exceptions
from aiogram.types import BotCommand, BufferedInputFile, MessageEntity, ReplyParameters
from aiogram.utils.text_decorations import html_decoration
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram.bot_api import BotApi, Person
from tests.telegram.bot_api.clients import aiogram_bot, keyboard, picture
from tests.telegram.bot_api.formatting import Formatted, parse_html, utf16
from tests.telegram.bot_api.spec import Spec

ANNA = 1001


# One server for all: a refusal leaves nothing behind.
@pytest.fixture(scope="module")
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with aiogram_bot(api) as bot:
        yield bot


@pytest.fixture(scope="module")
async def ptb(api: BotApi) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot") as bot:
        yield bot


@pytest.fixture
def anna(api: BotApi) -> Person:
    return api.person(ANNA)


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content"
    " and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
ENTITIES = "can't parse entities: "
BIG = BufferedInputFile(bytes(10 * 1024 * 1024 + 1), "big.png")

REFUSALS: list[tuple[str, Callable[[Bot], Awaitable[Any]]]] = [
    ("message text is empty", lambda bot: bot.send_message(ANNA, "")),
    ("text must be non-empty", lambda bot: bot.send_message(ANNA, "<b> </b>\n")),
    ("message is too long", lambda bot: bot.send_message(ANNA, "я" * 4097)),
    ("message is too long", lambda bot: bot.send_message(ANNA, "😀" * 2049)),
    ("message caption is too long", lambda bot: bot.send_photo(ANNA, picture(9, 9), caption="я" * 1025)),
    ("chat not found", lambda bot: bot.send_message(404, "x")),
    (
        "message to be replied not found",
        lambda bot: bot.send_message(ANNA, "x", reply_parameters=ReplyParameters(message_id=404)),
    ),
    ("message to edit not found", lambda bot: bot.edit_message_text("x", chat_id=ANNA, message_id=404)),
    ("message to delete not found", lambda bot: bot.delete_message(ANNA, 404)),
    (TOO_OLD, lambda bot: bot.answer_callback_query("404")),
    ("MESSAGE_TOO_LONG", lambda bot: bot.answer_callback_query("404", text="я" * 201)),
    ("BUTTON_DATA_INVALID", lambda bot: bot.send_message(ANNA, "x", reply_markup=keyboard(["x"], data="я" * 33))),
    (
        "inline keyboard button text must be non-empty",
        lambda bot: bot.send_message(ANNA, "x", reply_markup=keyboard([" "])),
    ),
    ("reply markup is too long", lambda bot: bot.send_message(ANNA, "x", reply_markup=keyboard(*[["x"] * 8] * 13))),
    (
        "text buttons are unallowed in the inline keyboard",
        lambda bot: bot.send_message(ANNA, "x", reply_markup=keyboard(["x"], data="")),
    ),
    (
        "ENTITY_BOUNDS_INVALID",
        lambda bot: bot.send_message(
            ANNA, "x", parse_mode=None, entities=[MessageEntity(type="bold", offset=0, length=2)]
        ),
    ),
    (f'{ENTITIES}Unsupported start tag "p" at byte offset 2', lambda bot: bot.send_message(ANNA, "я<p>x</p>")),
    (f'{ENTITIES}Unsupported start tag "" at byte offset 2', lambda bot: bot.send_message(ANNA, "2 < 3")),
    (
        f'{ENTITIES}Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        lambda bot: bot.send_message(ANNA, "<b><i>x</b></i>"),
    ),
    (
        f'{ENTITIES}Can\'t find end tag corresponding to start tag "b"',
        lambda bot: bot.send_message(ANNA, "<b>x"),
    ),
    (f"{ENTITIES}Unexpected end tag at byte offset 1", lambda bot: bot.send_message(ANNA, "x</b>")),
    ("unsupported parse_mode", lambda bot: bot.send_message(ANNA, "x", parse_mode="RTF")),
    ("file must be non-empty", lambda bot: bot.send_document(ANNA, BufferedInputFile(b"", "x.json"))),
    ("IMAGE_PROCESS_FAILED", lambda bot: bot.send_photo(ANNA, BufferedInputFile(b"text", "x.png"))),
    ("PHOTO_INVALID_DIMENSIONS", lambda bot: bot.send_photo(ANNA, picture(210, 10))),
    ("PHOTO_INVALID_DIMENSIONS", lambda bot: bot.send_photo(ANNA, picture(5001, 5000))),
    (
        "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
        lambda bot: bot.send_photo(ANNA, BIG),
    ),
    ("wrong file identifier/HTTP URL specified", lambda bot: bot.send_photo(ANNA, "AgACAgIAAxkB")),
    ("wrong parameter action in request", lambda bot: bot.send_chat_action(ANNA, "sleeping")),
    (
        "secret token contains unallowed characters",
        lambda bot: bot.set_webhook("http://127.0.0.1/", secret_token="a b"),
    ),
    ("invalid webhook URL specified", lambda bot: bot.set_webhook("ftp://127.0.0.1/")),
    ("allowed_updates has unknown kinds: whispers", lambda bot: bot.get_updates(allowed_updates=["whispers"])),
    (
        "BOT_COMMAND_INVALID",
        lambda bot: bot.set_my_commands([BotCommand(command="Start", description="x")]),
    ),
    (
        "command description must be non-empty",
        lambda bot: bot.set_my_commands([BotCommand(command="start", description="")]),
    ),
]


@pytest.mark.parametrize(("reason", "call"), REFUSALS, ids=[reason[:50] for reason, _ in REFUSALS])
async def test_a_bad_request(
    api: BotApi, anna: Person, bot: Bot, reason: str, call: Callable[[Bot], Awaitable[Any]]
) -> None:
    before = len(api.refused)
    with pytest.raises(exceptions.TelegramBadRequest) as refusal:
        await call(bot)
    assert refusal.value.message == f"Bad Request: {reason}"
    assert (api.refused[-1].status, api.refused[-1].description) == (400, refusal.value.message)
    assert len(api.refused) == before + 1
    assert anna.screen == []


async def test_text_counts_after_its_entities_are_parsed(anna: Person, bot: Bot) -> None:
    await bot.send_message(ANNA, f"  <b>{'&amp;' * 4096}</b>\n")
    assert anna.screen[-1].text == "&" * 4096


async def test_an_edit_that_changes_nothing_is_refused(api: BotApi, anna: Person, bot: Bot, ptb: telegram.Bot) -> None:
    sent = (await bot.send_message(ANNA, "<b>x</b>", reply_markup=keyboard(["Да"]))).message_id
    with pytest.raises(exceptions.TelegramBadRequest, match=NOT_MODIFIED):
        await bot.edit_message_text("<b>x</b>", chat_id=ANNA, message_id=sent, reply_markup=keyboard(["Да"]))
    # The words are the same, their weight is not; and the keyboard goes when an edit does not name it.
    await bot.edit_message_text("x", chat_id=ANNA, message_id=sent)
    assert (anna.screen[-1].entities, anna.screen[-1].buttons) == ([], [])
    with pytest.raises(telegram.error.BadRequest):
        await ptb.edit_message_reply_markup(ANNA, sent)
    assert api.refused[-1].description == f"Bad Request: {NOT_MODIFIED}"


async def test_edits_fit_what_is_edited(anna: Person, bot: Bot) -> None:
    await anna.writes("Моё")
    with pytest.raises(exceptions.TelegramBadRequest, match="Bad Request: message can't be edited"):
        await bot.edit_message_text("x", chat_id=ANNA, message_id=anna.sent[-1].id)
    text = await bot.send_message(ANNA, "x")
    with pytest.raises(exceptions.TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=ANNA, message_id=text.message_id, caption="y")
    photo = await bot.send_photo(ANNA, picture(9, 9))
    with pytest.raises(exceptions.TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("y", chat_id=ANNA, message_id=photo.message_id)
    await bot.delete_message(ANNA, text.message_id)
    with pytest.raises(exceptions.TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("y", chat_id=ANNA, message_id=text.message_id)


async def test_a_tap_is_answered_once(api: BotApi, anna: Person, bot: Bot, ptb: telegram.Bot) -> None:
    await bot.send_message(ANNA, "Начнём?", reply_markup=keyboard(["Да"]))
    await anna.taps("Да")
    (update,) = await bot.get_updates(offset=-1)
    assert update.callback_query is not None
    await bot.answer_callback_query(update.callback_query.id)
    with pytest.raises(telegram.error.BadRequest):
        await ptb.answer_callback_query(update.callback_query.id)
    assert api.refused[-1].description == f"Bad Request: {TOO_OLD}"
    assert anna.toasts == [""]


async def test_somebody_who_is_gone_is_not_reached(api: BotApi, bot: Bot, ptb: telegram.Bot) -> None:
    boris = api.person(1002, name="Борис")
    boris.blocks_bot()
    with pytest.raises(exceptions.TelegramForbiddenError, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(boris.id, "x")
    boris.unblocks_bot()
    await bot.send_message(boris.id, "x")
    boris.deletes_account()
    with pytest.raises(telegram.error.Forbidden, match="Forbidden: user is deactivated"):
        await ptb.send_message(boris.id, "x")
    assert len(boris.screen) == 1


async def test_only_the_bot_itself_is_served(api: BotApi, ptb: telegram.Bot) -> None:
    async with aiogram_bot(api, token="7000000001:somebody-elses") as stranger:
        with pytest.raises(exceptions.TelegramUnauthorizedError):
            await stranger.get_me()
    with pytest.raises(telegram.error.InvalidToken):
        async with telegram.Bot("7000000001:somebody-elses", base_url=f"{api.url}/bot"):
            pass


# The specification


def test_the_specification_is_as_new_as_aiogram() -> None:
    # Else it is to be made anew: bot_api/condense.py says how.
    assert Spec.load().version == aiogram.__api_version__


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"loud": True}, 'parameter "loud" is unknown to sendMessage'),
        ({"message_thread_id": "first"}, "message_thread_id must be Integer"),
        ({"disable_notification": "perhaps"}, "disable_notification must be Boolean"),
        ({"link_preview_options": "none"}, "can't parse LinkPreviewOptions JSON object"),
        ({"link_preview_options": []}, "link_preview_options must be an Object, LinkPreviewOptions"),
        ({"entities": [{"type": "bold", "offset": 0}]}, "can't parse MessageEntity: Can't find field \"length\""),
        ({"reply_markup": {"inline_keyboard": [{}]}}, "reply_markup.inline_keyboard[0] must be an Array"),
        (
            {"reply_markup": {"inline_keyboard": [["x"]]}},
            "reply_markup.inline_keyboard[0][0] must be an Object, InlineKeyboardButton",
        ),
        (
            {"reply_markup": {"inline_keyboard": [], "loud": True}},
            "can't parse InlineKeyboardMarkup: reply_markup has no field loud",
        ),
    ],
)
async def test_parameters_are_held_to_the_specification(
    api: BotApi, ptb: telegram.Bot, extra: dict[str, Any], reason: str
) -> None:
    with pytest.raises(telegram.error.BadRequest):
        await ptb.send_message(ANNA, "x", api_kwargs=extra)
    assert api.refused[-1].description == f"Bad Request: {reason}"


@pytest.mark.parametrize(
    ("method", "parameters", "reason"),
    [
        ("sendmessage", {"text": "x"}, "Chat_id is empty"),
        ("deletemessage", {"chat_id": ANNA}, "Message identifier is not specified"),
        ("setmycommands", {}, 'Parameter "commands" is required'),
    ],
)
async def test_what_is_missing_is_named(
    ptb: telegram.Bot, method: str, parameters: dict[str, Any], reason: str
) -> None:
    with pytest.raises(telegram.error.BadRequest) as refusal:
        await ptb.do_api_request(method, parameters)
    assert refusal.value.message == reason


async def test_methods_that_are_none_and_methods_that_are_not_served(ptb: telegram.Bot) -> None:
    with pytest.raises(telegram.error.EndPointNotFound):
        await ptb.do_api_request("sendWhisper")
    with pytest.raises(telegram.error.TelegramError, match="does not serve sendDice"):
        await ptb.send_dice(ANNA)


async def test_a_call_comes_in_any_form(api: BotApi, anna: Person) -> None:
    button = {"text": "Да", "callback_data": "yes"}
    call = {"chat_id": ANNA, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}
    form: dict[str, str] = {"text": "x", "chat_id": str(ANNA), "reply_markup": json.dumps(call["reply_markup"])}
    url = f"{api.url}/bot{api.token}/SENDmessage"
    async with aiohttp.ClientSession() as http:
        with aiohttp.MultipartWriter("form-data") as parts:
            for name, value in form.items():
                parts.append(value).set_content_disposition("form-data", name=name)
        for response in [
            await http.get(url, params=form),
            await http.post(url, data=form),
            await http.post(url, data=parts),
            await http.post(url, json=call),
        ]:
            assert (await response.json())["result"]["reply_markup"] == call["reply_markup"]
    assert [message.buttons for message in anna.screen[-4:]] == [[["Да"]]] * 4
    assert [call.params["chat_id"] for call in api.calls[-4:]] == [ANNA] * 4


# HTML

TAGS = ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "blockquote", "expandable_blockquote"]
# What UTF-16 can't hold is no text, and aiogram leaves out what it does not know.
TEXTS = st.text(st.characters(codec="utf-16"), min_size=1)


@given(TEXTS)
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    assert parse_html(escape(text, quote=False)) == Formatted(text, [])


@given(st.lists(st.tuples(TEXTS, st.sampled_from(TAGS) | st.none()), min_size=1))
def test_what_aiogram_formats_is_read_as_it_was_meant(pieces: list[tuple[str, str | None]]) -> None:
    text, entities = "", []
    for piece, kind in pieces:
        if kind:
            entities.append({"type": kind, "offset": utf16(text), "length": utf16(piece)})
        text += piece
    html = html_decoration.unparse(text, [MessageEntity.model_validate(entity) for entity in entities])
    assert parse_html(html) == Formatted(text, entities)


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2, {}), ("italic", 1, 1, {})]),
        ("😀<B>😀</B>", "😀😀", [("bold", 2, 2, {})]),
        ("&lt;&#65;&#x1F600; &nbsp;&ltd & &quot", '<A😀 &nbsp;&ltd & "', []),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1, {"language": "py"})]),
        ("<a href='https://x.org/?a&amp;b'>x</a>", "x", [("text_link", 0, 1, {"url": "https://x.org/?a&b"})]),
        ('<a href="nowhere">x</a><b></b>', "x", []),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1, {})]),
    ],
)
def test_html_as_telegram_reads_it(html: str, text: str, entities: list[tuple[str, int, int, dict[str, str]]]) -> None:
    read = parse_html(html)
    assert read.text == text
    assert read.entities == [
        {"type": kind, "offset": offset, "length": length, **more} for kind, offset, length, more in entities
    ]
