"""Where a text is weighed: in the process that reads it, else in the one that holds the encoder, else nowhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import StrEnum

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment, TimeSkipper

from activities.safety.text_reader import TextReader
from schema.danger import Danger
from schema.deliveries import CrisisSupport, Question
from schema.encrypted_columns import CRISIS_HEARD
from schema.onboarding.bank import BankQuestion
from schema.safety.activities import AnswerToWeigh, MessagesToWeigh, SecondNet, TextToScreen, Weighing
from schema.vocabulary import CrisisKind, Locale
from tests.activities.test_database import Someone
from tests.keys import encryption, readable
from tests.people.person import People, Person
from workers.bootstrap import Parts
from workers.run import workers_of
from workers.settings import Engine
from workflows.safety.rules.levels import danger_in

BY_NET_ALONE = "He keeps my passport and my phone, and I may not leave the flat without him"
CRY = "I want to kill myself"


class Encoder(StrEnum):
    """Which process holds it."""

    AT_HAND = "at hand"
    ELSEWHERE = "elsewhere"
    AWAY = "away"


def holding(encoder: Encoder, parts: Parts, plain: Parts) -> Parts:
    """Parts of which the reader holds the encoder, another process does, or none."""
    match encoder:
        case Encoder.AT_HAND:
            return parts
        case Encoder.ELSEWHERE:
            return dataclasses.replace(plain, net=parts.net)
        case Encoder.AWAY:
            return plain


@pytest.fixture
def plain(pool: asyncpg.Pool, bank: list[BankQuestion]) -> Parts:
    """What workers without the encoder are made of."""
    return Parts.on(pool, encryption(), bank)


async def weighings(person: Person) -> Sequence[str]:
    """The activities of the net in the history of a session."""
    events = (await person.session.fetch_history()).events
    names = [e.activity_task_scheduled_event_attributes.activity_type.name for e in events]
    return [name for name in names if name.startswith("weigh")]


@pytest.mark.parametrize("encoder", list(Encoder))
async def test_who_waits_is_heard_by_the_net_wherever_it_is_and_by_rules_alone_when_it_is_away(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, parts: Parts, plain: Parts, encoder: Encoder
) -> None:
    assert danger_in(BY_NET_ALONE) is None
    async with (
        People(own_namespace, pool) as people,
        workers_of(own_namespace.client, holding(encoder, parts, plain), Engine(), sandbox=False),
    ):
        person = people.person()
        await person.begins()
        await person.says(BY_NET_ALONE)
        await person.sees(Question if encoder is Encoder.AWAY else CrisisSupport)
        # Nothing is scheduled for what the reading has told.
        assert await weighings(person) == ([] if encoder is Encoder.AT_HAND else ["weigh_answer"])


@pytest.mark.parametrize("encoder", [Encoder.AT_HAND, Encoder.ELSEWHERE])
async def test_a_danger_that_is_sure_is_kept_with_the_answer(
    parts: Parts, plain: Parts, pool: asyncpg.Pool, encoder: Encoder
) -> None:
    held = holding(encoder, parts, plain)
    assert held.net is not None
    told = {
        "We planted tomatoes with my daughter": None,
        CRY: CrisisKind.SELF_HARM,
        BY_NET_ALONE: CrisisKind.ABUSE,
    }
    for text, kept in told.items():
        someone = Someone(held)
        await someone.opens()
        recorded = someone.answer(text)
        reading = await held.sessions.record_answer(recorded)
        assert reading.weighed == (encoder is Encoder.AT_HAND)
        if not reading.weighed:
            answer = AnswerToWeigh(answer_id=recorded.answer_id, found=reading.danger)
            await ActivityEnvironment().run(held.net.weigh_answer, answer)
        rows = await pool.fetch("SELECT * FROM onboarding_system.answers WHERE answer_id = $1", recorded.answer_id)
        assert [row["crisis"] for row in await readable(rows, CRISIS_HEARD)] == [kept]


class Failing(SecondNet):
    """A net that tells nothing of a text."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def weigh_answer(self, answer: AnswerToWeigh) -> Weighing:
        raise self.error

    async def weigh_messages(self, messages: MessagesToWeigh) -> Weighing:
        raise self.error

    async def weigh_text(self, text: TextToScreen) -> Weighing:
        raise self.error


@pytest.mark.parametrize(("error", "weighed"), [(TimeoutError(), True), (ValueError(CRY), False)])
async def test_a_busy_or_broken_net_keeps_nobody_waiting_and_loses_no_answer(
    error: Exception, weighed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    reading = await TextReader(Failing(error)).read(CRY, Locale.EN)
    # A busy one is asked again beside the talk, so that danger is heard late rather than never.
    assert reading.overdue == weighed
    # Of a broken one operators hear: the workflow asks it once more, and its activity fails.
    assert reading.weighed == weighed
    assert reading.danger == Danger(kind=CrisisKind.SELF_HARM)
    assert reading.crisis is CrisisKind.SELF_HARM
    assert CRY not in caplog.text
    assert ("failed" in caplog.text) != weighed
