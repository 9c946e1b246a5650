"""The interface of an onboarding session: input, signals, updates, query, result."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from schema.base_model import Model
from schema.person import Channel, FromPerson
from schema.text import CLEANED, CleanText, OutsideId
from schema.vocabulary import Locale, Stage, Status, Strategy, Trust

ANSWER_LIMIT = 4096
"""The longest text, in characters, that comes as one message. Telegram cuts longer ones; see `more_expected`."""
LATE_WITHIN = timedelta(hours=1)
"""How long after a time-out a text still is the answer to the question that was open."""
Reason = Annotated[str, Field(min_length=3, max_length=200), CLEANED]
"""Why an operator does something."""


class SessionSettings(Model):
    """The limits and times of a session. Part of its input, so that a change of defaults never breaks a replay."""

    min_questions: int = Field(default=3, ge=1)
    """Fewer answers make no profile: the session then ends with a goodbye."""
    planned_questions: int = Field(default=12, ge=3, le=15)
    """The last of them is a HEALING one."""
    nudge_after: timedelta = timedelta(minutes=30)
    """Silence until a gentle nudge."""
    close_after_nudge: timedelta = timedelta(minutes=30)
    """Further silence until the session is TIMED_OUT."""
    abandon_after: timedelta = timedelta(days=30)
    """How long a paused session waits until it is ABANDONED."""
    last_analyses_wait: timedelta = timedelta(seconds=10)
    """How long the summary waits for running analyses; DeferredAnalysis takes the rest.

    About the time that a model usually needs, because DeferredAnalysis starts interrupted analyses again.
    """


class StartSession(Model):
    """Input of `OnboardingSession`."""

    user_ref: str
    channel: Channel
    locale: Locale
    settings: SessionSettings = SessionSettings()
    carried: dict[str, Any] | None = None
    """The session's state when it continues as new; a client leaves it out."""


class Gesture(FromPerson):
    """Signals `pause`, `resume`, `stop`, `go_on`: a command or a button without further data."""

    nonce: OutsideId | None = None
    """The asking with the button; None for a command, which means the open question."""
    message_id: OutsideId | None = None
    """The channel's id of the message with that button. It proves that the question arrived, and tells when."""


class Arrival(FromPerson):
    """Signal `arrive`: the person pressed /start or opened the terminal. Shows an open question again."""

    channel: Channel


class ConsentAnswer(FromPerson):
    """Signal `answer_consent`."""

    granted: bool
    nonce: OutsideId | None = None
    """The consent request that it answers, if the channel knows. An answer to an earlier request has no effect."""


class SubmittedAnswer(FromPerson):
    """Signal `submit_answer`: a text a person wrote, or a choice."""

    update_id: OutsideId
    """The channel's id of this message; a redelivered one changes nothing."""
    text: CleanText
    nonce: OutsideId | None = None
    """The asking it replies to, if the channel knows; else the session decides by the order of messages."""
    message_id: OutsideId | None = None
    """The channel's id of the message. Numeric ids are in the order of the messages."""
    more_expected: bool = False
    """Whether it may be the first part of a longer message: a text within `MORE_WITHIN` then belongs to it."""
    chosen: bool = False
    """Whether it is one of the question's choices; the session compares it with what it has offered. Like a button it
    has no effect once its question is closed; its `message_id` is that of the message with the choices."""


class EditedAnswer(FromPerson):
    """Signal `edit_answer`: the person edited a message. It counts while the session has not taken the message."""

    message_id: OutsideId
    text: CleanText


class SkipRequest(FromPerson):
    """Signal `skip`. With a nonce only that asking is skipped (a button); without one, the open question."""

    nonce: OutsideId | None = None
    message_id: OutsideId | None = None
    """The channel's id of the message: with a nonce, of the one that shows the question; else of the command."""


class LanguageChoice(FromPerson):
    """Signal `choose_language`: shows the open question again in that language."""

    locale: Locale


class OperatorNote(Model):
    """Input of the updates `pause_by_operator` and `abandon_by_operator`."""

    reason: Reason
    """For the audit trail; no personal text."""


class FlagQuestion(Model):
    """Input of the update `flag_question`: withdraws a question from the bank, and from this session if open."""

    question_id: OutsideId
    reason: Reason


class FlaggedQuestion(Model):
    """Result of the update `flag_question`."""

    question_id: str
    was_open: bool
    """Whether it was open in this session; the person then gets another one."""


class SessionProgress(Model):
    """Result of the query `progress`. No personal text."""

    status: Status
    stage: Stage
    locale: Locale
    answered: int
    skipped: int
    planned: int
    trust: Trust
    fatigue: float
    strategy: Strategy | None
    open_question: str | None
    """Id of the question that waits for an answer."""
    open_nonce: str | None
    analysed: int
    analyses_running: int


class SessionOutcome(Model):
    """Result of `OnboardingSession`."""

    status: Status
    answers: int
    analysed: int
    deferred: int
    """Answers handed to DeferredAnalysis."""
