"""Danger that was misread in a talk is taken back by the person, one that is real is not, and late is not never."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from temporalio import activity
from temporalio.testing import TimeSkipper

from activities.coaching.memory.store import Memories
from schema.coaching.care import CARE_LASTS, SHORT_CARE_LASTS
from schema.coaching.deliveries import CoachReply
from schema.coaching.marks import ReplyMark
from schema.danger import DangerLevel
from schema.deliveries import Concern, CrisisSupport, Notice, NoticeCode, Question, SafetyQuestion
from schema.onboarding.bank import BankQuestion
from schema.safety.activities import AnswerToWeigh, MessagesToWeigh, SecondNet, TextToScreen, Weighing
from schema.vocabulary import CrisisKind, Locale
from tests.coaching.talker import Talker
from tests.keys import encryption
from tests.people.person import People, at_rest
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine
from workflows.safety.rules.levels import danger_in

BY_NET_ALONE = {
    Locale.EN: "He keeps my passport and my phone, and I may not leave the flat without him",
    Locale.RU: "Он забрал мой паспорт и телефон, без него мне нельзя выходить из квартиры",
}
BY_RULES = "I want to kill myself"
SOFTLY = "tbh i don't see me being here by the time they reply so whatever, doesn't matter which cv i send"
MOMENT = timedelta(minutes=5)


async def alarmed(talker: Talker, text: str) -> SafetyQuestion:
    await talker.says(text)
    await talker.person.sees(CrisisSupport)
    return await talker.person.sees(SafetyQuestion)


async def recalled_dangers(people: People, reply: CoachReply) -> int:
    found: int = await people.pool.fetchval(
        "SELECT cardinality(ids) FROM coach_system.recalled WHERE reply_id::text = $1 AND part = 'dangers'",
        reply.reply_id,
    )
    return found


async def test_what_the_net_alone_misread_is_answered_at_once_and_weighs_nothing(anna: Talker, people: People) -> None:
    asked = await alarmed(anna, BY_NET_ALONE[Locale.EN])
    cared = await anna.cared_for()
    assert cared is not None
    assert cared <= SHORT_CARE_LASTS
    await anna.says_of_danger(asked, "misread")
    assert (await anna.person.sees(Notice)).code is NoticeCode.MISREAD
    reply = await anna.person.sees(CoachReply)
    # It is the reply that those words were to get, and any other that follows may speak of steps.
    assert reply.reply_id == asked.reply_id
    assert reply.marks == list(ReplyMark)
    assert await recalled_dangers(people, reply) == 0
    assert await anna.cared_for() is None
    # A second tap brings no second reply.
    await anna.says_of_danger(asked, "misread")
    assert (await anna.person.sees(Notice)).code is NoticeCode.MISREAD
    assert await anna.person.sees_nothing_more()


@pytest.mark.parametrize(
    ("locale", "denial"),
    [
        (Locale.EN, "You misread me"),
        (Locale.EN, "no no, that was not meant so"),
        (Locale.RU, "Вы меня не так поняли"),
        (Locale.RU, "да нет, я не в том смысле"),
    ],
)
async def test_it_is_said_in_plain_words_too(people: People, locale: Locale, denial: str) -> None:
    talker = Talker(people, locale)
    await talker.agrees()
    asked = await alarmed(talker, BY_NET_ALONE[locale])
    await talker.says(denial)
    assert (await talker.person.sees(Notice)).code is NoticeCode.MISREAD
    assert (await talker.person.sees(CoachReply)).reply_id == asked.reply_id or " " in denial
    assert await talker.cared_for() is None


LEFT_ALONE = "Please don't bring up my father"


@pytest.mark.parametrize("then", [None, "misread"])
async def test_of_words_of_danger_only_what_they_want_left_alone_is_kept_until_they_are_taken_back(
    anna: Talker, people: People, then: str | None
) -> None:
    asked = await alarmed(anna, f"{BY_NET_ALONE[Locale.EN]}. {LEFT_ALONE}. My sister Vera lives in Oslo.")
    if then:
        await anna.says_of_danger(asked, "misread")
        await anna.person.sees(CoachReply)
    await anna.asks("The kettle is on.")
    await at_rest(anna.talk)
    kept = {memory.text for memory in await Memories(people.pool, people.keys.columns, None).of(anna.user_ref)}
    assert LEFT_ALONE in kept
    assert ("My sister Vera lives in Oslo" in kept) == (then is not None)


async def test_who_says_more_than_that_they_were_misread_gets_a_reply_to_it(anna: Talker) -> None:
    asked = await alarmed(anna, BY_NET_ALONE[Locale.EN])
    await anna.says("You misread me, that is the plot of a film. How do I tell my boss that I need a day off?")
    assert (await anna.person.sees(Notice)).code is NoticeCode.MISREAD
    assert (await anna.person.sees(CoachReply)).reply_id != asked.reply_id
    assert await anna.cared_for() is None


@pytest.mark.parametrize("answer", ["misread", "safe"])
async def test_plain_words_of_danger_are_cared_for_two_days_more_whatever_is_said_of_them(
    anna: Talker, people: People, answer: str
) -> None:
    asked = await alarmed(anna, BY_RULES)
    cared = await anna.cared_for()
    assert cared is not None
    assert cared > CARE_LASTS - MOMENT
    await anna.says_of_danger(asked, "misread" if answer == "misread" else "safe")
    assert (await anna.person.sees(Notice)).code in (NoticeCode.MISREAD, NoticeCode.SAFE)
    # The words themselves get no chatter.
    assert await anna.person.sees_nothing_more()
    cared = await anna.cared_for()
    assert cared is not None
    assert SHORT_CARE_LASTS - MOMENT < cared <= SHORT_CARE_LASTS
    assert await recalled_dangers(people, await anna.asks("Let us go on with my presentation.")) == 1


async def test_who_asks_for_help_is_cared_for_as_long_as_ever_and_can_not_take_it_back_at_once(anna: Talker) -> None:
    asked = await alarmed(anna, BY_NET_ALONE[Locale.EN])
    await anna.says_of_danger(asked, "help", CrisisKind.ABUSE)
    assert (await anna.person.sees(CrisisSupport)).again
    cared = await anna.cared_for()
    assert cared is not None
    assert cared > CARE_LASTS - MOMENT
    await anna.says_of_danger(asked, "misread")
    await anna.person.sees(Notice)
    cared = await anna.cared_for()
    assert cared is not None
    assert cared > SHORT_CARE_LASTS - MOMENT


async def test_a_soft_alarm_asks_beside_the_reply_and_weighs_only_when_it_is_confirmed(anna: Talker) -> None:
    await anna.says(SOFTLY)
    await anna.person.sees(CoachReply)
    concern = await anna.person.sees(Concern)
    assert concern.danger.level is DangerLevel.SOFT
    assert await anna.cared_for() is None
    await anna.says_of_danger(concern, "help", CrisisKind.SELF_HARM)
    await anna.person.sees(CrisisSupport)
    cared = await anna.cared_for()
    assert cared is not None
    assert cared > CARE_LASTS - MOMENT


async def test_a_yes_after_a_soft_word_answers_the_coach(anna: Talker) -> None:
    await anna.says(SOFTLY)
    await anna.person.sees(Concern)
    await anna.asks("Yes")


class SlowNet(SecondNet):
    """A net that is too slow for a person who waits, and fails once before it weighs."""

    def __init__(self, net: SecondNet) -> None:
        self._net = net
        self.asked = 0
        self.goes_on = asyncio.Event()

    @activity.defn
    async def weigh_text(self, text: TextToScreen) -> Weighing:
        if activity.info().is_local:
            raise TimeoutError
        await self._waits()
        return await self._net.weigh_text(text)

    @activity.defn
    async def weigh_answer(self, answer: AnswerToWeigh) -> Weighing:
        await self._waits()
        return await self._net.weigh_answer(answer)

    @activity.defn(name="safety.weigh_messages")
    async def weigh_messages(self, messages: MessagesToWeigh) -> Weighing:
        await self._waits()
        return await self._net.weigh_messages(messages)

    async def _waits(self) -> None:
        self.asked += 1
        if self.asked == 1:
            raise ConnectionError
        await self.goes_on.wait()


@pytest.fixture
async def slow(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts, bank: list[BankQuestion]
) -> AsyncIterator[tuple[People, SlowNet]]:
    assert parts.net is not None
    net = SlowNet(parts.net)
    served = Parts.on(pool, encryption(), bank, net=net)
    async with (
        People(own_namespace, pool) as people,
        workers_of(own_namespace.client, served, Engine(), sandbox=True),
    ):
        yield people, net


async def test_what_the_net_is_too_slow_for_is_answered_at_once_and_heard_late(slow: tuple[People, SlowNet]) -> None:
    people, net = slow
    assert danger_in(BY_NET_ALONE[Locale.EN]) is None
    talker = Talker(people)
    await talker.agrees()
    net.asked = 0
    await talker.asks(BY_NET_ALONE[Locale.EN])
    assert await talker.cared_for() is None
    # The talk goes on meanwhile.
    await talker.asks("The kettle is on.")
    net.goes_on.set()
    await talker.person.sees(CrisisSupport)
    asked = await talker.person.sees(SafetyQuestion)
    assert await talker.cared_for() is not None
    await talker.says_of_danger(asked, "misread")
    assert (await talker.person.sees(Notice)).code is NoticeCode.MISREAD
    assert await talker.cared_for() is None


async def test_an_answer_of_a_session_is_heard_late_as_well(slow: tuple[People, SlowNet]) -> None:
    people, net = slow
    person = people.person()
    await person.begins()
    await person.says(BY_NET_ALONE[Locale.EN])
    await person.sees(Question)
    net.goes_on.set()
    await person.sees(CrisisSupport)
    assert await people.pool.fetchval(
        "SELECT crisis IS NOT NULL FROM onboarding_system.answers WHERE user_ref = $1", person.user_ref
    )


async def test_words_that_are_kept_nowhere_are_heard_late_as_well(slow: tuple[People, SlowNet]) -> None:
    people, net = slow
    net.goes_on.set()
    person = people.person()
    await person.is_overheard(BY_NET_ALONE[Locale.EN])
    await person.sees(Notice)
    await person.sees(CrisisSupport)
    await person.sees(SafetyQuestion)


@pytest.mark.parametrize(("said", "lasts"), [(BY_RULES, SHORT_CARE_LASTS), (BY_NET_ALONE[Locale.EN], None)])
async def test_what_a_person_says_of_danger_in_a_session_the_coach_knows(
    people: People, said: str, lasts: timedelta | None
) -> None:
    talker = Talker(people)
    await talker.person.begins()
    await talker.person.says(said)
    await talker.person.taps("misread", (await talker.person.sees(SafetyQuestion)).nonce)
    await talker.person.sees(Notice)
    cared = await talker.cared_for()
    assert (cared and round(cared / timedelta(days=1))) == (lasts and lasts.days)
