"""Voice messages in Telegram: heard, shown, and taken as if they had been written. The recording is kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.ai.transcription import OpenAITranscriber
from activities.analysis.budget import Spending
from activities.analysis.model_usage import ModelCalls
from activities.voice.desk import PostgresVoiceDesk
from gateway.presentation.texts.texts import Texts
from schema.onboarding.messages import SessionSettings
from schema.person import PersonRef
from schema.vocabulary import Locale
from schema.voice.activities import HeardUsage, Hearing
from schema.voice.messages import LARGEST, LONGEST, VoiceTimes
from schema.voice.names import VOICE_ID
from tests.ear import KEY, MODEL, Ear, ear, sound_of
from tests.people.telegram_user import PATIENCE, TelegramTown, TelegramUser, until, until_kept
from tests.talks import replies_to, talks_of
from tests.telegram.bot_api import BotApi
from tests.telegram.conftest import plain_client, running_bot
from tests.telegram.noted_gateway import Gateway
from workers.ai_settings import AISettings

SAID = {
    Locale.RU: "Сегодня тяжело на работе, начальник опять звонил ночью, и я не спал.",
    Locale.EN: "Work was hard today, my boss called at night again and I could not sleep.",
}
MEANT = {Locale.RU: "Сегодня легко на работе.", Locale.EN: "Work was easy today."}
DANGER = {Locale.RU: "Я хочу покончить с собой.", Locale.EN: "I want to kill myself."}

TEXTS = Texts(Locale.EN)
AT_ONCE = VoiceTimes(mend_within=timedelta(milliseconds=1))
PATIENT = VoiceTimes(mend_within=timedelta(hours=1))


@pytest.fixture
async def provider() -> AsyncIterator[Ear]:
    async with ear() as provider:
        yield provider


@asynccontextmanager
async def town_that_hears(
    provider: Ear, temporal_address: str, bot_pool: asyncpg.Pool, times: VoiceTimes, locale: Locale = Locale.EN
) -> AsyncIterator[TelegramTown]:
    client = await plain_client(temporal_address)
    transcriber = OpenAITranscriber(KEY, MODEL, base_url=provider.url)
    session = SessionSettings(planned_questions=5)
    async with (
        BotApi() as api,
        running_bot(
            client, bot_pool, api, session=session, locale=locale, transcriber=transcriber, voice=times
        ) as town,
    ):
        yield town


@pytest.fixture(params=Locale)
async def town(
    request: pytest.FixtureRequest, workers: None, provider: Ear, temporal_address: str, bot_pool: asyncpg.Pool
) -> AsyncIterator[TelegramTown]:
    """Where what is heard is taken at once."""
    async with town_that_hears(provider, temporal_address, bot_pool, AT_ONCE, request.param) as town:
        yield town


@pytest.fixture
async def patient_town(
    workers: None, provider: Ear, temporal_address: str, bot_pool: asyncpg.Pool
) -> AsyncIterator[TelegramTown]:
    """Where people look as long as they like at what was heard."""
    async with town_that_hears(provider, temporal_address, bot_pool, PATIENT) as town:
        yield town


async def agrees(pool: asyncpg.Pool, anna: TelegramUser, *companies: str) -> None:
    """The consent of a person named these companies."""
    await pool.execute(
        "UPDATE onboarding_system.people SET readers = $2 WHERE user_ref = $1", anna.user_ref, list(companies)
    )


async def begins(town: TelegramTown, pool: asyncpg.Pool) -> TelegramUser:
    anna = town.somebody()
    await anna.begins(5)
    await agrees(pool, anna, "OpenAI")
    return anna


async def talks_to_the_coach(town: TelegramTown, pool: asyncpg.Pool) -> TelegramUser:
    anna = await begins(town, pool)
    await anna.writes("/stop")
    await anna.sees("goodbye-stopped")
    await anna.session.result()
    return anna


async def is_done(town: TelegramTown, anna: TelegramUser) -> None:
    """Waits until no voice message is on its way."""
    await town.client.get_workflow_handle(VOICE_ID.of(anna.user_ref)).result()


async def history_of(client: Client, workflow_id: str) -> str:
    return (await client.get_workflow_handle(workflow_id).fetch_history()).to_json()


async def test_what_is_said_is_shown_and_is_an_answer_once(
    town: TelegramTown, pool: asyncpg.Pool, provider: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    anna = await begins(town, pool)
    words = SAID[anna.locale]
    update = await anna.phone.sends_voice(sound_of(words))
    shown = await anna.sees("heard-words")
    assert words in shown.text
    assert [entity["type"] for entity in shown.entities] == ["blockquote"]
    await until_kept(anna, [words])
    await anna.is_asked(2, 5)
    town.api.redelivers(update)
    assert await anna.is_left_in_peace()
    assert await anna.kept() == [words]
    assert provider.heard == [sound_of(words)]
    # Neither the sound nor the words are in clear in any history, nor in what is logged.
    await is_done(town, anna)
    for workflow_id in (VOICE_ID.of(anna.user_ref), anna.session.id):
        told = await history_of(town.client, workflow_id)
        assert words not in told
        assert "OggS" not in told
    assert words not in caplog.text
    assert not await pool.fetchval("SELECT count(*) FROM telegram_system.sends WHERE sends::text LIKE $1", f"%{words}%")


async def test_the_coach_hears_as_well(town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = await talks_to_the_coach(town, pool)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    async with asyncio.timeout(PATIENCE):
        while not await replies_to(town.pool, anna.user_ref):
            await asyncio.sleep(0.02)
    [[(_, said), _]] = await talks_of(town.pool, anna.user_ref)
    assert said == SAID[anna.locale]


async def test_danger_gets_contacts_and_nothing_else(town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = await begins(town, pool)
    seen = len(anna.phone.screen)
    await anna.phone.sends_voice(sound_of(DANGER[anna.locale]))
    await anna.sees("crisis-contacts")
    await anna.sees("safety-question")
    assert anna.text("heard-words") not in "".join(message.text for message in anna.phone.screen[seen:])


async def test_other_words_take_the_place_of_what_was_heard(patient_town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = await begins(patient_town, pool)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    shown = await anna.sees("heard-words")
    await anna.taps("choice-mend", shown)
    await anna.sees("notice-voice-mending")
    await anna.writes(MEANT[anna.locale])
    await until_kept(anna, [MEANT[anna.locale]])
    await is_done(patient_town, anna)
    assert await anna.kept() == [MEANT[anna.locale]]


async def test_another_recording_takes_it_too_and_a_text_without_the_button_follows_it(
    patient_town: TelegramTown, pool: asyncpg.Pool
) -> None:
    anna = await begins(patient_town, pool)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await anna.taps("choice-mend", await anna.sees("heard-words"))
    await anna.sees("notice-voice-mending")
    await anna.phone.sends_voice(sound_of(MEANT[anna.locale]))
    shown = await anna.sees("heard-words")
    assert MEANT[anna.locale] in shown.text
    await anna.writes("And my sister called.")
    await until_kept(anna, [MEANT[anna.locale], "And my sister called."])


async def test_no_text_waits_for_a_recording(town: TelegramTown, pool: asyncpg.Pool, provider: Ear) -> None:
    anna = await begins(town, pool)
    provider.listens = asyncio.Event()
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await until(lambda: bool(provider.heard))
    await anna.writes(DANGER[anna.locale])
    await anna.sees("crisis-contacts")
    provider.listens.set()
    await anna.sees("heard-words")


async def test_what_was_taken_is_not_mended_any_more(town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = await begins(town, pool)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    shown = await anna.sees("heard-words")
    await anna.is_asked(2, 5)
    await is_done(town, anna)
    await anna.taps("choice-mend", shown)
    assert anna.phone.toasts[-1] == anna.text("notice-voice-taken")


async def test_it_may_reply_to_the_question_itself(town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = await begins(town, pool)
    question = anna.phone.screen[-1]
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]), to=question)
    await until_kept(anna, [SAID[anna.locale]])


async def test_what_is_not_heard_is_told_kindly(town: TelegramTown, pool: asyncpg.Pool, provider: Ear) -> None:
    anna = await begins(town, pool)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]), seconds=int(LONGEST.total_seconds()) + 1)
    await anna.sees("telegram-voice-too-long", minutes=5)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]), of_others=True)
    await anna.sees("telegram-voice-of-others")
    assert town.api.fetched == []
    await anna.phone.sends_voice(sound_of(" "))
    await anna.sees("notice-voice-without-words")
    # The key is refused: no further attempt helps.
    provider.refuses = [401]
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await anna.sees("notice-voice-not-heard")
    # A busy provider is asked again.
    provider.refuses = [429, 503]
    await anna.phone.sends_voice(sound_of(MEANT[anna.locale]))
    await until_kept(anna, [MEANT[anna.locale]])


async def test_a_caption_with_danger_is_heard_whatever_becomes_of_the_recording(
    town: TelegramTown, pool: asyncpg.Pool
) -> None:
    anna = town.somebody()
    await anna.phone.sends_voice(sound_of("-"), seconds=9999, caption=DANGER[anna.locale])
    await anna.sees("crisis-contacts")


async def test_nothing_is_passed_on_without_consent(town: TelegramTown, pool: asyncpg.Pool, provider: Ear) -> None:
    anna = town.somebody()
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await anna.sees("notice-not-begun")
    await anna.begins(5)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await anna.sees("notice-voice-not-agreed")
    await agrees(pool, anna, "OpenAI")
    await pool.execute(
        "UPDATE onboarding_system.people SET consent_version = '2026-11-25/ru' WHERE user_ref = $1", anna.user_ref
    )
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await anna.sees("notice-voice-not-agreed")
    assert (provider.heard, town.api.fetched) == ([], [])


async def test_without_a_key_the_person_is_asked_to_write(gateway: Gateway) -> None:
    await gateway.hears_voice()
    assert gateway.asked.calls == []
    assert gateway.said == [TEXTS.say("telegram-voice")]


async def test_what_is_too_large_or_too_much_for_a_day_is_not_heard(hearing_gateway: Gateway) -> None:
    await hearing_gateway.hears_voice(size=LARGEST + 1)
    for _ in range(3):
        await hearing_gateway.hears_voice()
    assert [name for name, _ in hearing_gateway.asked.calls] == ["speak", "speak"]
    assert hearing_gateway.said == [
        TEXTS.say("telegram-voice-too-long", minutes=5),
        TEXTS.say("telegram-voice-enough"),
    ]


async def test_a_voice_message_that_comes_again_after_an_outage_counts_once(hearing_gateway: Gateway) -> None:
    hearing_gateway.asked.failure = RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
    for _ in range(3):
        with pytest.raises(RPCError):
            await hearing_gateway.hears_voice(again=True)
    hearing_gateway.asked.failure = None
    await hearing_gateway.hears_voice(again=True)
    await hearing_gateway.hears_voice()
    assert [name for name, _ in hearing_gateway.asked.calls] == ["speak", "speak"]


async def test_a_text_goes_where_a_voice_message_is_on_its_way_and_else_to_the_session(
    hearing_gateway: Gateway,
) -> None:
    await hearing_gateway.hears("one")
    hearing_gateway.asked.voice_under_way = True
    await hearing_gateway.hears("two")
    assert [name for name, _ in hearing_gateway.asked.calls] == ["submit_answer", "write"]


async def test_an_erasure_takes_what_is_on_its_way(patient_town: TelegramTown, pool: asyncpg.Pool) -> None:
    anna = await begins(patient_town, pool)
    await anna.phone.sends_voice(sound_of(SAID[anna.locale]))
    await anna.sees("heard-words")
    await anna.writes("/delete")
    await anna.sees("erase-ask")
    await anna.taps("choice-erase-sure")
    await anna.sees("erase-ask-again")
    await anna.taps("choice-erase-really-sure")
    await anna.sees("notice-erased")
    await patient_town.client.get_workflow_handle(f"erase-{anna.user_ref}").result()
    running = f"WorkflowId = '{VOICE_ID.of(anna.user_ref)}' AND ExecutionStatus = 'Running'"
    assert [each async for each in patient_town.client.list_workflows(running)] == []
    assert await anna.kept() == []


async def test_what_is_heard_is_booked_and_the_budget_is_kept(pool: asyncpg.Pool, worker_pool: asyncpg.Pool) -> None:
    prices = AISettings(_env_file=None).prices()
    desk = PostgresVoiceDesk(worker_pool, Spending(worker_pool, None), ModelCalls(worker_pool, prices).record)
    analyst, seconds = f"openai/{MODEL}", 77.25
    await desk.book(HeardUsage(analyst=analyst, seconds=seconds, tokens_in=0, tokens_out=0, latency_ms=1234.5))
    async with asyncio.timeout(PATIENCE):
        query = "SELECT task, cost_usd FROM analysis_system.model_calls WHERE analyst = $1 AND latency_ms = 1234.5"
        while (row := await pool.fetchrow(query, analyst)) is None:
            await asyncio.sleep(0.02)
    assert row["task"] == "voice"
    assert float(row["cost_usd"]) == pytest.approx(0.0045 * seconds / 60, rel=0.01)
    await pool.execute(
        "INSERT INTO onboarding_system.people (user_ref, locale, consented_at, readers, consent_version)"
        " VALUES ('voicevoicevoice1', 'en', now(), '{OpenAI}', '2099-01-01/en')"
    )
    spent = PostgresVoiceDesk(
        worker_pool, Spending(worker_pool, row["cost_usd"] / 2), ModelCalls(worker_pool, prices).record
    )
    ref = PersonRef(user_ref="voicevoicevoice1")
    assert (await desk.may_be_heard(ref)).hearing is Hearing.ALLOWED
    assert (await spent.may_be_heard(ref)).hearing is Hearing.BUDGET_SPENT
    await pool.execute("DELETE FROM onboarding_system.people WHERE user_ref = 'voicevoicevoice1'")
