"""What workflows ask of the outside world: one abstract class per outside system.

Workflows name these methods; `activities/` implements them. So a workflow depends on types only, and an activity's
name, input and result are declared once. Methods marked *local* run as local activities: each is idempotent by a key of
its input, because a local activity runs again when its workflow task is lost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Literal

from temporalio import activity

from schema.analysis import DeepAnalysis, InstantFeedback, Route, Tier, Unit
from schema.deliveries import Delivered, Delivery
from schema.model import Model
from schema.profile import Profile
from schema.text import CleanText, OutsideId
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Locale, Status, Strategy, Trust


class PersonKnown(Model):
    """What is known of a person when a session starts."""

    consented: bool
    locale: Locale | None
    """The language they chose, if they did."""
    trust_points: float
    sessions: int
    known_since: datetime | None = None
    """When their first session was opened."""
    readers: list[str] = []
    """The companies whose language models read along now, by name. A person who agreed to others is asked anew."""


class SessionOpened(Model):
    """Input of `open_session`."""

    session_id: str
    user_ref: str
    locale: Locale
    opened_at: datetime
    readers: list[str] | None = None
    """The companies that the person was just told of and agreed to; None when they agreed earlier."""


class HeardText(Model):
    """One message of a person, as the session heard it."""

    update_id: OutsideId
    text: CleanText
    heard_at: datetime


class AnswerToRecord(Model):
    """Input of `record_answer`: one answer, of one or several messages."""

    answer_id: str
    session_id: str
    user_ref: str
    question_id: str
    locale: Locale
    addendum: bool
    """Whether the question had an answer already; this one adds to it."""
    depth: Depth = Depth.SURFACE
    energy: Energy = Energy.NEUTRAL
    troubled: bool = False
    """Whether a crisis was heard earlier in the session."""
    messages: list[HeardText]


class TextToScreen(Model):
    """Input of `screen_text`: a text that is not an answer and is not kept."""

    text: CleanText
    locale: Locale


class AnswerReading(Model):
    """What local rules read in an answer at once, without any model."""

    language: Locale
    words: int
    sharing: Unit
    """How much of themselves the person shared; feeds trust."""
    tired: bool
    """The person says that they are tired or want to stop."""
    crisis: CrisisKind | None
    route: Route | None = None
    """Who reads on; None for a text that is not kept."""


class AskedQuestion(Model):
    """A question of this session and what came of it: all that the pure rules need."""

    nonce: str
    """Names this asking."""
    question_id: str
    domain: Domain
    depth: Depth
    energy: Energy
    outcome: Literal["open", "answered", "skipped", "withdrawn"] = "open"
    shown_at: datetime | None = None
    """When the channel had brought it to the person; None until then."""
    words: int = 0
    seconds: float = 0
    """From the question being shown to the answer."""
    sharing: Unit = 0
    quality: Unit | None = None
    """From the instant feedback; None until it is there."""
    sentiment: float | None = None
    """Mood of the answer, -1 to 1; None until an analyst has read it."""
    tired: bool = False
    crisis: bool = False
    breakthrough: bool = False


class ChooseNext(Model):
    """Input of `choose_next`."""

    session_id: str
    user_ref: str
    locale: Locale
    asked: list[AskedQuestion]
    trust_points: float
    """Of earlier sessions."""
    planned: int
    started_at: datetime
    now: datetime


class ChosenQuestion(Model):
    """A question of the bank in the person's language."""

    question_id: str
    domain: Domain
    depth: Depth
    energy: Energy
    text: str


class NextStep(Model):
    """What the rules say comes next. Recorded in history, so tuning a rule never breaks a running session."""

    question: ChosenQuestion | None
    """None when the session has reached its planned length or the bank has nothing left to ask."""
    strategy: Strategy | None
    trust_points: float
    trust: Trust
    fatigue: float
    """0 fresh, 1 exhausted."""
    advice: Literal["none", "offer_pause", "suggest_end", "pause"]


class QuestionInLocale(Model):
    """Input of `word_question`."""

    question_id: str
    locale: Locale


class QuestionToFlag(Model):
    """Input of `flag_question`."""

    question_id: OutsideId
    reason: CleanText


class AnswerToAnalyse(Model):
    """Input of `instant_feedback` and `analyse_answer`. The text is read from the database: history keeps ids."""

    answer_id: str
    locale: Locale
    tier: Tier = Tier.OFFLINE
    """Which of the models that the task queue serves is to read."""


class AnalysisToFold(Model):
    """Input of `fold_analysis`."""

    answer_id: str
    user_ref: str
    analysis: DeepAnalysis
    analysed_at: datetime


class PersonRef(Model):
    """Input of activities that concern a person as a whole."""

    user_ref: str


class PersonToSweep(Model):
    """Input of `sweep_person` and `sweep_workflows`: a person who was erased, and may have started anew since."""

    user_ref: str
    erased_at: datetime
    """What began before is to be gone; what began since is kept."""


class LastWords(Model):
    """Result of `end_workflows`: what nobody will answer any more. No text of it goes on."""

    crisis: CrisisKind | None
    """The danger that they speak of, if they do."""
    by_others: bool = False
    """Whether it is in somebody else's words."""


class SessionClosed(Model):
    """Input of `close_session`."""

    session_id: str
    user_ref: str
    status: Status
    trust_points: float
    closed_at: datetime


class LocaleChosen(Model):
    """Input of `remember_locale`."""

    user_ref: str
    locale: Locale


class SessionStore(ABC):
    """Sessions and answers, in PostgreSQL. All local."""

    @activity.defn
    @abstractmethod
    async def recall_person(self, ref: PersonRef) -> PersonKnown:
        """What is known of a person from earlier sessions."""

    @activity.defn
    @abstractmethod
    async def open_session(self, opened: SessionOpened) -> None:
        """Keeps the person's consent and opens the session's row. Key: session id."""

    @activity.defn
    @abstractmethod
    async def record_answer(self, answer: AnswerToRecord) -> AnswerReading:
        """Keeps an answer, reads it by local rules, crisis first, and says who reads on.

        Keys: answer id; session and update id.
        """

    @activity.defn
    @abstractmethod
    async def screen_text(self, text: TextToScreen) -> AnswerReading:
        """Reads a text by local rules, crisis first, and keeps nothing."""

    @activity.defn
    @abstractmethod
    async def remember_locale(self, chosen: LocaleChosen) -> None:
        """Keeps the language a person chose, if they consented. Key: user ref."""

    @activity.defn
    @abstractmethod
    async def close_session(self, closed: SessionClosed) -> None:
        """Keeps how a session ended. Key: session id."""

    @activity.defn
    @abstractmethod
    async def erase_person(self, ref: PersonRef) -> None:
        """Removes all that the database keeps about a person."""

    @activity.defn
    @abstractmethod
    async def sweep_person(self, swept: PersonToSweep) -> None:
        """Removes what work that was under way has kept since the person was erased. Key: user ref."""


class QuestionStore(ABC):
    """The question bank, in PostgreSQL, cached in the worker. All local."""

    @activity.defn
    @abstractmethod
    async def choose_next(self, request: ChooseNext) -> NextStep:
        """Applies trust, fatigue and Smart Mix, and chooses the next question. Key: session id and count of asked."""

    @activity.defn
    @abstractmethod
    async def word_question(self, question: QuestionInLocale) -> ChosenQuestion:
        """The same question in another language. Raises `UnknownQuestion` (not retryable)."""

    @activity.defn
    @abstractmethod
    async def flag_question(self, flag: QuestionToFlag) -> None:
        """Withdraws a question: it is never chosen again. Raises `UnknownQuestion` (not retryable)."""


class ProfileStore(ABC):
    """Analyses and profiles, in PostgreSQL. All local."""

    @activity.defn
    @abstractmethod
    async def fold_analysis(self, analysed: AnalysisToFold) -> None:
        """Keeps an analysis and folds it into the profile with its history, in one transaction. Key: answer id."""

    @activity.defn
    @abstractmethod
    async def read_profile(self, ref: PersonRef) -> Profile:
        """The profile as it stands."""


class AnalystDesk(ABC):
    """Reading answers with a language model, on its provider's task queue, or offline.

    Fails with the types of `activities.ai.errors`, and with `NoSuchReader` (not retryable) when the queue serves no
    model of that tier any more.
    """

    @activity.defn
    @abstractmethod
    async def instant_feedback(self, answer: AnswerToAnalyse) -> InstantFeedback:
        """The reaction a person sees at once."""

    @activity.defn
    @abstractmethod
    async def reflect_offline(self, answer: AnswerToAnalyse) -> InstantFeedback:
        """The offline analyst's reaction, when the instant one does not come in time. Local."""

    @activity.defn
    @abstractmethod
    async def analyse_answer(self, answer: AnswerToAnalyse) -> DeepAnalysis:
        """The deep reading that grows the profile."""


class WorkflowHistories(ABC):
    """A person's workflows, on the Temporal server. Remote."""

    @activity.defn
    @abstractmethod
    async def end_workflows(self, ref: PersonRef) -> LastWords:
        """Ends all that runs for a person but the workflow that asks, when what is being sent to them is out.

        Reads what they wrote last and got no reply to, for a crisis.
        """

    @activity.defn
    @abstractmethod
    async def forget_workflows(self, ref: PersonRef) -> None:
        """Ends all that runs for a person, and deletes it and all that ever ran, but for the workflow that asks."""

    @activity.defn
    @abstractmethod
    async def sweep_workflows(self, swept: PersonToSweep) -> None:
        """Deletes what was not to be found when the person was erased, and the erasure itself."""


class ChannelSender(ABC):
    """A channel's sending side, on the channel's own task queue. Remote."""

    @activity.defn
    @abstractmethod
    async def deliver(self, delivery: Delivery) -> Delivered:
        """Brings messages to a person, once. Raises `RecipientGone` (not retryable) when they can't be reached."""
