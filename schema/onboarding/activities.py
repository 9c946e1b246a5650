"""The ports of onboarding: activities that store sessions and answers, and choose questions.

A workflow names these methods; `activities/onboarding` implements them. Methods marked *local* run as local activities:
each is idempotent by a key of its input, because a local activity runs again when its workflow task is lost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Literal

from temporalio import activity

from schema.analysis.readings import AnswerReading
from schema.base_model import Model, UnitInterval
from schema.text import CleanText, OutsideId
from schema.vocabulary import Depth, Domain, Energy, Locale, Status, Strategy, Trust


class SessionOpened(Model):
    """Input of `open_session`."""

    session_id: str
    user_ref: str
    locale: Locale
    opened_at: datetime
    readers: list[str] | None = None
    """The companies that the person has just agreed to; None if they consented earlier."""


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
    """Whether this answer adds to an earlier one to the same question."""
    depth: Depth = Depth.SURFACE
    energy: Energy = Energy.NEUTRAL
    troubled: bool = False
    """Whether a crisis was heard earlier in the session."""
    chosen: bool = False
    """Whether it is one of the question's choices."""
    messages: list[HeardText]


class LateTexts(Model):
    """Input of `keep_late_answer`: texts that came together after a session had timed out."""

    user_ref: str
    messages: list[HeardText]


class LateAnswer(Model):
    """What became of them."""

    answer_id: str | None = None
    """None where they answer nothing: the session is another one, too long over, or had its answer."""
    question_id: str = ""
    locale: Locale = Locale.RU
    reading: AnswerReading | None = None


class AskedQuestion(Model):
    """A question of this session and its outcome: the input of the pure rules."""

    nonce: str
    """Identifies this asking."""
    question_id: str
    domain: Domain
    depth: Depth
    energy: Energy
    outcome: Literal["open", "answered", "skipped", "withdrawn"] = "open"
    shown_at: datetime | None = None
    """When it was delivered; None until then."""
    words: int = 0
    chosen: bool = False
    """Whether it was answered by one of its choices: then no words are the person's own."""
    seconds: float = 0
    """Seconds between the delivery of the question and the answer."""
    sharing: UnitInterval = 0
    quality: UnitInterval | None = None
    """From the instant feedback; None until it is there."""
    sentiment: float | None = None
    """Mood of the answer, -1 to 1; None until an analyst has read it."""
    tired: bool = False
    crisis: bool = False
    concern: bool = False
    """Whether the answer may speak of danger, and it is not sure."""
    breakthrough: bool = False


class ChooseNext(Model):
    """Input of `choose_next`."""

    session_id: str
    user_ref: str
    locale: Locale
    asked: list[AskedQuestion]
    trust_points: float
    """Trust points of earlier sessions."""
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
    recalls: bool = False
    """Whether it takes up words of the person from an earlier session."""
    choices: list[str] = []
    """Short answers to choose from, for a person of few words."""


class NextStep(Model):
    """The decision of the rules. Recorded in history, so tuning a rule never breaks a running session."""

    question: ChosenQuestion | None
    """None if the session has reached its planned length or the bank has no question left."""
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
    with_choices: bool = False
    """Whether it was shown with its choices."""


class QuestionToFlag(Model):
    """Input of `flag_question`."""

    question_id: OutsideId
    reason: CleanText


class SessionClosed(Model):
    """Input of `close_session`."""

    session_id: str
    user_ref: str
    status: Status
    trust_points: float
    closed_at: datetime


class SessionStore(ABC):
    """Sessions and answers, in PostgreSQL. All local."""

    @activity.defn
    @abstractmethod
    async def open_session(self, opened: SessionOpened) -> None:
        """Stores the person's consent and the new session. Key: session id."""

    @activity.defn
    @abstractmethod
    async def record_answer(self, answer: AnswerToRecord) -> AnswerReading:
        """Stores an answer, reads it by local rules, crisis first, and routes it to models.

        Keys: answer id; session and update id.
        """

    @activity.defn(name="onboarding.keep_late_answer")
    @abstractmethod
    async def keep_late_answer(self, late: LateTexts) -> LateAnswer:
        """Keeps texts as the answer that a session timed out on, if that was at most `LATE_WITHIN` ago.

        Keys as in `record_answer`.
        """

    @activity.defn
    @abstractmethod
    async def close_session(self, closed: SessionClosed) -> None:
        """Stores the end of a session. Key: session id."""


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
