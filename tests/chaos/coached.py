"""What the people of the chaos say to the coach, what they agree on, and what must have become of it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import asyncpg
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from gateway.presentation.texts.texts import Texts
from schema.channel_queues import TELEGRAM_QUEUE
from schema.coaching.agreements import FollowUpSettings, StartFollowUp
from schema.coaching.marks import ReplyMark
from schema.coaching.names import FOLLOW_UP_ID
from schema.encrypted_columns import MEMORY, SAID
from schema.identity import user_ref
from schema.onboarding.names import TASK_QUEUE
from schema.person import Channel
from schema.vocabulary import Locale
from tests.keys import readable
from tests.telegram.bot_api import BotMessage, Person
from workers.process_encryption import Encryption
from workflows.coaching.follow_up import FollowUp

TEXTS = Texts(Locale.EN)
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, RPCError)
_SOON = timedelta(seconds=3)

# A send whose outcome stayed unknown is made again: that is the policy of the ledger for what a person waits for.
_DOUBTS = """
    SELECT count(*) FROM telegram_system.sends WHERE user_ref = $1 AND delivery_key LIKE $2
        AND (in_doubt OR state IN ('sending', 'unknown'))
"""
_UNANSWERED = """
    SELECT count(*) FROM coach_system.messages m WHERE speaker = 'person'
        AND NOT EXISTS (SELECT FROM coach_system.messages r WHERE r.message_id = m.reply_id AND r.speaker = 'coach')
"""
_UNREMEMBERED = """
    SELECT count(*) FROM coach_system.messages WHERE speaker = 'person' AND remembered_by IS NULL AND crisis IS NULL
"""


class Backstage:
    """What a test does that no person can: it has steps asked about within seconds instead of days, at any hour."""

    def __init__(self, pool: asyncpg.Pool, client: Client, pepper: SecretStr) -> None:
        self.pool = pool
        self._client = client
        self._pepper = pepper

    def ref(self, phone: Person) -> str:
        """The name under which somebody is kept."""
        return user_ref(self._pepper, f"telegram:{phone.id}")

    async def hurries(self, phone: Person) -> None:
        """Starts what follows up each step that was proposed to somebody, before they agree. It never gives up."""
        ref = self.ref(phone)
        while True:
            with suppress(*AWAY):
                await self.pool.execute(
                    "INSERT INTO coach_system.contact_preferences (user_ref, time_zone, wakes_at, sleeps_at)"
                    " VALUES ($1, 'Etc/UTC', 0, 24) ON CONFLICT DO NOTHING",
                    ref,
                )
                rows = await self.pool.fetch(
                    "SELECT agreement_id FROM coach_system.agreements WHERE user_ref = $1 AND status = 'proposed'", ref
                )
                for row in rows:
                    await self._client.start_workflow(
                        FollowUp.run,
                        StartFollowUp(
                            user_ref=ref,
                            channel=Channel(task_queue=TELEGRAM_QUEUE, address=str(phone.id)),
                            locale=Locale.EN,
                            agreement_id=str(row["agreement_id"]),
                            settings=FollowUpSettings(asks_after=_SOON, tries_again_after=_SOON),
                        ),
                        id=FOLLOW_UP_ID.of(ref, str(row["agreement_id"])),
                        task_queue=TASK_QUEUE,
                        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                        task_timeout=timedelta(seconds=2),
                    )
                return
            await asyncio.sleep(0.5)


class CoachedPerson:
    """Somebody who talks to the coach, agrees on a step, and tells how it went."""

    def __init__(self, number: int, phone: Person, chance: random.Random) -> None:
        self.number = number
        self.phone = phone
        self.texts: list[str] = []
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
            await self.writes(f"My brother Pavel lives in Kazan. ({self.number}, {said})")
            if self._chance.random() < 0.3:
                await asyncio.sleep(self._chance.random() * 3)
                await self.writes(f"I keep putting off a call to him. ({self.number}, {said}, more)")
            await self.sees_more_than(shown)
        if agrees:
            await self.agrees(backstage)
            await _until(lambda: self.times_asked() > 0)
            await self.tells_that_it_worked()
        self.stage = "done"

    async def ends_session(self) -> None:
        """Has had enough of questions."""
        self.stage = "ends the session"
        await self.phone.writes("/stop")
        # With few answers there is no portrait.
        await _until(lambda: any(self._sees(TEXTS.say(end)) for end in ("coach-invitation", "goodbye-stopped")))

    async def writes(self, text: str) -> None:
        """Says something to the coach."""
        self.texts.append(text)
        await self.phone.writes(text)

    async def sees_more_than(self, replies: int) -> None:
        """Waits for another reply."""
        await _until(lambda: len(self.replies) > replies)

    async def sees_more_drafts_than(self, drafts: int) -> None:
        """Waits until a reply is shown while it is written."""
        await _until(lambda: len(self.phone.drafts) > drafts)

    async def agrees(self, backstage: Backstage) -> None:
        """Agrees on the step that a reply proposes, and is to be asked about it within seconds."""
        self.stage = "waits for a proposal"
        await _until(lambda: self._offers("choice-step-agree"))
        await backstage.hurries(self.phone)
        self.stage, self.agreed = "waits to be asked about the step", True
        await self.phone.taps(TEXTS.say("choice-step-agree"))

    async def tells_that_it_worked(self) -> None:
        """Answers how the step went."""
        await self.phone.taps(TEXTS.say("choice-step-worked"))

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
    """What the coach lost, doubled, or never answered. Counts in `told` what came twice by the ledger's policy."""
    pool = backstage.pool
    said = await readable(await pool.fetch("SELECT * FROM coach_system.messages"), SAID, by=keys)
    kept = Counter(row["text"] for row in said if row["speaker"] == "person")
    replies = Counter(row["user_ref"] for row in said if row["speaker"] == "coach")
    wrong = [f"kept {kept[text]} times: {text!r}" for person in people for text in person.texts if kept[text] != 1]
    doubled = {"replies": 0, "questions about steps": 0}
    for person in people:
        ref = backstage.ref(person.phone)
        for what, key, shown, meant in (
            ("replies", "coach:%", len(person.replies), replies[ref]),
            ("questions about steps", "followup:%", person.times_asked(), int(person.agreed)),
        ):
            doubts = await pool.fetchval(_DOUBTS, ref, key)
            if not meant <= shown <= meant + doubts:
                wrong.append(f"person {person.number} saw {shown} {what} of {meant}, {doubts} of them in doubt")
            doubled[what] += max(0, shown - meant)
    told |= {f"again after a doubt: {what}": times for what, times in doubled.items()}
    told["replies"] = replies.total()
    memories = await readable(
        await pool.fetch("SELECT * FROM coach_system.memories WHERE closed_at IS NULL"), MEMORY, by=keys
    )
    twice = Counter((row["user_ref"], row["text"]) for row in memories)
    wrong += [f"remembered {times} times: {text!r}" for (_, text), times in twice.items() if times > 1]
    told["memories"] = len(memories)
    agreed = [backstage.ref(person.phone) for person in people if person.agreed]
    worked = await pool.fetchval(
        "SELECT count(*) FROM coach_system.agreements WHERE status = 'worked' AND user_ref = ANY ($1)", agreed
    )
    for count, what in (
        (await pool.fetchval(_UNANSWERED), "messages unanswered"),
        (await pool.fetchval(_UNREMEMBERED), "messages that nobody read for memories"),
        (len(agreed) - worked, "steps of which the outcome was lost"),
    ):
        if count:
            wrong.append(f"{count} {what}")
    return wrong
