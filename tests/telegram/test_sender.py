"""Deliveries to a strict Telegram: what arrives, as what, in whose place, and how fast."""

from __future__ import annotations

import time
from dataclasses import replace

import asyncpg
import pytest

from activities.telegram.send_ledger import PostgresSendLedger
from gateway.presentation.texts.texts import Texts
from gateway.telegram import errors
from gateway.telegram.outbound import sender
from gateway.telegram.outbound.card import draw_card
from gateway.telegram.outbound.evolution import draw_evolution
from gateway.telegram.send_rate import Rate, SendRate
from schema.deliveries import (
    ConsentRequest,
    CrisisSupport,
    DataExport,
    Delivered,
    Feedback,
    Notice,
    NoticeCode,
    Nudge,
    ProfileCard,
    Summary,
)
from schema.profile.layers import Profile
from schema.profile_vocabulary import Theme
from schema.telegram.send_ledger import Send
from schema.vocabulary import CrisisKind, Locale
from tests.erasures import EverybodyIsErased
from tests.people.telegram_user import PATIENCE, until
from tests.portraits import evolution_view
from tests.telegram.bot_api import Fault, Person
from tests.telegram.clock import Clock
from tests.telegram.outbox import ASKED, PROFILE, USER_REF, Outbox, seen, to

each_locale = pytest.mark.parametrize("locale", Locale)


async def test_a_reflection_and_a_question_arrive_together(outbox: Outbox, anna: Person) -> None:
    delivery = to(anna, Feedback(text="You notice <b>& the</b> quiet. 🌊", offline=False), ASKED)
    result = await outbox.tries(delivery)
    (message,) = anna.screen
    assert result == Delivered(message_ids=[str(message.id)])
    assert message.text.startswith("You notice <b>& the</b> quiet. 🌊\n\nQuestion 3 of about 10")
    assert message.buttons == [["Another question", "Take a break"]]


async def test_a_delivery_that_is_tried_again_is_sent_once(outbox: Outbox, anna: Person) -> None:
    delivery = to(anna, Nudge())
    first = await outbox.tries(delivery)
    assert await outbox.tries(delivery) == first
    assert len(anna.screen) == 1
    assert sum(call.params.get("chat_id") == anna.id for call in outbox.api.calls) == 1


async def test_support_shows_no_preview_of_anybodys_page(outbox: Outbox, anna: Person) -> None:
    await outbox.tries(to(anna, CrisisSupport(crisis=CrisisKind.ABUSE)))
    assert outbox.api.calls[-1].params["link_preview_options"] == {"is_disabled": True}


async def test_a_placeholder_turns_into_what_it_stood_for(outbox: Outbox, anna: Person) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT))
    await outbox.tries(wait)
    (placeholder,) = anna.screen
    result = await outbox.tries(to(anna, Notice(code=NoticeCode.EXPORT_FAILED), replaces=wait.key))
    (message,) = anna.screen
    assert message.text == Texts(Locale.EN).say("notice-export-failed")
    assert result == Delivered(message_ids=[str(placeholder.id)])


async def test_words_come_anew_when_the_placeholder_is_gone(outbox: Outbox, anna: Person) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT))
    await outbox.tries(wait)
    anna.chat.messages.pop(anna.screen[0].id)
    last = to(anna, Notice(code=NoticeCode.EXPORT_FAILED), replaces=wait.key)
    assert await outbox.delivers(last) == []
    assert await outbox.delivers(last) == []
    assert [message.text for message in anna.screen] == [Texts(Locale.EN).say("notice-export-failed")]


async def test_words_come_anew_when_the_placeholder_never_came(outbox: Outbox, anna: Person) -> None:
    assert await outbox.delivers(to(anna, Nudge(), replaces="no-such-delivery:1")) == []
    assert seen(anna, "I'm here") == 1


@each_locale
async def test_a_profile_card_is_a_picture(outbox: Outbox, anna: Person, locale: Locale) -> None:
    assert await outbox.delivers(to(anna, ProfileCard(profile=PROFILE), locale=locale)) == []
    (message,) = anna.screen
    assert message.photo
    assert message.photo.startswith(b"\x89PNG")
    assert Texts(locale).say("trait-openness-high") in (message.caption or "")


@each_locale
@pytest.mark.parametrize("theme", Theme)
async def test_evolution_is_a_picture_with_buttons(outbox: Outbox, anna: Person, locale: Locale, theme: Theme) -> None:
    view = evolution_view().model_copy(update={"theme": theme})
    assert await outbox.delivers(to(anna, view, locale=locale)) == []
    (message,) = anna.screen
    assert message.photo == draw_evolution(view, Texts(locale))
    assert Texts(locale).say("evolution-increasing") in (message.caption or "")
    assert message.buttons == [
        [Texts(locale).say("choice-why")],
        [Texts(locale).say(f"choice-theme-{theme.other}")],
    ]


async def test_a_picture_is_drawn_once(outbox: Outbox, anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Profile] = []

    def draw(profile: Profile, texts: Texts, *, theme: Theme) -> bytes:
        drawn.append(profile)
        return draw_card(profile, texts, theme=theme)

    monkeypatch.setattr(sender, "draw_card", draw)
    delivery = to(anna, Summary(answers=5, profile=PROFILE, analyses_pending=0))
    for _ in range(2):
        assert await outbox.delivers(delivery) == []
    assert drawn == [PROFILE]


@each_locale
async def test_an_export_is_two_files_in_place_of_the_placeholder(outbox: Outbox, anna: Person, locale: Locale) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT), locale=locale)
    await outbox.tries(wait)
    assert await outbox.delivers(to(anna, DataExport(user_ref=USER_REF), locale=locale, replaces=wait.key)) == []
    words, html, json = anna.screen
    assert words.text == Texts(locale).say("export-ready")
    assert html.document
    assert json.document
    assert (html.document[0], json.document[0]) == ("selfology.html", "selfology.json")


@each_locale
async def test_of_somebody_without_anything_an_export_is_one_line_that_says_so(
    outbox: Outbox, anna: Person, locale: Locale
) -> None:
    wait = to(anna, Notice(code=NoticeCode.COLLECTING_EXPORT), locale=locale)
    await outbox.tries(wait)
    nobody = DataExport(user_ref="zzzzzzzzzzzzzzzz")
    for _ in range(2):
        assert await outbox.delivers(to(anna, nobody, locale=locale, replaces=wait.key)) == []
    assert {message.text for message in anna.screen} == {Texts(locale).say("export-nothing")}


async def test_long_words_come_in_pieces_each_once(outbox: Outbox, anna: Person) -> None:
    words = " ".join(str(number) for number in range(3000))
    delivery = to(anna, Feedback(text=words, offline=False), ASKED)
    outbox.api.will(Fault("sendMessage", "429"))
    assert await outbox.delivers(delivery) == [errors.BUSY]
    shown = " ".join(message.text for message in anna.screen)
    assert shown.startswith(words)
    assert [message.buttons for message in anna.screen[:-1]] == [[]] * (len(anna.screen) - 1)
    assert anna.screen[-1].buttons


async def test_a_chat_gets_one_message_a_second(outbox: Outbox, anna: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "ONE_TRY", PATIENCE)
    in_earnest = replace(outbox, pace=SendRate())
    begin = time.monotonic()
    assert await in_earnest.delivers(to(anna, CrisisSupport(crisis=CrisisKind.ABUSE), ASKED)) == []
    assert time.monotonic() - begin >= 1
    assert len(anna.screen) == 2


async def test_what_does_not_fit_into_one_try_is_left_to_the_next(outbox: Outbox, anna: Person, clock: Clock) -> None:
    in_earnest = replace(outbox, pace=SendRate(Rate(1, 3600)))
    delivery = to(anna, CrisisSupport(crisis=CrisisKind.ABUSE), ASKED)
    failure = await in_earnest.fails(delivery)
    assert (failure.type, failure.non_retryable) == (errors.BUSY, False)
    assert len(anna.screen) == 1
    assert failure.next_retry_delay
    assert sender.ONE_TRY < failure.next_retry_delay.total_seconds() <= 3600
    clock.ahead += failure.next_retry_delay.total_seconds()
    assert await in_earnest.delivers(delivery) == []
    assert len(anna.screen) == 2


async def test_a_ledger_that_took_all_the_time_leaves_the_send_to_the_next_try(
    outbox: Outbox, anna: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, stalls = PostgresSendLedger.begin, [sender.ONE_TRY + 0.2, sender.ONE_TRY - 0.2]

    async def slowly(ledger: PostgresSendLedger, send: Send, *, editing: int | None = None) -> None:
        await begin(ledger, send, editing=editing)
        clock.ahead += stalls.pop() if stalls else 0

    monkeypatch.setattr(PostgresSendLedger, "begin", slowly)
    assert await outbox.delivers(to(anna, Nudge())) == [errors.BUSY, errors.BUSY]
    assert len(anna.screen) == 1


async def test_the_typing_sign_ends_when_the_words_come(outbox: Outbox, anna: Person) -> None:
    outbox.typing.start(anna.id)
    await until(lambda: len(anna.typing) == 1)
    await outbox.tries(to(anna, Nudge()))
    assert not outbox.typing.shown_in(anna.id)


async def test_a_row_leads_to_the_person_only_where_the_delivery_does(
    outbox: Outbox, anna: Person, pool: asyncpg.Pool
) -> None:
    usual = to(anna, Nudge())
    before_consent = to(anna, ConsentRequest(planned=12)).model_copy(update={"user_ref": None})
    for delivery in (usual, before_consent):
        await outbox.tries(delivery)
    rows = await pool.fetch(
        "SELECT delivery_key, user_ref FROM telegram_system.sends WHERE delivery_key = ANY($1)",
        [usual.key, before_consent.key],
    )
    assert {row["delivery_key"]: row["user_ref"] for row in rows} == {usual.key: USER_REF, before_consent.key: None}


async def test_what_is_held_back_is_said_when_it_may_be_said(outbox: Outbox, anna: Person) -> None:
    silence, delivery = EverybodyIsErased(), to(anna, Feedback(text="You notice the quiet.", offline=False), ASKED)
    silent = replace(outbox, erasures=silence)
    failure = await silent.fails(delivery)
    assert (failure.type, failure.non_retryable) == ("HeldBack", False)
    assert anna.screen == []
    silence.lasts = False
    assert await silent.delivers(delivery) == []
    assert seen(anna, "You notice the quiet.") == 1


async def test_of_a_delivery_that_is_held_back_help_in_a_crisis_is_said(outbox: Outbox, anna: Person) -> None:
    delivery = to(anna, CrisisSupport(crisis=CrisisKind.SELF_HARM), ASKED)
    assert await replace(outbox, erasures=EverybodyIsErased()).delivers(delivery) == []
    (message,) = anna.screen
    assert Texts(Locale.EN).say("crisis-contacts") in message.words
    assert seen(anna, ASKED.text) == 0


async def test_an_erasure_that_begins_while_a_message_waits_for_its_turn_holds_it_back(
    outbox: Outbox, anna: Person
) -> None:
    silence = EverybodyIsErased()
    silence.lasts = False

    class Slow(SendRate):
        async def wait(self, chat_id: int, patience: float) -> None:
            silence.lasts = True

    failure = await replace(outbox, erasures=silence, pace=Slow()).fails(to(anna, Nudge()))
    assert failure.type == "HeldBack"
    assert anna.screen == []
