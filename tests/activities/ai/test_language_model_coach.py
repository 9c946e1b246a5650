"""What people read while a language model writes the coach's reply, by both providers, over a real wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.exceptions import ApplicationError

from activities.ai import errors
from activities.ai.analyst import Withheld
from activities.ai.chat_model import ChatModel, Request
from activities.ai.chat_model import Reply as ModelReply
from activities.ai.language_model_coach import LanguageModelCoach
from activities.ai.prompts.prompts import coach_prompt
from activities.ai.providers import PROVIDERS
from activities.ai.usage import Usage
from schema.coaching.context import Memory, Reply, ReplyContext, Step, Turn
from schema.vocabulary import Locale
from tests.activities.ai.conftest import Wire
from workflows.analysis.rules.guard import Guard

REPLY_ID = "7a0c5f0e-0d7c-5d0a-8a44-0b3b8b8f7a11"
BROTHER = "I keep putting off a call to my brother."
KEPT = "You keep putting off that call."


def context(said: str = BROTHER, locale: Locale = Locale.EN, **more: object) -> ReplyContext:
    turns = [Turn(speaker="person", text=said)]
    return ReplyContext.model_validate({"locale": locale, "reply_id": REPLY_ID, "turns": turns, **more})


@dataclass
class Screen:
    """What a person sees while the reply is written, and then."""

    shown: list[str] = field(default_factory=list)

    async def show(self, text: str) -> None:
        self.shown.append(text)

    async def reads(self, coach: LanguageModelCoach, asked: ReplyContext | None = None) -> Reply:
        """The reply, of which all that was shown is the beginning."""
        reply = await coach.write(asked or context(), self.show)
        assert all(reply.text.startswith(text) for text in self.shown)
        return reply


@dataclass
class NoWalks:
    """A check that knows that walks have not helped."""

    asked: list[str] = field(default_factory=list)
    ends_with_a_word: bool = True

    async def objection(self, sentence: str, context: ReplyContext) -> str | None:
        self.asked.append(sentence)
        return "Walks have been tried." if "walk" in sentence else None


@pytest.fixture
def screen() -> Screen:
    return Screen()


async def test_a_reply_is_shown_sentence_by_sentence(ai: Wire, screen: Screen) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model("reader")))
    assert reply.coach == f"{ai.provider}/reader"
    assert reply.step is None
    assert screen.shown == [
        "You keep putting off that call to your brother.",
        "You keep putting off that call to your brother. Something seems to hang on it.",
        reply.text,
    ]
    assert reply.text.endswith("What would be different once it is over?")


async def test_in_russian_too(ai: Wire, screen: Screen) -> None:
    asked = context("Я всё откладываю звонок брату.", Locale.RU)
    reply = await screen.reads(LanguageModelCoach(ai.model("reader")), asked)
    assert reply.text.startswith("Вы всё откладываете этот звонок брату.")
    assert len(screen.shown) == 3


async def test_a_reply_is_plain_text_that_the_provider_does_not_keep(ai: Wire, screen: Screen) -> None:
    await screen.reads(LanguageModelCoach(ai.model("reader")))
    [sent] = ai.sent
    assert "format" not in (sent.get("text") or sent.get("output_config") or {})
    assert sent["stream"]
    assert sent.get("store") is (False if ai.provider == "openai" else None)


async def test_it_is_booked_under_its_own_id(ai: Wire, screen: Screen) -> None:
    booked: list[str | None] = []
    model = ai.model("reader")
    record = model.on_usage

    async def booking(about: str | None, usage: object) -> None:
        booked.append(about)
        await record(about, usage)  # type: ignore[arg-type]

    model.on_usage = booking
    await screen.reads(LanguageModelCoach(model))
    [usage] = ai.usages
    assert booked == [REPLY_ID]
    assert (usage.task, usage.prompt_version) == ("coach", coach_prompt(Locale.EN).version)
    assert (usage.tokens_in, usage.tokens_out) == (900, 60)


async def test_words_come_at_the_pace_of_the_model(ai: Wire) -> None:
    began, seen = monotonic(), list[float]()

    async def show(_: str) -> None:
        seen.append(monotonic() - began)

    await LanguageModelCoach(ai.model("steady")).write(context(), show)
    # The first sentence is there long before the last.
    assert seen[0] < seen[-1] / 2


# What may not be said


async def test_a_sentence_that_may_not_be_said_is_never_shown_and_the_model_goes_on_from_there(
    ai: Wire, screen: Screen
) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model("strays")))
    assert reply.text == f"{KEPT} What would you say first?"
    assert screen.shown == [KEPT, reply.text]
    turns = ai.sent[1]["input" if ai.provider == "openai" else "messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user"]
    assert turns[1]["content"] == KEPT
    assert "a diagnosis, a clinical term or a dose" in turns[2]["content"]
    # The stream that was left is paid for as well.
    assert len(ai.usages) == 2
    assert all(usage.tokens_in for usage in ai.usages)


async def test_a_model_that_insists_is_cut_off_there(ai: Wire, screen: Screen) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model("insists")))
    assert reply.text == KEPT
    assert len(ai.sent) == 2


async def test_of_a_model_with_nothing_else_to_say_nothing_is_shown_but_fragments(ai: Wire, screen: Screen) -> None:
    with pytest.raises(Withheld):
        await LanguageModelCoach(ai.model("diagnoses")).write(context(), screen.show)
    assert screen.shown in ([], ["Hm."])
    assert len(ai.usages) == 2


async def test_a_model_without_words_is_no_coach(ai: Wire, screen: Screen) -> None:
    with pytest.raises(Withheld):
        await LanguageModelCoach(ai.model("spaces")).write(context(), screen.show)


async def test_words_of_danger_are_never_shown(ai: Wire, screen: Screen) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model("endangers")))
    assert reply.text == f"{KEPT} What would you say first?"


async def test_a_check_has_a_sentence_said_differently(ai: Wire, screen: Screen) -> None:
    check = NoWalks()
    reply = await screen.reads(LanguageModelCoach(ai.model("walks"), [check]))
    assert reply.text == f"{KEPT} What would make it easier?"
    assert check.asked == [KEPT, "Take a walk before it.", "What would make it easier?"]
    turns = ai.sent[1]["input" if ai.provider == "openai" else "messages"]
    assert "\nWalks have been tried.\n" in turns[2]["content"]


async def test_who_would_be_told_twice_what_failed_is_told_so_instead(ai: Wire, screen: Screen) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model("walks-on"), [NoWalks()]))
    assert reply.text == f"{KEPT} {coach_prompt(Locale.EN).ending}"


@pytest.mark.parametrize("locale", Locale)
def test_what_is_told_then_may_be_said(locale: Locale) -> None:
    used = coach_prompt(locale)
    assert Guard("", locale, used.instructions).lets_pass(used.ending)


async def test_what_stands_stays_when_going_on_fails(ai: Wire, screen: Screen) -> None:
    assert (await screen.reads(LanguageModelCoach(ai.model("falls-silent")))).text == KEPT


async def test_a_stream_that_breaks_off_fails_and_is_paid_for(ai: Wire, screen: Screen) -> None:
    with pytest.raises(ApplicationError) as failed:
        await LanguageModelCoach(ai.model("stops-midway")).write(context(), screen.show)
    assert (failed.value.type, failed.value.non_retryable) == (errors.UNAVAILABLE, False)
    assert screen.shown
    [usage] = ai.usages
    assert usage.tokens_in > 0


async def test_who_is_stopped_writes_no_more_and_is_paid_for(ai: Wire) -> None:
    begun = asyncio.Event()

    async def show(_: str) -> None:
        begun.set()

    writing = asyncio.create_task(LanguageModelCoach(ai.model("steady")).write(context(), show))
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    [usage] = ai.usages
    # What its provider has not told is estimated.
    assert min(usage.tokens_in, usage.tokens_out) > 0


# Steps


async def test_a_step_that_is_agreed_on_is_kept_and_never_shown(ai: Wire, screen: Screen) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model("agrees")))
    assert reply.text == "A call on Sunday, then. It is your own idea, and a small one. See you after it."
    assert reply.step == Step(what="call my brother", when="on Sunday", notice="I sleep better. At last")
    assert not any("STEP" in text for text in screen.shown)


@pytest.mark.parametrize("model", ["agrees-badly", "prescribes-a-step"])
async def test_a_step_that_is_broken_or_may_not_be_said_is_dropped(ai: Wire, screen: Screen, model: str) -> None:
    reply = await screen.reads(LanguageModelCoach(ai.model(model)))
    assert (reply.text, reply.step) == ("A call on Sunday, then.", None)


async def test_who_is_troubled_agrees_on_nothing(ai: Wire, screen: Screen) -> None:
    assert (await screen.reads(LanguageModelCoach(ai.model("agrees")), context(troubled=True))).step is None


async def test_a_step_that_failed_is_no_step(ai: Wire, screen: Screen) -> None:
    class NoCalls:
        ends_with_a_word = True

        async def objection(self, sentence: str, context: ReplyContext) -> str | None:
            return "It has failed." if sentence == "call my brother" else None

    assert (await screen.reads(LanguageModelCoach(ai.model("agrees"), [NoCalls()]))).step is None


async def test_memories_count_as_words_of_the_person(ai: Wire, screen: Screen) -> None:
    """A model may name an illness that they have told of earlier."""
    told = Memory(kind="fact", text="I have depression, my doctor says.", told_on=date(2026, 11, 1))
    assert Guard(told.text, Locale.EN, "").lets_pass("Your depression came up again.")
    assert not Guard(BROTHER, Locale.EN, "").lets_pass("Your depression came up again.")
    reply = await screen.reads(LanguageModelCoach(ai.model("names-it")), context(memories=[told]))
    assert reply.text == "Your depression came up again. What helped then?"


# Whatever a model writes


class Scripted(ChatModel):
    """A model that says what it is told to, piece by piece, reply by reply."""

    def __init__(self, replies: list[list[str]]) -> None:
        super().__init__(PROVIDERS["openai"], "scripted", self._not_booked)
        self._replies = iter(replies)

    async def _words(self, request: Request) -> AsyncGenerator[str]:
        pieces = next(self._replies)
        for piece in pieces:
            yield piece
        request.told.append(ModelReply(text="".join(pieces), refused=False))

    async def _look_up(self, seconds: float) -> None:
        return

    @staticmethod
    async def _not_booked(about: str | None, usage: Usage) -> None:
        return


BAD = ["You have depression.", "Take 20 mg of it.", "Call 555 1234 567.", "See www.help.example for more."]
STEPS = ['\nSTEP: {"what": "call him"}', "\nSTEP: {", "**STEP:** none"]
said = st.lists(st.sampled_from([KEPT, "What now?", "Hm.", "\n\n", " ", *BAD, *STEPS]), max_size=6).map(" ".join)


@st.composite
def streams(draw: st.DrawFn) -> list[str]:
    """A reply in pieces of any length."""
    text, pieces = draw(said), list[str]()
    while text:
        length = draw(st.integers(1, 12))
        pieces.append(text[:length])
        text = text[length:]
    return pieces


@given(streams(), streams())
async def test_nothing_that_may_not_be_said_is_ever_shown(first: list[str], second: list[str]) -> None:
    screen, reply = Screen(), None
    with suppress(Withheld):
        reply = await screen.reads(LanguageModelCoach(Scripted([first, second])))
    for text in [*screen.shown, *([reply.text] if reply else [])]:
        assert not any(bad in text for bad in [*BAD, "STEP"])
    if reply:
        assert reply.text == screen.shown[-1]
