"""Commands and callbacks by themselves: what each asks of which client, and what the gateway says. No server runs."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
)
from pydantic import BaseModel
from temporalio.service import RPCError

from gateway.clients.onboarding import Hearer
from gateway.clients.outage import is_outage
from gateway.erasures import Erasure
from gateway.presentation.consent import consent_pages
from gateway.presentation.texts.texts import Texts
from gateway.telegram.callback_data import (
    Act,
    ChoiceCallback,
    CoachSafetyCallback,
    ConsentCallback,
    CountryCallback,
    EraseCallback,
    EraseStep,
    LanguageCallback,
    LeaveMemoryCallback,
    MemoryAct,
    MemoryCallback,
    MemoryPageCallback,
    NotMeCallback,
    NotQuiteCallback,
    NotTrueCallback,
    PrivacyCallback,
    QuestionCallback,
    ResumeCallback,
    SafetyCallback,
    StepCallback,
    ViewCallback,
    WhyCallback,
    ZoneCallback,
)
from gateway.telegram.inbound.callbacks import SURE_FOR
from gateway.telegram.inbound.commands import COMMANDS
from schema.coaching.agreements import StepAct
from schema.coaching.messages import MemoryToCorrect
from schema.danger import DangerAbout
from schema.profile.layers import ValueName
from schema.profile_vocabulary import Layer, Theme
from schema.vocabulary import CrisisKind, Locale, Trait
from tests.metrics import Scrape, scrape
from tests.telegram.noted_gateway import Gateway

__all__ = ["scrape"]

ANSWER = UUID(int=7)


def text(key: str) -> str:
    return Texts(Locale.EN).say(key)


OPENNESS = ValueName(layer=Layer.BIG_FIVE, name=Trait.OPENNESS)
TAPS_ON_VALUES: list[tuple[str, tuple[str, object]]] = [
    (WhyCallback(layer=Layer.BIG_FIVE, name="openness").pack(), ("why", OPENNESS)),
    (NotMeCallback(layer=Layer.BIG_FIVE, name="openness").pack(), ("deny", OPENNESS)),
    (NotTrueCallback(insight_id=ANSWER).pack(), ("deny_insight", str(ANSWER))),
    (ViewCallback(view="card", theme=Theme.DARK).pack(), ("show_profile", ("card", Theme.DARK))),
    (ViewCallback(view="values", theme=Theme.LIGHT).pack(), ("show_profile", ("values", Theme.LIGHT))),
]

STEP = StepCallback(act=StepAct.MOVE_WEEK, agreement_id=ANSWER).pack()
OTHER_STEP = StepCallback(act=StepAct.CANCEL, agreement_id=UUID(int=8)).pack()
FARTHEST_ZONE = "America/Argentina/ComodRivadavia"

ASKS = {
    "/start": "arrive",
    "/pause": "pause",
    "/resume": "resume",
    "/skip": "skip",
    "/stop": "stop",
    "/cancel": "stop",
    "/profile": "show_profile",
    "/insights": "show_profile",
    "/evolution": "show_profile",
    "how have I changed?": "show_profile",
    "Как я изменилась?": "show_profile",
    "/why": "show_profile",
    "Why do you think so?": "show_profile",
    "what did I say about my mother": "submit_answer",
    "/steps": "show_steps",
    "What have we agreed on?": "show_steps",
    "/memory": "show_memories",
    "What do you remember about me?": "show_memories",
    "/quiet": "set_contact",
    "/timezone": "set_contact",
    "/hours 9-21": "set_contact",
    "/export": "export",
    "/language ru": "choose_language",
    "/skip.": "skip",
    "/Skip": "skip",
    "Next question, please": "skip",
    "хватит": "stop",
    "мой портрет": "show_profile",
    "Давайте по-русски": "choose_language",
    "Enough": "submit_answer",
    "A walk by the river.": "submit_answer",
}


@pytest.mark.parametrize(("written", "asked"), ASKS.items())
async def test_what_is_written_asks_one_client_once(gateway: Gateway, written: str, asked: str) -> None:
    await gateway.hears(written)
    assert [name for name, _ in gateway.asked.calls] == [asked]


async def test_while_nobody_can_tell_who_writes_the_update_comes_again(
    gateway: Gateway, key_store: Path, scrape: Scrape
) -> None:
    there, away = key_store, key_store.with_suffix(".away")
    there.rename(away)
    with pytest.raises(RPCError, match=r"keys\.db can't be used") as refused:
        await gateway.hears("A walk by the river.")
    assert is_outage(refused.value)
    assert gateway.asked.calls == []
    away.rename(there)
    await gateway.hears("A walk by the river.")
    assert [name for name, _ in gateway.asked.calls] == ["submit_answer"]
    told = await asyncio.to_thread(scrape)
    for outcome in ("failed", "taken"):
        assert re.search(rf'selfology_request_seconds_count\{{door="telegram",outcome="{outcome}".*\}} 1\n', told)


def test_every_command_is_tried() -> None:
    tried = {written.split()[0].removeprefix("/") for written in ASKS if written.startswith("/")}
    assert set(COMMANDS) - tried == {"help", "delete", "privacy", "find", "new"}


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("/find what I said about my mother", ("find", "what I said about my mother")),
        ("/why openness", ("why", OPENNESS)),
        ("/why Openness to the new?", ("why", OPENNESS)),
        ("/why how you decide", ("why", ValueName(layer=Layer.SIGNATURE, name="decision_pattern"))),
    ],
)
async def test_words_after_a_command_are_screened_before_it_is_done(
    gateway: Gateway, written: str, asked: tuple[str, object]
) -> None:
    await gateway.hears(written)
    (screened, overheard), done = gateway.asked.calls
    assert screened == "screen_text"
    assert _models([overheard])[0].model_dump()["text"] == written.split(maxsplit=1)[1]
    assert done == asked


@pytest.mark.parametrize(("data", "asked"), TAPS_ON_VALUES)
async def test_a_tap_on_a_value_or_a_view_asks_for_it(gateway: Gateway, data: str, asked: tuple[str, object]) -> None:
    await gateway.hears_tap(data, among=[[data]])
    assert gateway.asked.calls == [asked]
    # One may go on to ask; what was denied is done.
    removed = any(isinstance(request, EditMessageReplyMarkup) for request in gateway.telegram.requests)
    assert removed is (asked[0] in ("deny", "deny_insight"))


async def test_a_tap_on_a_step_does_it_and_leaves_the_other_steps(gateway: Gateway) -> None:
    await gateway.hears_tap(STEP, among=[[STEP], [OTHER_STEP]])
    assert gateway.asked.calls == [("act_on_step", (str(ANSWER), StepAct.MOVE_WEEK))]
    (edited,) = [request for request in gateway.telegram.requests if isinstance(request, EditMessageReplyMarkup)]
    assert edited.reply_markup
    assert [button.callback_data for row in edited.reply_markup.inline_keyboard for button in row] == [OTHER_STEP]


async def test_a_tap_forgets_turns_the_page_or_begins_to_correct(gateway: Gateway) -> None:
    forget = MemoryCallback(act=MemoryAct.FORGET, memory_id=ANSWER, page=1, asked_by="7").pack()
    correct = MemoryCallback(act=MemoryAct.CORRECT, memory_id=ANSWER, page=1, asked_by="7").pack()
    turn = MemoryPageCallback(page=2, asked_by=None).pack()
    await gateway.hears_tap(forget, among=[[forget, correct], [turn]])
    await gateway.hears_tap(turn, among=[[forget, correct], [turn]])
    gateway.asked.hearer = Hearer.COACH
    await gateway.hears_tap(correct, among=[[forget, correct], [turn]])
    await gateway.hears_tap(LeaveMemoryCallback().pack(), among=[[LeaveMemoryCallback().pack()]])
    assert gateway.asked.calls[:2] == [("show_memories", (1, ANSWER, "7")), ("show_memories", (2, None, None))]
    taps = [tap for name, tap in gateway.asked.calls if name == "correct_memory"]
    assert [tap.memory_id for tap in taps if isinstance(tap, MemoryToCorrect)] == [ANSWER, None]


async def test_what_is_remembered_is_corrected_once_no_question_is_open(gateway: Gateway) -> None:
    correct = MemoryCallback(act=MemoryAct.CORRECT, memory_id=ANSWER, page=0, asked_by="7").pack()
    await gateway.hears_tap(correct, among=[[correct]])
    assert "correct_memory" not in [name for name, _ in gateway.asked.calls]


async def test_a_tap_on_a_zone_chooses_it(gateway: Gateway) -> None:
    data = ZoneCallback(zone=FARTHEST_ZONE).pack()
    await gateway.hears_tap(data, among=[[data]])
    assert gateway.asked.calls == [("set_contact", (False, FARTHEST_ZONE, None))]


@pytest.mark.parametrize("written", ["/pause", "/resume", "/skip", "/cancel", "/stop"])
async def test_without_a_conversation_a_command_says_how_to_begin_one(gateway: Gateway, written: str) -> None:
    gateway.asked.session_open = False
    await gateway.hears(written)
    assert gateway.said == [text("no-session")]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("/help", "telegram-help"),
        ("/HELP@selfology_test_bot", "telegram-help"),
        ("/help.", "telegram-help"),
        ("what can you do?", "telegram-help"),
        ("Forget me", "erase-ask"),
        ("/delete?", "erase-ask"),
        ("/language", "telegram-language-ask"),
        ("/language fr", "language-which"),
        ("/delete", "erase-ask"),
        ("/dance", "unknown-command"),
        ("/find", "find-how"),
        ("/why the weather", "value-unknown"),
    ],
)
async def test_some_commands_are_answered_by_the_gateway_itself(gateway: Gateway, written: str, key: str) -> None:
    await gateway.hears(written)
    assert gateway.said == [text(key)]
    assert not {name for name, _ in gateway.asked.calls} - {"screen_text"}


@pytest.mark.parametrize(("code", "locale"), [("ru", Locale.RU), ("en-GB", Locale.EN), ("pt-br", Locale.EN)])
async def test_the_gateway_speaks_as_the_person_s_telegram_does_or_english(
    gateway: Gateway, code: str, locale: Locale
) -> None:
    await gateway.hears("/help", language_code=code)
    assert gateway.said == [Texts(locale).say("telegram-help")]


@pytest.mark.parametrize("written", ["/pause I want to kill myself", "/dance I want to kill myself"])
async def test_words_that_come_with_a_command_are_screened(gateway: Gateway, written: str) -> None:
    await gateway.hears(written)
    overheard = [said for name, said in gateway.asked.calls if name == "screen_text"]
    assert [words.model_dump()["text"].endswith("I want to kill myself") for words in _models(overheard)] == [True]


@pytest.mark.parametrize("written", ["/privacy", "who reads this?", PrivacyCallback().pack()])
async def test_the_document_behind_consent_is_shown_whole(gateway: Gateway, written: str) -> None:
    await (gateway.hears_tap if written == PrivacyCallback().pack() else gateway.hears)(written)
    await gateway.updates.__aexit__(None, None, None)
    shown = [request.text for request in gateway.telegram.requests if isinstance(request, SendMessage)]
    assert shown == consent_pages(Texts(Locale.EN))


async def test_a_language_without_a_conversation_is_kept_for_all_that_comes(gateway: Gateway) -> None:
    gateway.asked.session_open = False
    await gateway.hears("/language ru")
    assert [name for name, _ in gateway.asked.calls] == ["choose_language", "remember_language"]
    assert gateway.said == [Texts(Locale.RU).say("language-chosen")]


def question(act: Act) -> str:
    return QuestionCallback(action=act, nonce="abcd1234").pack()


def erasure(step: EraseStep, seconds_ago: float = 1) -> str:
    return EraseCallback(step=step, asked_at=int(time.time() - seconds_ago)).pack()


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (ConsentCallback(granted=True, nonce="n").pack(), "answer_consent"),
        (question(Act.SKIP), "skip"),
        (question(Act.PAUSE), "pause"),
        (question(Act.STOP), "stop"),
        (question(Act.GO_ON), "go_on"),
        (ResumeCallback().pack(), "resume"),
        (NotQuiteCallback(answer_id=ANSWER).pack(), "object_to"),
        (SafetyCallback(answer="safe", nonce="n", crisis=CrisisKind.ABUSE).pack(), "answer_safety"),
        (SafetyCallback(answer="help", nonce="n", crisis=None).pack(), "answer_safety"),
        (
            CoachSafetyCallback(answer="misread", reply_id=ANSWER, crisis=CrisisKind.SELF_HARM).pack(),
            "answer_safety_of_coach",
        ),
        (LanguageCallback(locale=Locale.RU).pack(), "choose_language"),
        (EraseStep.REALLY_SURE, "erase"),
    ],
)
async def test_a_tap_asks_one_client_and_the_phone_is_answered(gateway: Gateway, data: str, asked: str) -> None:
    await gateway.hears_tap(erasure(data) if isinstance(data, EraseStep) else data)
    assert [name for name, _ in gateway.asked.calls] == [asked]
    assert [r for r in gateway.telegram.requests if isinstance(r, AnswerCallbackQuery)]


async def test_not_quite_goes_when_it_is_tapped_and_leaves_the_question_its_buttons(gateway: Gateway) -> None:
    own, not_quite = [question(Act.SKIP), question(Act.PAUSE)], NotQuiteCallback(answer_id=ANSWER).pack()
    await gateway.hears_tap(not_quite, among=[own, [not_quite]])
    assert gateway.asked.calls == [("object_to", ANSWER)]
    assert gateway.left == [own]


async def test_what_is_done_with_a_question_leaves_it_open_to_say_that_the_reflection_missed(gateway: Gateway) -> None:
    own, not_quite = [question(Act.SKIP), question(Act.PAUSE)], NotQuiteCallback(answer_id=ANSWER).pack()
    await gateway.hears_tap(question(Act.SKIP), among=[own, [not_quite]])
    assert gateway.left == [[not_quite]]
    await gateway.hears_tap(question(Act.GO_ON), among=[[question(Act.GO_ON)], [not_quite]])
    assert gateway.left == [own, [not_quite]]
    await gateway.hears_tap(question(Act.PAUSE), among=[own])
    assert gateway.left == []


CHOICES = [ChoiceCallback(nonce="abcd1234", index=index).pack() for index in range(3)]


async def test_a_choice_is_sent_in_the_words_of_its_button_and_the_buttons_go(gateway: Gateway) -> None:
    not_quite = NotQuiteCallback(answer_id=ANSWER).pack()
    rows = [*([choice] for choice in CHOICES), [question(Act.SKIP)], [not_quite]]
    # The buttons of these tests say what they carry.
    await gateway.hears_tap(CHOICES[1], message_id=77, among=rows)
    [(name, said)] = gateway.asked.calls
    [answer] = _models([said])
    assert name == "submit_answer"
    assert answer.model_dump(exclude_defaults=True) == {
        "update_id": "1",
        "text": CHOICES[1],
        "nonce": "abcd1234",
        "message_id": "77",
        "chosen": True,
    }
    assert gateway.left == [[not_quite]]
    # Whether it was taken, the session says.
    assert not [r for r in gateway.telegram.requests if isinstance(r, EditMessageText)]


async def test_of_the_choices_of_a_question_the_first_tap_counts(gateway: Gateway) -> None:
    for choice in (CHOICES[2], CHOICES[0], CHOICES[2]):
        await gateway.hears_tap(choice, among=[[each] for each in CHOICES])
    assert [said.model_dump()["text"] for said in _models([s for _, s in gateway.asked.calls])] == [CHOICES[2]]


async def test_a_choice_that_is_gone_or_can_t_be_read_asks_nobody(gateway: Gateway) -> None:
    await gateway.hears_tap(CHOICES[0], message_id=7)
    await gateway.hears_tap(CHOICES[0], message_id=8, readable=False)
    assert gateway.asked.calls == []
    assert gateway.said == [text("notice-choice-came-late"), text("telegram-choice-unreadable")]


async def test_a_choice_without_a_conversation_says_how_to_begin_one(gateway: Gateway) -> None:
    gateway.asked.session_open = False
    await gateway.hears_tap(CHOICES[0], among=[[each] for each in CHOICES])
    assert gateway.said == [text("no-session")]
    assert not [r for r in gateway.telegram.requests if isinstance(r, EditMessageText)]
    assert gateway.left == []


async def test_a_declined_rest_leaves_the_choices(gateway: Gateway) -> None:
    rows = [*([choice] for choice in CHOICES), [question(Act.GO_ON), question(Act.PAUSE)]]
    await gateway.hears_tap(question(Act.GO_ON), among=rows)
    assert gateway.left == [*([choice] for choice in CHOICES), [question(Act.SKIP), question(Act.PAUSE)]]


async def test_a_message_too_long_for_another_line_only_loses_its_buttons(gateway: Gateway) -> None:
    await gateway.hears_tap(CHOICES[0], among=[[each] for each in CHOICES], shows="x" * 4090)
    assert [name for name, _ in gateway.asked.calls] == ["submit_answer"]
    assert gateway.left == []


async def test_a_tap_on_a_country_brings_its_numbers_and_leaves_the_buttons(gateway: Gateway) -> None:
    tap = CountryCallback(country="CA", crisis=CrisisKind.SELF_HARM, about=DangerAbout.SELF, harm=None)
    await gateway.hears_tap(tap.pack())
    [numbers] = [r.text for r in gateway.telegram.requests if isinstance(r, SendMessage)]
    assert numbers.startswith("Canada:\n911 — Emergency services")
    assert "\n988 — " in numbers
    assert not [r for r in gateway.telegram.requests if isinstance(r, EditMessageReplyMarkup)]


async def test_without_a_conversation_a_word_on_ones_safety_is_taken_outside(gateway: Gateway) -> None:
    gateway.asked.session_open = False
    await gateway.hears_tap(SafetyCallback(answer="help", nonce="n", crisis=CrisisKind.ABUSE).pack())
    assert [name for name, _ in gateway.asked.calls] == ["answer_safety", "answer_safety_outside"]


async def test_a_tap_names_its_question_and_its_message(gateway: Gateway) -> None:
    await gateway.hears_tap(question(Act.SKIP), message_id=77)
    [(_, said)] = gateway.asked.calls
    [skip] = _models([said])
    assert skip.model_dump() == {"update_id": "1", "nonce": "abcd1234", "message_id": "77"}


@pytest.mark.parametrize("step", [EraseStep.SURE, EraseStep.KEEP])
async def test_the_first_yes_and_a_no_erase_nothing(gateway: Gateway, step: EraseStep) -> None:
    await gateway.hears_tap(erasure(step))
    assert gateway.asked.calls == []


@pytest.mark.parametrize("step", [EraseStep.SURE, EraseStep.REALLY_SURE])
async def test_an_old_yes_erases_nothing(gateway: Gateway, step: EraseStep) -> None:
    await gateway.hears_tap(erasure(step, SURE_FOR.total_seconds() + 5))
    assert gateway.asked.calls == []


async def test_the_second_yes_says_when_it_was_asked(gateway: Gateway) -> None:
    before = datetime.now(UTC)
    await gateway.hears_tap(erasure(EraseStep.REALLY_SURE, 60))
    [(_, asked_at)] = gateway.asked.calls
    assert isinstance(asked_at, datetime)
    assert asked_at < before


@pytest.mark.parametrize(
    "data", ["consent:maybe", "question:dance:1", "erase:sure", "x", "why:big_five:charm", "view:mood:light"]
)
async def test_a_button_of_an_earlier_version_is_told_to_be_old(gateway: Gateway, data: str) -> None:
    await gateway.hears_tap(data)
    assert (gateway.asked.calls, gateway.said) == ([], [text("notice-button-is-old")])


@pytest.mark.parametrize("written", ["/pause", "/profile", "/export", "/help", "/delete"])
async def test_while_a_person_is_erased_a_command_does_and_says_nothing(gateway: Gateway, written: str) -> None:
    gateway.asked.erasure = Erasure("run", under_way=True)
    await gateway.hears(written)
    assert (gateway.asked.calls, gateway.said) == ([], [])


async def test_an_update_is_handled_once_and_a_failure_is_apologised_for(gateway: Gateway) -> None:
    gateway.asked.failure = ValueError("a defect")
    await gateway.hears("/pause")
    assert gateway.said == [text("telegram-trouble")]


def _models(said: list[object]) -> list[BaseModel]:
    models = [each for each in said if isinstance(each, BaseModel)]
    assert len(models) == len(said)
    return models
