"""The state of an onboarding session: one serialisable object, so that continue-as-new carries it in one call."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from schema.activities import AskedQuestion, ChosenQuestion
from schema.model import Model
from schema.session import AnswerToRead, Channel, SessionProgress, SessionSettings
from schema.vocabulary import CrisisKind, Locale, Stage, Status, Strategy, Trust


class TextHeard(Model):
    """A person wrote."""

    kind: Literal["text"] = "text"
    update_id: str
    text: str
    nonce: str | None
    """The asking it replies to: what was on the person's screen when it came."""
    heard_at: datetime
    message_id: str | None = None
    """What the channel calls it, where a person can edit it."""


class EditHeard(Model):
    """A person changed a message they had sent."""

    kind: Literal["edit"] = "edit"
    message_id: str
    text: str


class ConsentHeard(Model):
    """A person agreed or declined."""

    kind: Literal["consent"] = "consent"
    granted: bool
    nonce: str | None = None


class SkipHeard(Model):
    """A person wants another question."""

    kind: Literal["skip"] = "skip"
    nonce: str | None
    tapped: bool = False
    """Whether the nonce is that of a button, and not of what was on the screen."""


class Arrived(Model):
    """A person came (back)."""

    kind: Literal["arrived"] = "arrived"
    channel: Channel
    deliveries: int
    """How many deliveries had begun: if none has since, the person may have an empty screen."""


class LocaleHeard(Model):
    """A person chose a language."""

    kind: Literal["locale"] = "locale"
    locale: Locale


class PauseHeard(Model):
    """The session is to rest."""

    kind: Literal["pause"] = "pause"
    reason: Literal["person", "operator"]
    nonce: str | None = None
    """The asking whose button was tapped, as in the next two."""


class ResumeHeard(Model):
    """A person wants to go on after a rest."""

    kind: Literal["resume"] = "resume"


class GoOnHeard(Model):
    """A person was offered a rest, and goes on."""

    kind: Literal["go_on"] = "go_on"
    nonce: str | None = None


class StopHeard(Model):
    """The session is to end here: by the person's word or an operator's."""

    kind: Literal["stop"] = "stop"
    reason: Literal["person", "operator"]
    nonce: str | None = None


class SilenceFell(Model):
    """Nothing came for a while."""

    kind: Literal["silence"] = "silence"
    due: Literal["nudge", "time_out", "abandon"]
    quiet_since: datetime
    """When the silence began; if the person has been heard since, it is over."""


class CrisisSeen(Model):
    """The deep analysis found a crisis; the local rules may have missed it."""

    kind: Literal["crisis"] = "crisis"
    nonce: str
    crisis: CrisisKind


class QuestionWithdrawn(Model):
    """An operator withdrew the question that is open."""

    kind: Literal["withdrawn"] = "withdrawn"
    question_id: str


Event = Annotated[
    TextHeard
    | EditHeard
    | ConsentHeard
    | SkipHeard
    | Arrived
    | LocaleHeard
    | PauseHeard
    | ResumeHeard
    | GoOnHeard
    | StopHeard
    | SilenceFell
    | CrisisSeen
    | QuestionWithdrawn,
    Field(discriminator="kind"),
]


class Open(Model):
    """The question that waits for an answer."""

    nonce: str
    question: ChosenQuestion
    strategy: Strategy


class PendingAnalysis(AnswerToRead):
    """An answer whose deep analysis has not come yet."""

    nonce: str


class SessionState(BaseModel):
    """All that a session knows of itself. The only mutable model: it belongs to one workflow."""

    model_config = ConfigDict(hide_input_in_errors=True)

    session_id: str
    user_ref: str
    channel: Channel
    locale: Locale
    settings: SessionSettings
    started_at: datetime
    quiet_since: datetime
    """When the person was last heard, or last shown something new."""
    status: Status = Status.ACTIVE
    stage: Stage = Stage.CONSENT
    begun: bool = False
    readers: list[str] | None = None
    """The companies that the person is told of when they are asked for consent; None once they agreed earlier."""
    recorded: bool = False
    """Whether the database has this session: only after consent."""
    nudged: bool = False
    stopped_by_person: bool = False
    inbox: list[Event] = []
    heard_update_ids: list[str] = []
    asked: list[AskedQuestion] = []
    open: Open | None = None
    shown_nonce: str | None = None
    """The asking last brought to the person's screen."""
    earlier_trust_points: float = 0
    trust_points: float = 0
    trust: Trust = Trust.STRANGER
    fatigue: float = 0
    advised: list[str] = []
    """What fatigue has offered already; nobody is offered the same twice."""
    crises: int = 0
    deliveries: int = 0
    analysed: int = 0
    unanalysed: list[PendingAnalysis] = []

    @property
    def consent_nonce(self) -> str:
        """Names the consent that this session asks for: within a session it is always the same."""
        return self.session_id[:8]

    def has_open(self, nonce: str | None) -> bool:
        """Whether an asking still waits for its answer; so does whatever is open, when none is named."""
        return nonce is None or (self.open is not None and self.open.nonce == nonce)

    @property
    def answered(self) -> int:
        """Questions of this session that have an answer."""
        return sum(a.outcome == "answered" for a in self.asked)

    @property
    def skipped(self) -> int:
        """Questions of this session that the person skipped."""
        return sum(a.outcome == "skipped" for a in self.asked)

    def amend(self, edit: EditHeard) -> bool:
        """Changes a message that waits in the inbox; False when it does not wait there any more."""
        for place, event in enumerate(self.inbox):
            if isinstance(event, TextHeard) and event.message_id == edit.message_id:
                self.inbox[place] = event.model_copy(update={"text": edit.text})
                return True
        return False

    def asking(self, nonce: str | None) -> AskedQuestion | None:
        """The question asked under a nonce."""
        return next((a for a in self.asked if a.nonce == nonce), None)

    def revise(self, nonce: str, **changes: Any) -> None:
        """Notes what came of an asking."""
        self.asked = [a.model_copy(update=changes) if a.nonce == nonce else a for a in self.asked]

    def progress(self) -> SessionProgress:
        """What the `progress` query and the operators' updates answer."""
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

    def story(self) -> str:
        """The session in a few lines of Markdown for an operator's Web UI: facts only, nothing the person wrote."""
        lines = [
            f"**{self.status}** in {self.stage} · {self.answered} of about {self.settings.planned_questions} answered"
            f" · {self.skipped} skipped · language {self.locale}",
            f"Trust {self.trust.name} ({self.trust_points:.1f}) · fatigue {self.fatigue:.2f}"
            f" · {self.analysed} analysed, {len(self.unanalysed)} running",
        ]
        for number, a in enumerate(self.asked, start=1):
            marks = [a.outcome, *(["crisis"] if a.crisis else []), *(["breakthrough"] if a.breakthrough else [])]
            lines.append(f"{number}. `{a.question_id}` {a.energy} — {', '.join(marks)}")
        return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:])
