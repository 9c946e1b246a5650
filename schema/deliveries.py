"""What a workflow says to a person. Structured: the channel renders it in the person's language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from temporalio import activity

from schema.model import Model
from schema.profile.layers import Profile
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Locale


class ConsentRequest(Model):
    """The greeting: who Selfology is, what is kept, and whether the person agrees."""

    kind: Literal["consent_request"] = "consent_request"
    nonce: str | None = None
    """Names what is asked for; a button that carries it answers this request and no other."""
    planned: int
    """About how many questions the session will have."""
    readers: list[str] = []
    """The companies whose language models will read the answers; with none, they are read by a program on the spot."""


class WelcomeBack(Model):
    """The greeting of a person who consented in an earlier session."""

    kind: Literal["welcome_back"] = "welcome_back"
    planned: int


class Feedback(Model):
    """The reflection on the last answer."""

    kind: Literal["feedback"] = "feedback"
    text: str
    offline: bool
    """Whether the offline analyst wrote it."""


class Question(Model):
    """The next question, with what the person may do besides answering it."""

    kind: Literal["question"] = "question"
    nonce: str
    """Names this asking; a button or an answer that carries it belongs to it."""
    question_id: str
    domain: Domain
    depth: Depth
    energy: Energy
    text: str
    number: int
    """1 for the first question of the session; stays the same when a question is skipped or shown again."""
    planned: int
    again: bool = False
    """Whether the person has been shown this very question before (on return, resume or a new language)."""


class FatigueOffer(Model):
    """A gentle word when the person seems tired; comes before the next question, which they may always answer."""

    kind: Literal["fatigue_offer"] = "fatigue_offer"
    suggest: Literal["pause", "end"]


class CrisisSupport(Model):
    """The warm, plain message with emergency contacts for the person's language; nothing else comes with it."""

    kind: Literal["crisis_support"] = "crisis_support"
    crisis: CrisisKind
    by_others: bool = False
    """Whether it answers words that somebody else wrote: whose the danger is, is then not known."""


class Paused(Model):
    """The session rests until the person says /resume or simply writes."""

    kind: Literal["paused"] = "paused"
    reason: Literal["person", "fatigue", "crisis", "operator"]


class Nudge(Model):
    """A gentle word after a long silence."""

    kind: Literal["nudge"] = "nudge"
    before_consent: bool = False
    """Whether the person has not said yet whether they want to begin."""


class NoticeCode(StrEnum):
    """Short replies to things a person did."""

    ADDED_TO_ANSWER = "ADDED_TO_ANSWER"
    EMPTY_ANSWER = "EMPTY_ANSWER"
    SKIPPED = "SKIPPED"
    NOTHING_TO_SKIP = "NOTHING_TO_SKIP"
    BUTTON_IS_OLD = "BUTTON_IS_OLD"
    CONSENT_FIRST = "CONSENT_FIRST"
    CAME_BEFORE_QUESTION = "CAME_BEFORE_QUESTION"
    NOTHING_TO_RESUME = "NOTHING_TO_RESUME"
    QUESTION_WITHDRAWN = "QUESTION_WITHDRAWN"
    RESUMED = "RESUMED"
    EDIT_CAME_LATE = "EDIT_CAME_LATE"
    NO_COACH_YET = "NO_COACH_YET"
    NOT_BEGUN = "NOT_BEGUN"
    SOMEBODY_ELSES_WORDS = "SOMEBODY_ELSES_WORDS"
    COLLECTING_EXPORT = "COLLECTING_EXPORT"
    EXPORT_FAILED = "EXPORT_FAILED"
    ERASING = "ERASING"
    ERASED = "ERASED"


class Notice(Model):
    """A short reply to something the person did."""

    kind: Literal["notice"] = "notice"
    code: NoticeCode
    nonce: str | None = None
    """The consent request whose buttons it brings again."""


class Summary(Model):
    """The end of a session: what was heard, as a profile."""

    kind: Literal["summary"] = "summary"
    answers: int
    """Answers in this session."""
    profile: Profile
    analyses_pending: int
    """Answers still being analysed; the profile will go on growing."""


class ProfileCard(Model):
    """The profile, when the person asks for it."""

    kind: Literal["profile_card"] = "profile_card"
    profile: Profile


class Insights(Model):
    """What the answers say so far, in words, when the person asks for it."""

    kind: Literal["insights"] = "insights"
    profile: Profile


class DataExport(Model):
    """All that is kept about the person, as files. The channel collects it as it sends it: history holds none of it."""

    kind: Literal["data_export"] = "data_export"
    user_ref: str


class Goodbye(Model):
    """The end of a session that has no summary."""

    kind: Literal["goodbye"] = "goodbye"
    reason: Literal["declined", "not_begun", "stopped", "timed_out", "abandoned"]


Message = Annotated[
    ConsentRequest
    | WelcomeBack
    | Feedback
    | Question
    | FatigueOffer
    | CrisisSupport
    | Paused
    | Nudge
    | Notice
    | Summary
    | ProfileCard
    | Insights
    | DataExport
    | Goodbye,
    Field(discriminator="kind"),
]


class Delivery(Model):
    """One or several messages that reach a person together, in this order."""

    key: str
    """Unique within the workflow and the same on every retry: the key of the channel's send ledger."""
    user_ref: str | None = None
    """Whom it is for, so that erasing them finds what the channel keeps of it; None where it may not lead to them."""
    address: str
    """Where in the channel: a chat id, a terminal's name. Personal: only ever inside payloads."""
    locale: Locale
    messages: list[Message]
    replaces: str | None = None
    """Key of an earlier delivery (a "one moment, please") that this one takes the place of, where a channel can."""


class Delivered(Model):
    """What the channel knows of a delivery that arrived."""

    message_ids: list[str] = []
    """The channel's ids of the messages that were sent, in their order; none in channels without such ids."""
    again: bool = False
    """Whether an earlier try may have arrived, too, so that these need not be the first that the person saw."""


class ChannelSender(ABC):
    """A channel's sending side, on the channel's own task queue. Remote."""

    @activity.defn
    @abstractmethod
    async def deliver(self, delivery: Delivery) -> Delivered:
        """Brings messages to a person, once. Raises `RecipientGone` (not retryable) when they can't be reached."""
