"""What goes into and comes out of an onboarding session: start, signals, updates, query, result."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from schema.model import Model
from schema.person import Channel, FromPerson
from schema.text import CLEANED, CleanText, OutsideId
from schema.vocabulary import Locale, Stage, Status, Strategy, Trust

ANSWER_LIMIT = 4096
"""The longest text, in characters, that comes as one message. Telegram cuts longer ones; see `more_expected`."""
Reason = Annotated[str, Field(min_length=3, max_length=200), CLEANED]
"""Why an operator does something."""


class SessionSettings(Model):
    """The numbers of a session. Part of its input, so that tests and ops can change them and a replay never does."""

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
    """How long the summary waits for analyses still running; the rest goes to DeferredAnalysis.

    As long as a model usually reads, for what it has under way then is read a second time.
    """


class StartSession(Model):
    """Input of `OnboardingSession`."""

    user_ref: str
    channel: Channel
    locale: Locale
    settings: SessionSettings = SessionSettings()
    carried: dict[str, Any] | None = None
    """The session's own state, when it continues as new; a starter leaves it out."""


class Gesture(FromPerson):
    """Signals `pause`, `resume`, `stop`, `go_on`: a command or a button that says nothing more."""

    nonce: OutsideId | None = None
    """The asking under which the button was; None for a command, which means whatever is open."""
    message_id: OutsideId | None = None
    """What the channel calls the message with that button: so the question is known to have come, and when."""


class Arrival(FromPerson):
    """Signal `arrive`: the person pressed /start or opened the terminal. Shows an open question again."""

    channel: Channel


class ConsentAnswer(FromPerson):
    """Signal `answer_consent`."""

    granted: bool
    nonce: OutsideId | None = None
    """The consent request that it answers, when the channel knows; what an earlier one asked for says nothing now."""


class SubmittedAnswer(FromPerson):
    """Signal `submit_answer`: a text a person wrote."""

    update_id: OutsideId
    """The channel's id of this message; a redelivered one changes nothing."""
    text: CleanText
    nonce: OutsideId | None = None
    """The asking it replies to, when the channel knows; else it goes to the question last shown."""
    message_id: OutsideId | None = None
    """What the channel calls the message. Where these are numbers, their order is that of the messages."""
    more_expected: bool = False
    """Whether it may be the first part of a longer letter: what comes within `MORE_WITHIN` then belongs to it."""


class EditedAnswer(FromPerson):
    """Signal `edit_answer`: the person changed a message they sent. It counts as long as nobody has answered it."""

    message_id: OutsideId
    text: CleanText


class SkipRequest(FromPerson):
    """Signal `skip`. With a nonce only that asking is skipped (a button); without one, the open question."""

    nonce: OutsideId | None = None
    message_id: OutsideId | None = None
    """With a nonce, the message that shows the question; else that with the command, which means what came before."""


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
