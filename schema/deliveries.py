"""Messages from a workflow to a person. They hold data; the channel renders them in the person's language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from temporalio import activity

from schema.base_model import Model
from schema.coaching.deliveries import (
    CoachReply,
    MemoryList,
    MemoryQuestion,
    OpenSteps,
    StepAgreed,
    StepNoted,
    StepOutcome,
    StepProposal,
    StepQuestion,
    WishKept,
    ZoneKept,
    ZoneQuestion,
)
from schema.coaching.insights import Insight
from schema.danger import Danger
from schema.profile.layers import Profile, Reason, ValueName, ValueOverTime
from schema.profile_vocabulary import Theme, is_light
from schema.vocabulary import CrisisKind, Depth, Domain, Energy, Locale


class ConsentRequest(Model):
    """The greeting: who Selfology is, what is kept, and whether the person agrees."""

    kind: Literal["consent_request"] = "consent_request"
    nonce: str | None = None
    """Identifies this request. A button that carries it answers this request and no other."""
    planned: int
    """About how many questions the session will have."""
    readers: list[str] = []
    """The companies whose language models will read the answers; without any, the offline analyst reads them."""
    moved_in: bool = False
    """Whether what the person told an earlier Selfology waits here for their yes."""


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
    answer_id: str | None = None
    """The answer that it reflects on, so that the person can say that it missed."""
    chosen: str | None = None
    """The choice that was taken as the answer; None for words."""


class Question(Model):
    """The next question, with what the person may do besides answering it."""

    kind: Literal["question"] = "question"
    nonce: str
    """Identifies this asking. A button or an answer that carries it belongs to this asking."""
    question_id: str
    domain: Domain
    depth: Depth
    energy: Energy
    text: str
    number: int
    """1 for the first question of the session; stays the same when a question is skipped or shown again."""
    planned: int
    recalls: bool = False
    """Whether it takes up words of the person from an earlier session; they may say "not today"."""
    choices: list[str] = []
    """Short answers to choose from, for a person of few words, who may write instead."""
    again: bool = False
    """Whether this question was shown before (on return, resume or a new language)."""


class FatigueOffer(Model):
    """A gentle word when the person seems tired; comes before the next question, which they may always answer."""

    kind: Literal["fatigue_offer"] = "fatigue_offer"
    suggest: Literal["pause", "end"]


class CrisisSupport(Model):
    """The crisis message, with emergency contacts for the person's language. Sent without other messages."""

    kind: Literal["crisis_support"] = "crisis_support"
    crisis: CrisisKind
    by_others: bool = False
    """Whether it replies to words of somebody else: then it is not known who is in danger."""
    danger: Danger | None = None
    """About whom, when, and what has happened; None when only the kind is known."""
    again: bool = False
    """Whether the person has got support before in this session: then it says so in other words."""

    @property
    def known(self) -> Danger:
        """What is known of the danger: at least its kind."""
        return self.danger or Danger(kind=self.crisis)


class Concern(Model):
    """One soft sentence for a text that may speak of danger, with a button that brings support."""

    kind: Literal["concern"] = "concern"
    danger: Danger
    nonce: str
    """Identifies this concern. A button that carries it belongs to it."""
    reply_id: str | None = None
    """As in `SafetyQuestion`."""


class SafetyQuestion(Model):
    """The question "are you safe right now?", after crisis support. The next question waits for its answer."""

    kind: Literal["safety_question"] = "safety_question"
    nonce: str
    """Identifies this asking. A button that carries it answers this asking and no other."""
    reply_id: str | None = None
    """The reply of the coach that the words were to get: then the coach takes the answer, else the session."""
    crisis: CrisisKind | None = None
    """The danger that the support before it was about."""
    care: Danger | None = None
    """The same danger when the question is asked once more: it then carries the numbers."""


class Paused(Model):
    """The session rests until the person says /resume. Until then the coach hears what they write."""

    kind: Literal["paused"] = "paused"
    reason: Literal["person", "fatigue", "crisis", "operator"]


class Nudge(Model):
    """A gentle reminder after a long silence."""

    kind: Literal["nudge"] = "nudge"
    before_consent: bool = False
    """Whether the person has not answered the consent request yet."""
    care: Danger | None = None
    """The danger that the person spoke of lately. The nudge then is one line of care with the numbers."""


class NoticeCode(StrEnum):
    """Short replies to things a person did."""

    ADDED_TO_ANSWER = "ADDED_TO_ANSWER"
    LATE_ANSWER_KEPT = "LATE_ANSWER_KEPT"
    """The session timed out, and its last question has its answer all the same."""
    EMPTY_ANSWER = "EMPTY_ANSWER"
    SKIPPED = "SKIPPED"
    NOTHING_TO_SKIP = "NOTHING_TO_SKIP"
    BUTTON_IS_OLD = "BUTTON_IS_OLD"
    CHOICE_CAME_LATE = "CHOICE_CAME_LATE"
    OBJECTION_HEARD = "OBJECTION_HEARD"
    VALUE_DENIED = "VALUE_DENIED"
    """The person says that a value is not them: what it rested on no longer counts."""
    NOTHING_TO_DENY = "NOTHING_TO_DENY"
    INSIGHT_DENIED = "INSIGHT_DENIED"
    """The person says that an insight is not true: it is neither shown nor used again, nor one like it made."""
    CONSENT_FIRST = "CONSENT_FIRST"
    CAME_BEFORE_QUESTION = "CAME_BEFORE_QUESTION"
    NOTHING_TO_RESUME = "NOTHING_TO_RESUME"
    QUESTION_WITHDRAWN = "QUESTION_WITHDRAWN"
    RESUMED = "RESUMED"
    EDIT_CAME_LATE = "EDIT_CAME_LATE"
    NO_COACH_YET = "NO_COACH_YET"
    NOT_BEGUN = "NOT_BEGUN"
    COACH_GOES_ON = "COACH_GOES_ON"
    """The person came back after a session, and may go on talking."""
    TOPIC_BEGUN = "TOPIC_BEGUN"
    """The person begins another conversation with the coach."""
    STEP_DECLINED = "STEP_DECLINED"
    STEP_CANCELLED = "STEP_CANCELLED"
    MEMORY_MENDED = "MEMORY_MENDED"
    """What the person wrote has taken the place of what was remembered."""
    MEMORY_LEFT = "MEMORY_LEFT"
    """What is remembered stays as it is."""
    QUIET = "QUIET"
    """No unasked message comes any more."""
    NOT_QUIET = "NOT_QUIET"
    ENOUGH_FOR_TODAY = "ENOUGH_FOR_TODAY"
    """The person has had as many replies of the coach as a day has."""
    VOICE_NOT_AGREED = "VOICE_NOT_AGREED"
    """The person's consent does not tell of recordings that a company turns into text."""
    VOICE_RESTS = "VOICE_RESTS"
    """Nothing is left today for turning recordings into text."""
    VOICE_NOT_HEARD = "VOICE_NOT_HEARD"
    """Whoever turns recordings into text is away."""
    VOICE_WITHOUT_WORDS = "VOICE_WITHOUT_WORDS"
    VOICE_MENDING = "VOICE_MENDING"
    """The person wants to put what was heard in other words; their next message takes its place."""
    VOICE_TAKEN = "VOICE_TAKEN"
    """The person wants to mend what was taken already."""
    REPLY_STOPPED = "REPLY_STOPPED"
    """The person has stopped a reply before anything of it was written."""
    SOMEBODY_ELSES_WORDS = "SOMEBODY_ELSES_WORDS"
    STILL_HERE = "STILL_HERE"
    """The person wrote while the question of their safety waits."""
    SAFE = "SAFE"
    """The person says that they are safe."""
    MISREAD = "MISREAD"
    """The person says that their words were misread as danger."""
    COLLECTING_EXPORT = "COLLECTING_EXPORT"
    EXPORT_FAILED = "EXPORT_FAILED"
    ERASING = "ERASING"
    ERASED = "ERASED"


class Notice(Model):
    """A short reply to something the person did."""

    kind: Literal["notice"] = "notice"
    code: NoticeCode
    nonce: str | None = None
    """The consent request whose buttons the notice repeats."""


class Summary(Model):
    """The end of a session with its profile."""

    kind: Literal["summary"] = "summary"
    answers: int
    """Answers in this session."""
    profile: Profile
    analyses_pending: int
    """Answers not analysed yet; they will still change the profile."""
    care: Danger | None = None
    """The danger that the person spoke of lately: it ends with care and the numbers."""


class ProfileCard(Model):
    """The profile, when the person asks for it."""

    kind: Literal["profile_card"] = "profile_card"
    profile: Profile
    theme: Theme = Field(default=Theme.LIGHT, exclude_if=is_light)


class ProfileValues(Model):
    """The values of the profile, for the person to choose the one that they ask about."""

    kind: Literal["profile_values"] = "profile_values"
    profile: Profile


MOST_CONNECTIONS = 5
"""The number of connections that one message holds."""


class Insights(Model):
    """The insights so far, when the person asks for them."""

    kind: Literal["insights"] = "insights"
    profile: Profile
    connections: list[Insight] = []
    """Those across several answers and talks, the newest first, with the words that they rest on."""


MOST_REASONS = 10
"""The number of reasons that one message holds."""


class EvolutionView(Model):
    """How the person's levels have moved over time, when the person asks for it."""

    kind: Literal["evolution"] = "evolution"
    values: list[ValueOverTime]
    """Those with at least two estimates, in the order of the profile; empty before the second session."""
    theme: Theme = Field(default=Theme.LIGHT, exclude_if=is_light)


class Reasons(Model):
    """The person's own words behind a value, when the person asks why it stands."""

    kind: Literal["reasons"] = "reasons"
    value: ValueName
    reasons: list[Reason]
    """The latest first, at most `MOST_REASONS`."""
    more: int = 0
    """The number of further ones."""


class Found(Model):
    """The person's own words that a search found, the nearest in meaning first."""

    kind: Literal["found"] = "found"
    query: str
    words: list[Reason]
    available: bool = True
    """Whether the search could be made; it can't while the vectors are away."""


class HeardWords(Model):
    """The words of the person's voice message as they were heard, shown before they are taken."""

    kind: Literal["heard_words"] = "heard_words"
    text: str
    nonce: str
    """Names the voice message, so that the person can put it in other words."""


class DataExport(Model):
    """Everything kept about the person, as files. The channel collects the data when it sends: history has none."""

    kind: Literal["data_export"] = "data_export"
    user_ref: str


class Goodbye(Model):
    """The end of a session that has no summary."""

    kind: Literal["goodbye"] = "goodbye"
    reason: Literal["declined", "not_begun", "stopped", "timed_out", "abandoned", "underage"]
    care: Danger | None = None
    """As in `Summary`."""


Message = Annotated[
    ConsentRequest
    | WelcomeBack
    | Feedback
    | Question
    | FatigueOffer
    | CrisisSupport
    | Concern
    | SafetyQuestion
    | Paused
    | Nudge
    | Notice
    | Summary
    | ProfileCard
    | ProfileValues
    | Insights
    | EvolutionView
    | Reasons
    | Found
    | CoachReply
    | HeardWords
    | WishKept
    | StepProposal
    | StepAgreed
    | StepQuestion
    | StepNoted
    | StepOutcome
    | OpenSteps
    | MemoryList
    | MemoryQuestion
    | ZoneQuestion
    | ZoneKept
    | DataExport
    | Goodbye,
    Field(discriminator="kind"),
]


class Delivery(Model):
    """One or several messages that reach a person together, in this order."""

    key: str
    """The idempotency key: unique among deliveries and the same on every retry. Used by the send ledger."""
    user_ref: str | None = None
    """The recipient, so that an erasure finds the ledger's entries; None if the ledger must not identify them."""
    address: str
    """The address in the channel: a chat id, a terminal's name. Personal: only allowed inside payloads."""
    locale: Locale
    messages: list[Message]
    replaces: str | None = None
    """Key of an earlier delivery ("one moment, please") that this one replaces, if the channel can edit."""


class Delivered(Model):
    """The channel's record of a delivery that arrived."""

    message_ids: list[str] = []
    """The channel's ids of the sent messages, in order; empty in channels without such ids."""
    again: bool = False
    """Whether an earlier attempt may have arrived too: then the person may have seen other messages first."""


class ChannelSender(ABC):
    """The port of a channel: sends messages, on the channel's own task queue. Remote."""

    @activity.defn
    @abstractmethod
    async def deliver(self, delivery: Delivery) -> Delivered:
        """Delivers messages to a person once. Raises `RecipientGone` (not retryable) if they can't be reached."""
