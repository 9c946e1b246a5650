"""What a session asks of PostgreSQL: to keep sessions and answers, and to choose questions.

A workflow names these methods; `activities/onboarding` implements them. Methods marked *local* run as local activities:
each is idempotent by a key of its input, because a local activity runs again when its workflow task is lost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Literal

from temporalio import activity

from schema.analysis.readings import AnswerReading
from schema.model import Model, UnitInterval
from schema.text import CleanText, OutsideId
from schema.vocabulary import Depth, Domain, Energy, Locale, Status, Strategy, Trust


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
    sharing: UnitInterval = 0
    quality: UnitInterval | None = None
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
        """Keeps the person's consent and opens the session's row. Key: session id."""

    @activity.defn
    @abstractmethod
    async def record_answer(self, answer: AnswerToRecord) -> AnswerReading:
        """Keeps an answer, reads it by local rules, crisis first, and says who reads on.

        Keys: answer id; session and update id.
        """

    @activity.defn
    @abstractmethod
    async def close_session(self, closed: SessionClosed) -> None:
        """Keeps how a session ended. Key: session id."""


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
