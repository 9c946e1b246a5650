"""Insights across answers and talks: found when there is enough, once, in the person's words, and gone when denied."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from activities.coaching.insights.newness import is_new
from activities.coaching.insights.store import Insights
from activities.coaching.memory.store import Memories
from activities.coaching.recall.profile import WhoTheyAre
from activities.safety.second_net import Net
from schema.coaching.activities import MessagesToHear, MessageToKeep, ReplyToPrepare, WordsToRemember
from schema.coaching.insights import (
    Insight,
    InsightDenied,
    InsightSettings,
    InsightsShown,
    InsightToSeek,
    LookToClaim,
)
from schema.deliveries import Insights as ShownInsights
from schema.deliveries import Notice, NoticeCode
from schema.vocabulary import Locale
from tests.activities.test_database import Someone
from tests.coaching.talker import Talker
from tests.keys import encryption
from tests.people.person import People, at_rest
from workers.bootstrap import Parts

MONDAY = datetime(2026, 3, 2, 18, tzinfo=UTC)
DAY = timedelta(days=1)
FEW = InsightSettings(fresh_texts=4)

AT_WORK = "I hardly slept because of work again, it was horrible."
WEEK = [
    (MONDAY, AT_WORK),
    (MONDAY, "The garden was full of birds this morning."),
    (MONDAY + DAY, "My boss moved the deadline at work and I felt awful."),
    (MONDAY + DAY, "Tomorrow I will repair the old bicycle."),
]


class Somebody:
    """A person with talks, straight on the stores."""

    def __init__(self, parts: Parts, locale: Locale = Locale.EN) -> None:
        self.parts = parts
        self.locale = locale
        self.known = Someone(parts)
        self.user_ref = self.known.user_ref
        self.said = 0

    async def says(self, texts: Sequence[tuple[datetime, str]]) -> str:
        """Says something at a time; returns the id of the last reply."""
        reply_id = ""
        for at, text in texts:
            self.said += 1
            reply_id = str(uuid.uuid4())
            message = MessageToKeep(update_id=str(self.said), text=text, said_at=at + timedelta(minutes=self.said))
            heard = MessagesToHear(user_ref=self.user_ref, reply_id=reply_id, messages=[message], locale=self.locale)
            assert (await self.parts.conversations.hear(heard)).known
        return reply_id

    async def is_looked_at(self, now: datetime, look_id: str | None = None) -> bool | None:
        """Looks for an insight if it is time; None where it is not, else whether one was found."""
        look_id = look_id or str(uuid.uuid4())
        claim = LookToClaim(user_ref=self.user_ref, look_id=look_id, now=now, settings=FEW)
        if not (await self.parts.insights.claim_look(claim)).due:
            return None
        look = InsightToSeek(user_ref=self.user_ref, look_id=look_id, now=now, locale=self.locale)
        return (await self.parts.seeking.seek(look)).found

    async def sees(self) -> list[Insight]:
        """The insights that stand."""
        shown = InsightsShown(user_ref=self.user_ref, shown_at=MONDAY + 2 * DAY)
        return (await self.parts.insights.show(shown)).insights


@pytest.fixture
async def ben(parts: Parts) -> Somebody:
    """Somebody who has agreed that their talks are kept."""
    somebody = Somebody(parts)
    await somebody.known.opens()
    return somebody


async def test_an_insight_comes_after_enough_was_said_and_is_told_of_once_and_denied(
    anna: Talker, people: People
) -> None:
    for text in [AT_WORK, "I like the garden best in spring.", "My cat sleeps on the warm radiator.", "We had soup."]:
        await anna.asks(text)
    await anna.is_silent_for(timedelta(hours=20))
    await anna.asks("The bus was late and full of tourists.")
    await at_rest(anna.talk)
    await anna.is_silent_for(timedelta(hours=20))
    await at_rest(anna.talk)
    # Little was said so far.
    assert (
        await people.pool.fetchval("SELECT count(*) FROM coach_system.insight_looks WHERE user_ref = $1", anna.user_ref)
        == 0
    )
    for text in [
        "My boss moved the deadline at work and I felt awful.",
        "I repaired the old bicycle in the evening.",
        "There was a strange moon over the roofs.",
        "I read two chapters of a novel.",
    ]:
        assert not (await anna.asks(text)).insight_waits
    await at_rest(anna.talk)
    await anna.is_silent_for(timedelta(minutes=6))
    await at_rest(anna.talk)
    assert [(await anna.asks(text)).insight_waits for text in ("Good evening to you.", "It rains.")] == [True, False]
    await anna.person.asks_for_profile("insights")
    (found,) = (await anna.person.sees(ShownInsights)).connections
    assert found.text == (
        "When you spoke of your work, your words were heavy on both days. "
        "What do these two moments have in common, as you see it?"
    )
    assert [quote.words for quote in found.quotes] == [
        AT_WORK.rstrip("."),
        "My boss moved the deadline at work and I felt awful",
    ]
    first, second = (quote.said_at.date() for quote in found.quotes)
    assert first < second
    await anna.denies_insight(found.insight_id)
    assert (await anna.person.sees(Notice)).code is NoticeCode.INSIGHT_DENIED
    await anna.person.asks_for_profile("insights")
    assert (await anna.person.sees(ShownInsights)).connections == []


async def test_the_clock_alone_is_no_reason_to_look_nor_are_many_texts_of_one_day(ben: Somebody) -> None:
    await ben.says(WEEK[:2] * 3)
    assert await ben.is_looked_at(MONDAY + 30 * DAY) is None
    await ben.says(WEEK[2:])
    look_id = str(uuid.uuid4())
    assert await ben.is_looked_at(MONDAY + 2 * DAY, look_id) is True
    # The same look, after its worker was lost.
    assert await ben.is_looked_at(MONDAY + 2 * DAY, look_id) is True
    assert len(await ben.sees()) == 1
    # All of it was looked at.
    assert await ben.is_looked_at(MONDAY + 30 * DAY) is None


async def test_what_was_found_or_denied_is_not_found_again(ben: Somebody) -> None:
    await ben.says(WEEK)
    assert await ben.is_looked_at(MONDAY + 2 * DAY)
    (found,) = await ben.sees()
    denied = InsightDenied(user_ref=ben.user_ref, insight_id=found.insight_id, denied_at=MONDAY + 2 * DAY)
    assert await ben.parts.insights.deny(denied)
    assert not await ben.parts.insights.deny(denied.model_copy(update={"user_ref": "somebodyelse"}))
    await ben.says([(at + 7 * DAY, text) for at, text in WEEK])
    assert await ben.is_looked_at(MONDAY + 9 * DAY) is False
    assert await ben.sees() == []


async def test_nothing_is_looked_for_within_a_week_of_a_danger_and_none_rests_on_one(ben: Somebody) -> None:
    await ben.says([*WEEK, (MONDAY + DAY, "At work I want to kill myself.")])
    assert await ben.is_looked_at(MONDAY + 2 * DAY) is None
    assert await ben.is_looked_at(MONDAY + 9 * DAY) is True
    (found,) = await ben.sees()
    assert not any("kill" in quote.words for quote in found.quotes)


async def test_an_insight_goes_with_the_words_that_are_forgotten(ben: Somebody, pool: asyncpg.Pool) -> None:
    await ben.says(WEEK)
    assert await ben.is_looked_at(MONDAY + 2 * DAY)
    asked = "Please forget what I said about my boss."
    await ben.parts.conversations.recall(to_write(ben, await ben.says([(MONDAY + 3 * DAY, asked)])))
    kept = "SELECT count(*) FROM coach_system.insights WHERE user_ref = $1"
    assert await pool.fetchval(kept, ben.user_ref) == 0


async def test_what_must_not_be_brought_up_is_in_none(ben: Somebody) -> None:
    reply_id = await ben.says([*WEEK, (MONDAY + DAY, "Please don't talk to me about work.")])
    words = WordsToRemember(user_ref=ben.user_ref, reply_id=reply_id, locale=ben.locale)
    assert (await ben.parts.memory.remember(words)).changes
    assert await ben.is_looked_at(MONDAY + 2 * DAY) is False


async def test_the_coach_has_in_mind_what_the_person_has_seen_and_not_denied(ben: Somebody, pool: asyncpg.Pool) -> None:
    await ben.says(WEEK)
    assert await ben.is_looked_at(MONDAY + 2 * DAY)
    columns = encryption().columns
    who = WhoTheyAre(ben.parts.profiles, Insights(pool, columns, None), Memories(pool, columns, None), 400)
    reply = to_write(ben, await ben.says([(MONDAY + 3 * DAY, "And what now?")]))
    assert (await who.choose(reply)).ids == []
    (found,) = await ben.sees()
    chosen = await who.choose(reply)
    assert chosen.ids == [found.insight_id]
    assert (await who.read(reply, chosen.ids))["profile"] == [found.text]
    await ben.parts.insights.deny(
        InsightDenied(user_ref=ben.user_ref, insight_id=found.insight_id, denied_at=MONDAY + 3 * DAY)
    )
    assert (await who.read(reply, chosen.ids))["profile"] == []


def to_write(ben: Somebody, reply_id: str) -> ReplyToPrepare:
    """A reply that is to be written."""
    return ReplyToPrepare(
        user_ref=ben.user_ref, conversation_id=str(uuid.uuid4()), reply_id=reply_id, locale=ben.locale
    )


SAME = {
    Locale.EN: [
        ("carries other people's worries alone", "takes on everybody's worries without sharing them"),
        ("waits until others notice their need", "hopes that others see what they need without being told"),
        ("work goes better after talking to someone", "talking it over makes work easier"),
        (
            "silence with the brother before holidays",
            "before holidays the quiet between them and their brother is back",
        ),
        ("sleep is lost before decisions", "cannot sleep when a choice has to be made"),
        ("plans start big and end after a week", "big beginnings that fade within days"),
        ("says yes first and regrets it later", "agrees at once, then is sorry"),
        ("feels most alive making things by hand", "comes alive when building something with their hands"),
    ],
    Locale.RU: [
        ("несёт чужие тревоги без помощи", "берёт на себя переживания всех вокруг и ни с кем не делит"),
        ("ждёт, что другие сами заметят", "надеется, что близкие увидят без слов"),
        ("работа идёт легче после разговора", "когда есть с кем обсудить, работать проще"),
        ("молчание с братом возвращается перед праздниками", "перед праздниками с братом снова тишина"),
        ("сон пропадает перед решениями", "не спится, когда надо выбирать"),
        ("большие планы заканчиваются через неделю", "крупные начинания гаснут за несколько дней"),
        ("сначала согласие, потом сожаление", "соглашается сразу, а потом жалеет"),
        ("оживает, когда делает что-то руками", "больше всего жизни в том, что сделано своими руками"),
    ],
}


@pytest.mark.parametrize(("locale", "meaning", "words"), [(Locale.EN, 7, 2), (Locale.RU, 6, 1)])
async def test_most_of_what_means_the_same_is_not_new_and_what_means_something_else_is(
    net: Net, locale: Locale, meaning: int, words: int
) -> None:
    pairs = SAME[locale]
    for meanings, found in ((net, meaning), (None, words)):
        assert sum([not await is_new(one, [other], meanings) for one, other in pairs]) >= found
        for at, (one, _) in enumerate(pairs):
            others = [text for pair in pairs[:at] + pairs[at + 1 :] for text in pair]
            assert await is_new(one, others, meanings)
