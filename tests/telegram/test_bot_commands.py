"""Commands, and what is no command and no answer either, by polling in one language and by webhook in the other."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest
from temporalio.service import RPCError

from gateway.telegram.callback_data import Act, EraseCallback, EraseStep, QuestionCallback
from gateway.telegram.inbound.callbacks import SURE_FOR
from gateway.telegram.inbound.commands import COMMANDS
from schema.vocabulary import Locale, Stage, Status
from tests.people.telegram_user import ANSWERS, PATIENCE, TelegramTown, TelegramUser, until
from tests.telegram.bot_api import BotMessage
from tests.telegram.clock import WallClock
from tests.telegram.conftest import town_of


@pytest.fixture(scope="module", params=["Russian town, webhook", "English town, polling"])
async def town(
    request: pytest.FixtureRequest, workers: None, temporal_address: str, bot_pool: asyncpg.Pool
) -> AsyncIterator[TelegramTown]:
    """People and their bot, the same for all tests in a town."""
    async with town_of(request.param, temporal_address, bot_pool, planned_questions=5) as town:
        yield town


async def test_the_menu_knows_every_command_in_each_language(town: TelegramTown) -> None:
    # Told beside serving.
    await until(lambda: ("short_description", "") in town.api.profile)
    russian, english, others = (town.api.commands["default", code] for code in ("ru", "en", ""))
    assert [command["command"] for command in russian] == list(COMMANDS)
    assert english == others
    assert {"command": "delete", "description": "стереть всё, что о вас хранится"} in russian
    assert {"command": "delete", "description": "erase everything kept about you"} in english
    assert "ИИ" in town.api.profile["description", "ru"]
    assert "AI" in town.api.profile["short_description", ""]


async def test_help(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/help")
    shown = await anna.sees("telegram-help")
    assert [command for command in COMMANDS if f"/{command}" not in shown.text] == ["help"]


async def test_who_writes_before_they_have_agreed_is_told_how_to_begin(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("Is anybody here?")
    assert (await anna.sees("notice-not-begun")).buttons == []
    await anna.writes("/new")
    await anna.sees("notice-not-begun")
    assert await anna.kept() == []


CURIOUS = {
    Locale.RU: [
        "Я любопытна, люблю искусство, новые идеи и фантазии.",
        "Люблю новые места, стихи и всё новое, мне интересно, как всё устроено.",
        "Мечтаю, мне всё любопытно, и я люблю придумывать истории.",
    ],
    Locale.EN: [
        "I am curious, I love art, new ideas and imagination.",
        "I love new things, new places and poetry, and I ask how things work.",
        "I am a dreamer, curious about everything, and I love exploring new ideas.",
    ],
}
DANGER = {Locale.RU: "Я хочу покончить с собой.", Locale.EN: "I want to kill myself."}


async def test_a_crisis_is_heard_with_no_conversation_open_in_a_late_edit_and_below_a_picture(
    town: TelegramTown,
) -> None:
    anna = town.somebody()
    await anna.writes(DANGER[anna.locale])
    await anna.sees("crisis-contacts")
    await anna.phone.edits(anna.phone.sent[-1].id, f"{DANGER[anna.locale]} …")
    await anna.sees("crisis-contacts")
    await anna.phone.sends_photo(DANGER[anna.locale])
    await anna.sees("crisis-contacts")
    await anna.writes(f"{DANGER[anna.locale]} " + "x" * 4050)
    await anna.sees("crisis-contacts")
    assert await anna.kept() == []


async def test_a_language_without_a_conversation_is_that_of_the_next_one(town: TelegramTown) -> None:
    anna = town.somebody()
    other = Locale.EN if anna.locale is Locale.RU else Locale.RU
    await anna.writes(f"/language {other}")
    anna.locale = other
    await anna.sees("language-chosen")
    await anna.writes("/start")
    await anna.sees("consent-question")


async def test_a_language_between_two_conversations_is_kept_for_the_next_one(town: TelegramTown) -> None:
    anna = town.somebody()
    other = Locale.EN if anna.locale is Locale.RU else Locale.RU
    await anna.begins(5)
    await anna.writes("/cancel")
    await anna.sees("goodbye-stopped")
    await anna.session.result()
    await anna.writes(f"/language {other}")
    anna.locale = other
    await anna.sees("language-chosen")
    # Kept within milliseconds, in which nobody writes the next command.
    await town.client.get_workflow_handle(f"language-{anna.user_ref}").result()
    await anna.writes("/start")
    await anna.is_asked(1, 5)


async def test_unknown_commands_and_texts_that_only_look_like_one(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/dance now")
    await anna.sees("unknown-command")
    await anna.begins(5)
    await anna.writes("/ that is how I feel / no more words")
    await anna.is_asked(2, 5)
    assert await anna.kept() == ["/ that is how I feel / no more words"]


async def test_a_portrait_before_and_after_there_is_anything_to_tell(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/profile")
    nothing = await anna.sees("profile-empty")
    assert nothing.photo is None
    await anna.writes("/insights")
    await anna.sees("insights-empty")
    await _answers_thrice(anna)
    await anna.writes("/profile")
    portrait = await anna.sees("profile-basis", answers=3)
    assert portrait.photo is not None
    assert portrait.photo.startswith(b"\x89PNG")
    assert anna.text("profile-sketch") in portrait.words
    await anna.writes("/insights")
    await anna.sees("profile-sketch")


async def test_from_the_picture_one_tap_leads_to_ones_own_words_and_another_takes_them_back(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.writes("/evolution")
    assert (await anna.sees("evolution-too-early")).photo is None
    await anna.writes("/why")
    await anna.sees("why-nothing")
    await anna.begins(5)
    for number, text in enumerate(CURIOUS[anna.locale], start=2):
        await anna.writes(text)
        await anna.is_asked(number, 5)
    await _is_analysed(anna, 3)
    await anna.writes("/profile")
    light = await anna.sees("profile-basis", answers=3)
    assert light.buttons == [[anna.text("choice-why")], [anna.text("choice-theme-dark")]]
    await anna.taps("choice-theme-dark")
    dark = await anna.sees("profile-basis", answers=3)
    assert dark.photo != light.photo
    await anna.taps("choice-why")
    values = await anna.sees("why-which")
    assert values.buttons[0][0] == anna.text("trait-openness")
    await anna.taps("trait-openness")
    reasons = await anna.sees("telegram-not-me")
    assert reasons.text.startswith(anna.text("reasons-title", value=anna.text("trait-openness")))
    assert {Locale.RU: "Люблю новые места", Locale.EN: "I love new things"}[anna.locale] in reasons.text
    await anna.taps("choice-not-me")
    await anna.sees("notice-value-denied")
    assert reasons.buttons == []
    await anna.writes("/profile")
    assert anna.text("trait-openness-high") not in (await anna.sees("profile-basis", answers=3)).words


async def test_not_quite_is_heard_by_one_tap_and_the_question_stays_open(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("I am curious, I love art, new ideas and imagination.")
    question = await anna.is_asked(2, 5)
    assert question.buttons[1:] == [[anna.text("choice-not-quite")]]
    await anna.taps("choice-not-quite")
    await anna.sees("notice-objection-heard")
    assert question.buttons == [[anna.text("choice-skip"), anna.text("choice-pause")]]
    objected = await town.pool.fetchval(
        "SELECT count(*) FROM analysis_system.objections WHERE user_ref = $1", anna.user_ref
    )
    assert objected == 1


async def test_everything_that_is_kept_arrives_in_two_files(town: TelegramTown) -> None:
    anna = town.somebody()
    await _answers_thrice(anna)
    await anna.writes("/export")
    await anna.sees("export-ready")
    files = await _files(anna)
    assert set(files) == {"selfology.html", "selfology.json"}
    first = ANSWERS[anna.locale][0]
    assert first in json.dumps(json.loads(files["selfology.json"]), ensure_ascii=False)
    assert first in files["selfology.html"].decode()


async def test_deleting_everything_is_asked_twice_and_done(town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = town.somebody()
    await _answers_thrice(anna)
    await anna.writes("/delete")
    ask = await anna.sees("erase-ask")
    await anna.taps("choice-erase-sure")
    assert await anna.sees("erase-ask-again") == ask
    assert len(await anna.kept()) == 3
    await anna.taps("choice-erase-really-sure")
    await anna.sees("notice-erased")
    assert ask.buttons == []
    assert await anna.kept() == []
    assert await _rows_of(anna, pool) == {}
    with pytest.raises(RPCError):
        await anna.session.signal("pause")
    # Nobody knows them any more.
    await anna.writes("/start")
    await anna.sees("consent-question")


async def test_enough_for_today(town: TelegramTown) -> None:
    anna = town.somebody()
    question = await anna.begins(5)
    # As under an offer to end it.
    nonce = QuestionCallback.unpack(question.keyboard[0][0]["callback_data"]).nonce
    _relabels(question, QuestionCallback(action=Act.STOP, nonce=nonce).pack())
    await anna.taps("choice-skip")
    await anna.sees("goodbye-stopped")
    assert question.buttons == []


async def test_keeping_everything_after_all(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("/delete")
    ask = await anna.sees("erase-ask")
    await anna.taps("choice-keep", ask)
    await anna.sees("erase-kept")
    assert ask.buttons == []
    assert (await anna.progress()).status is Status.ACTIVE


@pytest.mark.parametrize("step", [EraseStep.SURE, EraseStep.REALLY_SURE])
async def test_an_old_yes_erases_nothing(town: TelegramTown, step: EraseStep) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("/delete")
    ask = await anna.sees("erase-ask")
    long_ago = int(time.time() - SURE_FOR.total_seconds() - 5)
    _relabels(ask, EraseCallback(step=step, asked_at=long_ago).pack())
    await anna.taps("choice-erase-sure")
    await anna.sees("telegram-erase-late")
    assert (ask.buttons, anna.phone.unanswered_taps) == ([], 0)
    assert (await anna.progress()).status is Status.ACTIVE


@pytest.mark.parametrize("set_to", [-3600, 3600])
async def test_a_yes_erases_everything_though_this_machine_s_clock_was_set(
    town: TelegramTown, wall_clock: WallClock, set_to: float
) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("/delete")
    await anna.sees("erase-ask")
    wall_clock.ahead = set_to
    await anna.taps("choice-erase-sure")
    await anna.sees("erase-ask-again")
    await anna.taps("choice-erase-really-sure")
    await anna.sees("notice-erased")


async def test_a_yes_is_old_by_telegram_s_clock(town: TelegramTown, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = town.somebody()
    await anna.writes("/delete")
    await anna.sees("erase-ask")
    monkeypatch.setattr(town.api, "clock_ahead", SURE_FOR.total_seconds() + 5)
    # The second line is said when the bot has read Telegram's answer to the first, which tells the time.
    for _ in range(2):
        await anna.writes("/help")
        await anna.sees("telegram-help")
    await anna.taps("choice-erase-sure")
    await anna.sees("telegram-erase-late")


@pytest.mark.parametrize("data", ["consent:maybe", "question:dance:1", "erase:sure", "x", "опрос:1"])
async def test_a_button_of_an_earlier_version_is_answered_and_goes_away(town: TelegramTown, data: str) -> None:
    anna = town.somebody()
    question = await anna.begins(5)
    _relabels(question, data)
    await anna.taps("choice-skip")
    await until(lambda: anna.text("notice-button-is-old") in anna.phone.toasts)
    await until(lambda: question.buttons == [])
    assert (anna.phone.unanswered_taps, (await anna.progress()).skipped) == (0, 0)


async def test_things_without_words(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.phone.sends_sticker()
    await anna.sees("telegram-sticker")
    await anna.phone.sends_photo("my dog")
    await anna.sees("telegram-picture")
    await anna.phone.sends_voice()
    await anna.sees("telegram-voice")
    assert (await anna.progress()).answered == 0


async def test_words_below_a_picture_are_no_command(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(5)
    for caption in ("/stop", "/delete", "/pause now"):
        await anna.phone.sends_photo(caption)
        await anna.sees("telegram-picture")
    progress = await anna.progress()
    assert (progress.status, progress.stage) == (Status.ACTIVE, Stage.QUESTIONS)
    assert len([message for message in anna.phone.screen if message.text == anna.text("telegram-picture")]) == 3


async def test_the_longest_text_that_telegram_takes_is_an_answer(town: TelegramTown) -> None:
    anna = town.somebody()
    await anna.begins(5)
    await anna.writes("x" * 4096)
    await anna.is_asked(2, 5)
    await anna.writes("🌊" * 2048)
    await anna.is_asked(3, 5)
    assert await anna.kept() == ["x" * 4096, "🌊" * 2048]


async def _answers_thrice(anna: TelegramUser) -> None:
    await anna.begins(5)
    for index in range(3):
        await anna.answers(index)
        await anna.is_asked(index + 2, 5)
    await _is_analysed(anna, 3)


async def _is_analysed(anna: TelegramUser, answers: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while (await anna.progress()).analysed < answers:
            await asyncio.sleep(0.01)


async def _files(anna: TelegramUser) -> dict[str, bytes]:
    def files() -> dict[str, bytes]:
        return dict(message.document for message in anna.phone.screen if message.document)

    await until(lambda: len(files()) == 2)
    return files()


async def _rows_of(anna: TelegramUser, pool: asyncpg.Pool) -> dict[str, int]:
    """How many rows each table of the database keeps that lead to a person, by whatever column."""
    tables = await pool.fetch(
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
        # That a key was destroyed is remembered, by the name of its owner.
        " WHERE table_type = 'BASE TABLE'"
        " AND table_schema NOT IN ('pg_catalog', 'information_schema', 'account_system')"
    )
    counts = {
        row["name"]: await pool.fetchval(
            f"SELECT count(*) FROM {row['name']} AS kept WHERE strpos(kept::text, $1) > 0", anna.user_ref
        )
        for row in tables
    }
    assert len(counts) > 5
    return {name: count for name, count in counts.items() if count}


def _relabels(message: BotMessage, data: str) -> None:
    """Makes a message's buttons carry other data, as those of another version or time do."""
    for button in (button for row in message.keyboard for button in row):
        button["callback_data"] = data
