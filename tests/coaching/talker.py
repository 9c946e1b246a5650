"""People of tests who talk to the coach."""

from __future__ import annotations

import asyncio
import uuid
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowHandle

from activities.coaching.agreement_store import keep_proposal, proposal_of
from activities.coaching.care import DANGERS
from gateway.clients.onboarding import Hearer
from gateway.clients.visitor import Running
from schema.account.consent import TALKS_SINCE
from schema.coaching.agreements import StepAct
from schema.coaching.context import Step
from schema.coaching.deliveries import CoachReply, MemoryList, MemoryQuestion, OpenSteps, StepAgreed
from schema.coaching.marks import ReplyMark
from schema.coaching.messages import (
    ArrivedAtCoach,
    CoachLanguage,
    EditedMessage,
    MarkedReply,
    MemoryToCorrect,
    NewTopic,
    SafetyTap,
    SaidToCoach,
)
from schema.coaching.names import COACH_ID, FOLLOW_UP_ID, INSIGHT_DENIAL_ID
from schema.danger import SafetyReply
from schema.deliveries import Concern, Notice, SafetyQuestion
from schema.onboarding.messages import SessionSettings
from schema.vocabulary import CrisisKind, Locale
from tests.people.person import PATIENCE, People, Person
from tests.talks import talks_of
from workers.replay import first_difference
from workflows.coaching.conversation import CoachConversation
from workflows.coaching.follow_up import FollowUp


class Talker:
    """A person who talks to the coach."""

    def __init__(self, cast: People, locale: Locale = Locale.EN) -> None:
        self.person: Person = cast.person(locale)
        self._cast = cast
        requests = cast.requests(SessionSettings())
        self._coaching, self._onboarding = requests.coaching, requests.onboarding
        self.listing: Running[None] | None = None
        """What last showed them what is remembered."""

    @property
    def user_ref(self) -> str:
        """The name under which they are kept."""
        return self.person.user_ref

    @property
    def talk(self) -> WorkflowHandle[CoachConversation, None]:
        """Their conversation."""
        return self._cast.env.client.get_workflow_handle_for(CoachConversation.run, COACH_ID.of(self.user_ref))

    async def agrees(self) -> None:
        """Has agreed that what they say is kept, without a session."""
        await self._cast.pool.execute(
            "INSERT INTO onboarding_system.people (user_ref, locale, consented_at, consent_version)"
            " VALUES ($1, $2, now(), $3)",
            self.user_ref,
            self.person.locale,
            f"{TALKS_SINCE}/{self.person.locale}",
        )

    async def agrees_in_a_session(self) -> None:
        """Agrees, also to the companies of the models, and ends the session at once."""
        await self.person.begins()
        await self.person.stops()
        await self.person.outcome()

    async def says(self, text: str, *, update_id: str | None = None, **more: Any) -> str:
        """Writes to the coach, and does not wait; returns the update id."""
        said = SaidToCoach(
            update_id=update_id or uuid.uuid4().hex,
            text=text,
            channel=self.person.channel,
            locale=self.person.locale,
            **more,
        )
        with self._cast.clocks.stand_still():
            await self._coaching.say(self.person, said)
        return said.update_id

    async def asks(self, text: str) -> CoachReply:
        """Writes to the coach and reads the reply."""
        await self.says(text)
        return await self.person.sees(CoachReply)

    async def is_being_written_to(self) -> None:
        """Waits until a model is at work on a reply."""
        async with asyncio.timeout(PATIENCE):
            while not any(
                activity.activity_type.name == "coaching.reply" and activity.HasField("last_heartbeat_time")
                for activity in (await self.talk.describe()).raw_description.pending_activities
            ):
                await asyncio.sleep(0.05)

    async def is_proposed(self, what: str) -> str:
        """Has the coach's last reply propose a step; returns the agreement's id."""
        reply = next(m for m in reversed(self.person.seen) if isinstance(m, CoachReply))
        columns = self._cast.keys.columns
        await keep_proposal(self._cast.pool, columns, self.user_ref, reply.reply_id, Step(what=what))
        proposed = await proposal_of(self._cast.pool, columns, reply.reply_id)
        assert proposed is not None
        return proposed.agreement_id

    async def agrees_on(self, what: str) -> str:
        """Talks with the coach and agrees on a step; returns the agreement's id."""
        await self.asks(f"I think of this: {what}.")
        agreement_id = await self.is_proposed(what)
        await self.acts(agreement_id, StepAct.AGREE)
        await self.person.sees(StepAgreed)
        return agreement_id

    async def acts(self, agreement_id: str, act: StepAct, *, update_id: str | None = None) -> str:
        """Taps a button of a step; returns the update id."""
        update_id = update_id or uuid.uuid4().hex
        with self._cast.clocks.stand_still():
            await self._coaching.act_on_step(self.person, agreement_id, act, update_id)
        return update_id

    def follow_up(self, agreement_id: str) -> WorkflowHandle[FollowUp, None]:
        """What asks them how a step went."""
        workflow_id = FOLLOW_UP_ID.of(self.user_ref, agreement_id)
        return self._cast.env.client.get_workflow_handle_for(FollowUp.run, workflow_id)

    async def lists_steps(self) -> OpenSteps:
        """Asks for the open steps."""
        with self._cast.clocks.stand_still():
            await self._coaching.show_steps(self.person, uuid.uuid4().hex)
        return await self.person.sees(OpenSteps)

    async def lists_memories(self, *, page: int = 0, forget: str | None = None) -> MemoryList:
        """Asks for what is remembered, after something is forgotten."""
        with self._cast.clocks.stand_still():
            self.listing = await self._coaching.show_memories(
                self.person, uuid.uuid4().hex, page=page, forget=uuid.UUID(forget) if forget else None
            )
        return await self.person.sees(MemoryList)

    async def corrects(self, memory_id: str) -> MemoryQuestion:
        """Taps that a memory is to be put right."""
        await self.taps_on(memory_id)
        return await self.person.sees(MemoryQuestion)

    async def taps_on(self, memory_id: str | None) -> None:
        """Taps that a memory is to be put right, or left as it is."""
        tap = MemoryToCorrect(
            update_id=uuid.uuid4().hex,
            memory_id=uuid.UUID(memory_id) if memory_id else None,
            channel=self.person.channel,
            locale=self.person.locale,
        )
        with self._cast.clocks.stand_still():
            await self._coaching.correct_memory(self.person, tap)

    async def sets_contact(self, **change: Any) -> None:
        """Changes when they are written to unasked."""
        with self._cast.clocks.stand_still():
            await self._coaching.set_contact(self.person, uuid.uuid4().hex, **change)

    async def denies_insight(self, insight_id: str) -> WorkflowHandle[Any, Any]:
        """Says that an insight is not true."""
        with self._cast.clocks.stand_still():
            await self._coaching.deny_insight(self.person, insight_id, uuid.uuid4().hex)
        return self._cast.env.client.get_workflow_handle(INSIGHT_DENIAL_ID.of(self.user_ref, insight_id))

    async def edits(self, message_id: str, text: str) -> bool:
        """Edits a message."""
        edited = EditedMessage(update_id=uuid.uuid4().hex, message_id=message_id, text=text)
        return await self._coaching.edit(self.person, edited)

    async def marks(self, reply: CoachReply | None, mark: ReplyMark, *, update_id: str | None = None) -> str:
        """Taps a button under a reply, or of one that is not there; returns the update id."""
        marked = MarkedReply(
            update_id=update_id or uuid.uuid4().hex,
            reply_id=uuid.UUID(reply.reply_id) if reply else uuid.uuid4(),
            mark=mark,
            channel=self.person.channel,
            locale=self.person.locale,
        )
        with self._cast.clocks.stand_still():
            await self._coaching.mark(self.person, marked)
        return marked.update_id

    async def says_of_danger(
        self, asked: SafetyQuestion | Concern, answer: SafetyReply, crisis: CrisisKind | None = None
    ) -> None:
        """Taps a button under what the coach said of danger in their words."""
        assert asked.reply_id is not None
        tap = SafetyTap(
            update_id=uuid.uuid4().hex,
            reply_id=uuid.UUID(asked.reply_id),
            answer=answer,
            crisis=crisis,
            channel=self.person.channel,
            locale=self.person.locale,
        )
        with self._cast.clocks.stand_still():
            await self._coaching.answer_safety(self.person, tap)

    async def cared_for(self) -> timedelta | None:
        """How long the coach is careful from now on; None when it is not."""
        left: timedelta | None = await self._cast.pool.fetchval(
            f"SELECT max(care_until) - now() FROM ({DANGERS}) AS dangers", self.user_ref
        )
        return left if left and left > timedelta(0) else None

    async def hearer(self) -> Hearer:
        """Who would hear a text of theirs now."""
        return await self._onboarding.hearer(self.person)

    async def chooses_language(self, locale: Locale) -> None:
        """Chooses a language while the coach is awake."""
        assert await self._coaching.choose_language(self.person, CoachLanguage(locale=locale))

    async def is_welcomed(self) -> bool:
        """Comes back to a terminal. Returns False if they have not come to the end of a session yet."""
        return await self._coaching.welcome(self.person, ArrivedAtCoach(channel=self.person.channel))

    async def begins_topic(self) -> Notice:
        """Begins another conversation."""
        with self._cast.clocks.stand_still():
            topic = NewTopic(update_id=uuid.uuid4().hex, channel=self.person.channel, locale=self.person.locale)
            await self._coaching.begin_topic(self.person, topic)
        return await self.person.sees(Notice)

    async def is_silent_for(self, time: timedelta) -> None:
        """Lets time pass."""
        await self._cast.env.fast_forward(self.talk, time)

    async def replays(self) -> bool:
        """Whether the history of the talk replays on today's code."""
        history = await self.talk.fetch_history()
        return await first_difference(history, self._cast.env.client.data_converter) is None

    async def kept(self) -> list[tuple[str, str]]:
        """What the database keeps of the talks: who said what, conversation by conversation."""
        talks = await talks_of(self._cast.pool, self.user_ref, self._cast.keys)
        return [said for talk in talks for said in talk]
