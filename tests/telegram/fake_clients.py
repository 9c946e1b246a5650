"""Clients without servers: they note what a channel asked for, and answer as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gateway.clients.account import AccountClient
from gateway.clients.clients import Clients
from gateway.clients.coaching import CoachingClient
from gateway.clients.onboarding import Hearer, OnboardingClient
from gateway.clients.profile import ProfileClient
from gateway.clients.safety import SafetyClient
from gateway.clients.visitor import Running, Visitor
from gateway.clients.voice import VoiceClient
from gateway.erasures import Erasure
from schema.coaching.agreements import HoursAwake, StepAct
from schema.coaching.messages import (
    ArrivedAtCoach,
    CoachLanguage,
    EditedMessage,
    MarkedReply,
    MemoryToCorrect,
    NewTopic,
    ReplyStopped,
    SaidToCoach,
)
from schema.onboarding.messages import (
    ConsentAnswer,
    EditedAnswer,
    Gesture,
    LanguageChoice,
    SessionOutcome,
    SkipRequest,
    SubmittedAnswer,
)
from schema.profile.layers import ValueName
from schema.profile.messages import View
from schema.profile_vocabulary import Theme
from schema.safety.messages import Overheard, SafetyAnswer
from schema.vocabulary import CrisisKind, Status
from schema.voice.messages import Mending, SpokenMessage, WrittenMessage


class Done(Running[None]):
    """What has been done."""

    async def result(self) -> None:
        """Nothing."""


class Ended(Running[SessionOutcome]):
    """A session that is over."""

    async def result(self) -> SessionOutcome:
        """How it ended."""
        return SessionOutcome(status=Status.COMPLETED, answers=0, analysed=0, deferred=0)


@dataclass
class Asked:
    """What was asked of all clients, in order, and how they answer."""

    calls: list[tuple[str, object]] = field(default_factory=list)
    """The name of what was asked for, and what was said with it."""
    session_open: bool = True
    hearer: Hearer | None = None
    """Who hears a text; None for the session, if one is open."""
    coach_awake: bool = True
    """Whether the coach hears of an edit."""
    erasure: Erasure | None = None
    voice_under_way: bool = False
    failure: Exception | None = None
    """What every call fails with, when there is one."""

    def clients(self) -> Clients:
        """Clients that ask here."""
        return Clients(
            *(FakeOnboarding(self), FakeCoaching(self), FakeProfile(self), FakeAccount(self), FakeSafety(self)),
            voice=FakeVoice(self),
        )

    def note(self, name: str, said: object = None) -> bool:
        """Notes a call; whether a session is open."""
        if self.failure:
            raise self.failure
        self.calls.append((name, said))
        return self.session_open


class FakeOnboarding(OnboardingClient):
    """Sessions."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def arrive(self, visitor: Visitor, update_id: str | None = None) -> Running[SessionOutcome]:
        self._asked.note("arrive", update_id)
        return Ended()

    async def is_open(self, visitor: Visitor) -> bool:
        return self._asked.session_open

    async def hearer(self, visitor: Visitor) -> Hearer:
        return self._asked.hearer or (Hearer.SESSION if self._asked.session_open else Hearer.COACH)

    async def answer_consent(self, visitor: Visitor, answer: ConsentAnswer) -> bool:
        return self._asked.note("answer_consent", answer)

    async def submit_answer(self, visitor: Visitor, answer: SubmittedAnswer) -> bool:
        return self._asked.note("submit_answer", answer)

    async def edit_answer(self, visitor: Visitor, edited: EditedAnswer) -> bool:
        return self._asked.note("edit_answer", edited)

    async def skip(self, visitor: Visitor, request: SkipRequest) -> bool:
        return self._asked.note("skip", request)

    async def pause(self, visitor: Visitor, gesture: Gesture) -> bool:
        return self._asked.note("pause", gesture)

    async def resume(self, visitor: Visitor, gesture: Gesture) -> bool:
        return self._asked.note("resume", gesture)

    async def go_on(self, visitor: Visitor, gesture: Gesture) -> bool:
        return self._asked.note("go_on", gesture)

    async def stop(self, visitor: Visitor, gesture: Gesture) -> bool:
        return self._asked.note("stop", gesture)

    async def answer_safety(self, visitor: Visitor, answer: SafetyAnswer) -> bool:
        return self._asked.note("answer_safety", answer)

    async def choose_language(self, visitor: Visitor, choice: LanguageChoice) -> bool:
        return self._asked.note("choose_language", choice)


class FakeCoaching(CoachingClient):
    """The coach."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def say(self, visitor: Visitor, said: SaidToCoach) -> None:
        self._asked.note("say", said)

    async def edit(self, visitor: Visitor, edited: EditedMessage) -> bool:
        self._asked.note("edit", edited)
        return self._asked.coach_awake

    async def choose_language(self, visitor: Visitor, choice: CoachLanguage) -> bool:
        # The bot tells a coach who is awake beside the session; that is no question of its own.
        return self._asked.coach_awake

    async def mark(self, visitor: Visitor, marked: MarkedReply) -> None:
        self._asked.note("mark", marked)

    async def welcome(self, visitor: Visitor, arrived: ArrivedAtCoach) -> bool:
        return self._asked.note("welcome", arrived)

    async def begin_topic(self, visitor: Visitor, topic: NewTopic) -> None:
        self._asked.note("begin_topic", topic)

    async def stop(self, visitor: Visitor, stopped: ReplyStopped) -> None:
        self._asked.note("stop_reply", stopped)

    async def act_on_step(self, visitor: Visitor, agreement_id: str, act: StepAct, update_id: str) -> None:
        self._asked.note("act_on_step", (agreement_id, act))

    async def deny_insight(self, visitor: Visitor, insight_id: str, update_id: str) -> Running[None]:
        self._asked.note("deny_insight", insight_id)
        return Done()

    async def show_steps(self, visitor: Visitor, update_id: str) -> Running[None]:
        self._asked.note("show_steps", update_id)
        return Done()

    async def show_memories(
        self,
        visitor: Visitor,
        update_id: str,
        *,
        page: int = 0,
        forget: UUID | None = None,
        instead_of: str | None = None,
    ) -> Running[None]:
        self._asked.note("show_memories", (page, forget, instead_of))
        return Done()

    async def correct_memory(self, visitor: Visitor, tap: MemoryToCorrect) -> None:
        self._asked.note("correct_memory", tap)

    async def set_contact(
        self,
        visitor: Visitor,
        update_id: str,
        *,
        toggle_quiet: bool = False,
        time_zone: str | None = None,
        hours: HoursAwake | None = None,
    ) -> Running[None]:
        self._asked.note("set_contact", (toggle_quiet, time_zone, hours))
        return Done()


class FakeProfile(ProfileClient):
    """Profiles."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def show_profile(
        self, visitor: Visitor, view: View = "card", update_id: str | None = None, *, theme: Theme = Theme.LIGHT
    ) -> Running[None]:
        self._asked.note("show_profile", (view, theme))
        return Done()

    async def why(self, visitor: Visitor, value: ValueName, update_id: str | None = None) -> Running[None]:
        self._asked.note("why", value)
        return Done()

    async def deny(self, visitor: Visitor, value: ValueName, update_id: str | None = None) -> Running[None]:
        self._asked.note("deny", value)
        return Done()

    async def find(self, visitor: Visitor, query: str, update_id: str | None = None) -> Running[None]:
        self._asked.note("find", query)
        return Done()

    async def object_to(self, visitor: Visitor, answer_id: UUID, update_id: str | None = None) -> Running[None]:
        self._asked.note("object_to", answer_id)
        return Done()


class FakeAccount(AccountClient):
    """Accounts."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def remember_language(self, visitor: Visitor) -> None:
        self._asked.note("remember_language", visitor.locale)

    async def export(self, visitor: Visitor, update_id: str | None = None) -> Running[None]:
        self._asked.note("export", update_id)
        return Done()

    async def erase(
        self, visitor: Visitor, asked_at: datetime | None = None, update_id: str | None = None
    ) -> Running[None]:
        self._asked.note("erase", asked_at)
        return Done()

    async def latest_erasure(self, visitor: Visitor) -> Erasure | None:
        return self._asked.erasure


class FakeVoice(VoiceClient):
    """Voice messages."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def speak(self, visitor: Visitor, spoken: SpokenMessage) -> None:
        self._asked.note("speak", spoken)

    async def write(self, visitor: Visitor, written: WrittenMessage) -> bool:
        if self._asked.voice_under_way:
            self._asked.note("write", written)
        return self._asked.voice_under_way

    async def mend(self, visitor: Visitor, mending: Mending) -> bool:
        self._asked.note("mend", mending)
        return self._asked.voice_under_way


class FakeSafety(SafetyClient):
    """Screening."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def screen_text(self, visitor: Visitor, words: Overheard) -> Running[None]:
        self._asked.note("screen_text", words)
        return Done()

    async def answer_safety(self, visitor: Visitor, answer: SafetyAnswer) -> Running[None]:
        self._asked.note("answer_safety_outside", answer)
        return Done()

    def find_crisis(self, text: str) -> CrisisKind | None:
        return None
