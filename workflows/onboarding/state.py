"""The state of an onboarding session: one serialisable object, so that continue-as-new carries it in one call."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from schema.analysis.messages import RecordedAnswer
from schema.base_model import Model
from schema.danger import Danger
from schema.deliveries import Message
from schema.onboarding.activities import AskedQuestion, ChosenQuestion
from schema.onboarding.messages import SessionProgress, SessionSettings
from schema.person import Channel
from schema.vocabulary import CrisisKind, Locale, Stage, Status, Strategy, Trust
from workflows.onboarding.events import EditHeard, Event, SkipHeard, TextHeard
from workflows.onboarding.message_order import asking_at

_MOST_ASKINGS = 60
"""More than a session ever asks, skipped questions included."""


_CARE_LASTS = timedelta(days=7)
"""So long after a danger nothing reminds of the session, and nothing is concluded for the person."""


class OpenQuestion(Model):
    """The question that waits for an answer."""

    nonce: str
    question: ChosenQuestion
    strategy: Strategy


class PendingAnalysis(RecordedAnswer):
    """An answer whose deep analysis has not come yet."""

    nonce: str


class SessionState(BaseModel):
    """The whole state of a session. The only mutable model, because it belongs to one workflow."""

    model_config = ConfigDict(hide_input_in_errors=True)

    session_id: str
    user_ref: str
    channel: Channel
    locale: Locale
    settings: SessionSettings
    started_at: datetime
    quiet_since: datetime
    """When the person last did something, or was last shown something new."""
    status: Status = Status.ACTIVE
    stage: Stage = Stage.CONSENT
    begun: bool = False
    readers: list[str] | None = None
    """The companies that the request for consent names; None if the person consented earlier."""
    moved_in: bool = False
    """Whether what they told an earlier Selfology waits here for their consent."""
    recorded: bool = False
    """Whether the database has this session: only after consent."""
    nudged: bool = False
    stopped_by_person: bool = False
    inbox: list[Event] = []
    heard_update_ids: list[str] = []
    asked: list[AskedQuestion] = []
    open: OpenQuestion | None = None
    shown_nonce: str | None = None
    """The last asking that is known to have reached the person."""
    sends: dict[str, str | None] = {}
    """The askings whose sends have begun, and the channel's id of the message that showed each first, where known."""
    offered: dict[str, list[str]] = {}
    """The choices that were shown with each asking, in every language."""
    said: list[str] = []
    """The person's texts to the asking that was answered last, to recognise repeated ones."""
    last_tap: str | None = None
    """The button that the person tapped last, if they have done nothing else since."""
    delivering: int = 0
    """How many deliveries are under way."""
    unsaid: list[Message] = []
    """The last messages of the previous session, if they had not arrived when the person came back."""
    earlier_trust_points: float = 0
    trust_points: float = 0
    trust: Trust = Trust.STRANGER
    fatigue: float = 0
    hears_edges: bool = False
    """Whether this run began after the release in which a question counts as asked when its send begins.

    Earlier runs keep their behaviour, so that they can be replayed.
    """
    advised: list[str] = []
    """The offers already made because of fatigue; none is made twice."""
    levels: bool = False
    """Whether this run began after the release in which danger has two levels, and support asks whether one is safe."""
    lends_texts: bool = False
    """Whether this run began after the release in which a session that rests leaves texts to the coach.

    Then it publishes where it stands before it says so.
    """
    crises: int = 0
    danger: Danger | None = None
    """The danger of this session that brought support last."""
    earlier_danger: CrisisKind | None = None
    earlier_danger_at: datetime | None = None
    """The last danger of earlier sessions."""
    safety_nonce: str | None = None
    """The question whether the person is safe, while it waits for an answer."""
    safety_questions: int = 0
    underage: bool = False
    """Whether the person has said that they are under eighteen."""
    deliveries: int = 0
    brought: int = 0
    """The number of deliveries with a question or a consent request that are known to have arrived."""
    analysed: int = 0
    unanalysed: list[PendingAnalysis] = []

    @property
    def consent_nonce(self) -> str:
        """The nonce of this session's consent request: the same whenever it is shown."""
        return self.session_id[:8]

    @property
    def rests(self) -> bool:
        """Whether texts are for the coach: questions wait for the person, and nobody asks whether they are safe."""
        paused = self.status is Status.PAUSED and self.stage is Stage.QUESTIONS
        return self.lends_texts and paused and self.safety_nonce is None

    def following(self, channel: Channel, session_id: str, now: datetime) -> SessionState:
        """The next session of the same person, who came back before this one was over."""
        return SessionState(
            session_id=session_id,
            user_ref=self.user_ref,
            channel=channel,
            locale=self.locale,
            settings=self.settings,
            started_at=now,
            quiet_since=now,
            heard_update_ids=self.heard_update_ids,
        )

    def nonce_of(self, number: int) -> str:
        """The nonce of the session's asking `number`: the same after an operator's reset."""
        return uuid.uuid5(uuid.UUID(self.session_id), f"asking {number}").hex[:8]

    def next_safety_nonce(self) -> str:
        """The nonce of the next question of safety, and of a concern."""
        self.safety_questions += 1
        return uuid.uuid5(uuid.UUID(self.session_id), f"safety {self.safety_questions}").hex[:8]

    def care(self, now: datetime) -> Danger | None:
        """The danger that the person spoke of in this session or within the last days; None without one."""
        if self.danger or not self.levels:
            return self.danger
        if self.earlier_danger and self.earlier_danger_at and now - self.earlier_danger_at < _CARE_LASTS:
            return Danger(kind=self.earlier_danger)
        return None

    def names(self, nonce: str | None) -> bool:
        """Whether a nonce belongs to an asking of this session, including askings undone by a reset."""
        if self.asking(nonce) or not self.hears_edges:
            return self.asking(nonce) is not None
        return nonce in {self.nonce_of(number) for number in range(len(self.asked), _MOST_ASKINGS)}

    def has_open(self, nonce: str | None) -> bool:
        """Whether the asking still waits for its answer. None stands for the open question, whichever it is."""
        return nonce is None or (self.open is not None and self.open.nonce == nonce)

    def is_over(self, heard: TextHeard) -> bool:
        """Whether a text is a choice of a question that waits for no answer any more."""
        return heard.chosen and not (self.open and self.open.nonce == heard.nonce)

    @property
    def answered(self) -> int:
        """Questions of this session that have an answer."""
        return sum(a.outcome == "answered" for a in self.asked)

    @property
    def skipped(self) -> int:
        """Questions of this session that the person skipped."""
        return sum(a.outcome == "skipped" for a in self.asked)

    def amend(self, edit: EditHeard) -> bool:
        """Edits a message in the inbox; returns False if it is not there any more."""
        for place, event in enumerate(self.inbox):
            if isinstance(event, TextHeard) and event.message_id == edit.message_id:
                self.inbox[place] = event.model_copy(update={"text": edit.text, "alarming": None})
                return True
        return False

    @property
    def alarm(self) -> int | None:
        """The position of a cry for help in the inbox; None without one."""
        return next((place for place, event in enumerate(self.inbox) if getattr(event, "alarming", None)), None)

    def take_next(self) -> Event:
        """Takes the next event out of the inbox: a cry for help before all others."""
        return self.inbox.pop(self.alarm or 0)

    def asking_of(self, heard: TextHeard | SkipHeard) -> str | None:
        """The asking that a message belongs to: the one it names, else by the order of messages."""
        if heard.nonce or not self.hears_edges:
            return heard.nonce
        return asking_at(self.sends, heard.sends, heard.message_id)

    def asking(self, nonce: str | None) -> AskedQuestion | None:
        """The question asked under a nonce."""
        return next((a for a in self.asked if a.nonce == nonce), None)

    def revise(self, nonce: str, **changes: Any) -> None:
        """Updates the record of an asking."""
        self.asked = [a.model_copy(update=changes) if a.nonce == nonce else a for a in self.asked]

    def progress(self) -> SessionProgress:
        """The result of the `progress` query and of the operators' updates."""
        return SessionProgress(
            status=self.status,
            stage=self.stage,
            locale=self.locale,
            answered=self.answered,
            skipped=self.skipped,
            planned=self.settings.planned_questions,
            trust=self.trust,
            fatigue=self.fatigue,
            strategy=self.open.strategy if self.open else None,
            open_question=self.open.question.question_id if self.open else None,
            open_nonce=self.open.nonce if self.open else None,
            analysed=self.analysed,
            analyses_running=len(self.unanalysed),
        )

    def current_details(self) -> str:
        """The session in a few lines of Markdown for an operator's Web UI: facts only, nothing the person wrote."""
        lines = [
            f"**{self.status}** in {self.stage} · {self.answered} of about {self.settings.planned_questions} answered"
            f" · {self.skipped} skipped · language {self.locale}",
            f"Trust {self.trust.name} ({self.trust_points:.1f}) · fatigue {self.fatigue:.2f}"
            f" · analyses: {self.analysed} done, {len(self.unanalysed)} running",
        ]
        for number, a in enumerate(self.asked, start=1):
            marks = [a.outcome, *(["crisis"] if a.crisis else []), *(["breakthrough"] if a.breakthrough else [])]
            lines.append(f"{number}. `{a.question_id}` {a.energy} — {', '.join(marks)}")
        return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:])
