"""What the people of the chaos say to the coach, what they agree on, and what must have become of it."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from gateway.presentation.texts.texts import Texts
from schema.coaching.marks import ReplyMark
from schema.encrypted_columns import MEMORY, SAID
from schema.vocabulary import Locale
from tests.aimock import HERE
from tests.chaos.backstage import AWAY, Backstage
from tests.keys import readable
from tests.telegram.bot_api import BotMessage, Person
from workers.process_encryption import Encryption

TEXTS = Texts(Locale.EN)
SETTLES_WITHIN = 30
"""Seconds within which what runs in the background is to be done."""
FACTS: list[str] = [
    change["text"]
    for fixture in json.loads((HERE / "wire" / "facts.json").read_text(encoding="utf-8"))["fixtures"]
    for change in fixture["response"]["content"].get("changes", [])
]
"""What people tell: the models of the wire remember each when they read its number, the offline rules by its words."""

# What the coach says is sent again once when nobody knows whether it came.
_SENT_AGAIN = """
    SELECT count(*) FROM telegram_system.sends
    WHERE in_doubt AND user_ref = $1 AND delivery_key LIKE $2 AND part = 0
"""
_UNREMEMBERED = """
    SELECT count(*) FROM coach_system.messages WHERE speaker = 'person' AND remembered_by IS NULL AND crisis IS NULL
"""
_UNINDEXED = "SELECT count(*) FROM profiles_store.indexed_answers WHERE waits_since IS NOT NULL"


class CoachedPerson:
    """Somebody who talks to the coach, agrees on a step, and tells how it went."""

    def __init__(self, number: int, phone: Person, chance: random.Random) -> None:
        self.number = number
        self.phone = phone
        self.texts: list[str] = []
        self.facts: list[str] = []
        """What they told of what is to be remembered."""
        self.stage = "not with the coach"
        self.agreed = False
        """Whether they agreed on a step."""
        self._chance = chance

    @property
    def replies(self) -> list[BotMessage]:
        """The coach's replies on the screen: each has, or has had, a button that ends the day."""
        enough = TEXTS.say(f"choice-reply-{ReplyMark.ENOUGH}")
        return [
            message
            for message in self.phone.screen
            if any(
                button["text"] == enough
                for keys in [message.keyboard, *message.keyboards]
                for r in keys
                for button in r
            )
        ]

    def times_asked(self) -> int:
        """How often they were asked how a step went."""
        begin = TEXTS.say("step-question", what="").partition("“")[0]
        return sum(message.words.startswith(begin) for message in self.phone.screen)

    async def talks(self, texts: int, backstage: Backstage, *, agrees: bool) -> None:
        """Ends the session, says so many things to the coach, and agrees on a step."""
        await self.ends_session()
        for said in range(texts):
            self.stage = f"waits for reply {said}"
            shown = len(self.replies)
            await self.tells_a_fact()
            if self._chance.random() < 0.3:
                await asyncio.sleep(self._chance.random() * 3)
                await self._writes(f"We had soup for lunch. ({said} of person {self.number})")
            await self.sees_more_than(shown)
        if agrees:
            await self.is_proposed_a_step(backstage)
            await self.agrees()
            await self.is_asked()
            await self.tells_that_it_worked()
        self.stage = "done"

    async def ends_session(self) -> None:
        """Has had enough of questions."""
        self.stage = "ends the session"
        await self.phone.writes("/stop")
        # With few answers there is no portrait.
        await _until(lambda: any(self._sees(TEXTS.say(end)) for end in ("coach-invitation", "goodbye-stopped")))

    async def tells_a_fact(self) -> None:
        """Tells the coach something that is to be remembered."""
        fact = FACTS[len(self.facts)]
        await self._writes(f"{fact}. ({len(self.facts)} of person {self.number})")
        self.facts.append(fact)

    async def sees_more_than(self, replies: int) -> None:
        """Waits for another reply."""
        await _until(lambda: len(self.replies) > replies)

    async def sees_more_drafts_than(self, drafts: int) -> None:
        """Waits until a reply is shown while it is written."""
        await _until(lambda: len(self.phone.drafts) > drafts)

    async def is_proposed_a_step(self, backstage: Backstage) -> None:
        """Sees a step that a reply proposes. They will be asked about it within seconds."""
        self.stage = "waits for a proposal"
        await _until(lambda: self._offers("choice-step-agree"))
        await backstage.hurries(self.phone)

    async def agrees(self) -> None:
        """Agrees on the step."""
        self.agreed = True
        await self.phone.taps(TEXTS.say("choice-step-agree"))

    async def is_asked(self) -> None:
        """Waits for the question how the step went."""
        self.stage = "waits to be asked about the step"
        await _until(lambda: self.times_asked() > 0)

    async def tells_that_it_worked(self) -> None:
        """Answers how the step went."""
        await self.phone.taps(TEXTS.say("choice-step-worked"))

    async def _writes(self, text: str) -> None:
        self.texts.append(text)
        await self.phone.writes(text)

    def _sees(self, words: str) -> bool:
        return any(words in message.words for message in self.phone.screen)

    def _offers(self, choice: str) -> bool:
        return any(TEXTS.say(choice) in row for message in self.phone.screen for row in message.buttons)


async def _until(happens: Callable[[], bool]) -> None:
    while not happens():
        await asyncio.sleep(0.05)


async def coach_findings(
    backstage: Backstage, keys: Encryption, people: Sequence[CoachedPerson], told: Counter[str]
) -> list[str]:
    """What the coach lost, doubled, or never answered. Counts in `told` what became of it, once or twice by policy."""
    pool, counts = backstage.pool, Counter[str]()
    said = await readable(await pool.fetch("SELECT * FROM coach_system.messages"), SAID, by=keys)
    kept = Counter(row["text"] for row in said if row["speaker"] == "person")
    replies = Counter(row["user_ref"] for row in said if row["speaker"] == "coach")
    memories = await readable(
        await pool.fetch("SELECT * FROM coach_system.memories WHERE closed_at IS NULL"), MEMORY, by=keys
    )
    remembered = Counter((row["user_ref"], row["text"]) for row in memories)
    wrong = [f"kept {kept[text]} times: {text!r}" for person in people for text in person.texts if kept[text] != 1]
    answered = {row["message_id"] for row in said if row["speaker"] == "coach"}
    wrong += [
        f"unanswered: {row['text']!r}{', which was heard as danger' if row['crisis'] else ''}"
        for row in said
        if row["speaker"] == "person" and row["reply_id"] not in answered
    ]
    for person in people:
        ref = backstage.ref(person.phone)
        for what, key, shown, meant in (
            ("replies", "coach:%", len(person.replies), replies[ref]),
            ("questions about steps", "followup:%", person.times_asked(), int(person.agreed)),
        ):
            again = await pool.fetchval(_SENT_AGAIN, ref, key)
            if not meant <= shown <= meant + again:
                wrong.append(f"person {person.number} saw {shown} {what} of {meant}, {again} of them sent again")
            counts[f"{what} seen"] += shown
            counts[f"{what} seen twice"] += max(0, shown - meant)
        wrong += [
            f"person {person.number} is remembered {remembered[ref, fact]} times: {fact!r}"
            for fact in person.facts
            if remembered[ref, fact] != 1
        ]
        counts["remembered once"] += sum(remembered[ref, fact] == 1 for fact in person.facts)
    wrong += [f"remembered {times} times: {text!r}" for (_, text), times in remembered.items() if times > 1]
    counts["messages"], counts["replies"] = kept.total(), replies.total()
    counts.update(f"replies by {row['coach']}" for row in said if row["coach"])
    agreed = [backstage.ref(person.phone) for person in people if person.agreed]
    worked = await pool.fetchval(
        "SELECT count(*) FROM coach_system.agreements WHERE status = 'worked' AND user_ref = ANY ($1)", agreed
    )
    counts["steps"] = worked
    for count, what in (
        (await pool.fetchval(_UNREMEMBERED), "messages that nobody read for memories"),
        (await pool.fetchval(_UNINDEXED), "answers that wait for a vector"),
        (len(agreed) - worked, "steps of which the outcome was lost"),
    ):
        if count:
            wrong.append(f"{count} {what}")
    told |= counts
    return wrong


async def what_went_wrong(
    backstage: Backstage, keys: Encryption, people: Sequence[CoachedPerson], told: Counter[str]
) -> list[str]:
    """`coach_findings` once there are none, or after a while."""
    return await settled(lambda: coach_findings(backstage, keys, people, told))


async def settled(findings: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """What is found once nothing is wrong, or after a while: what runs in the background may still be on its way."""
    wrong = ["the database never came back"]
    with suppress(TimeoutError):
        async with asyncio.timeout(SETTLES_WITHIN):
            while wrong:
                with suppress(*AWAY):
                    wrong = await findings()
                await asyncio.sleep(1 if wrong else 0)
    return wrong
