"""The interface of a person's conversation with the coach: input and signals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from schema.base_model import Model
from schema.coaching.insights import InsightSettings
from schema.coaching.marks import ReplyMark
from schema.danger import SafetyReply
from schema.person import Channel, FromPerson, PersonRequest
from schema.text import CleanText, OutsideId
from schema.vocabulary import CrisisKind, Locale


class CoachingSettings(Model):
    """The times of a conversation. Part of its input, so that a change of defaults never breaks a replay."""

    reflects_after: timedelta = timedelta(minutes=5)
    """Silence after which what is always in mind is rebuilt."""
    rests_after: timedelta = timedelta(hours=24)
    """Silence after which the workflow ends. All that matters is in the database; the next message starts it again."""
    insights: InsightSettings = InsightSettings()
    """When there is enough new to look for an insight."""


class StartCoaching(Model):
    """Input of `CoachConversation`."""

    user_ref: str
    settings: CoachingSettings = CoachingSettings()
    carried: dict[str, Any] | None = None
    """The conversation's state when it continues as new; a client leaves it out."""


class SaidToCoach(FromPerson):
    """Signal `say`: a text that the person wrote to the coach. It starts the workflow where none runs."""

    update_id: OutsideId
    """The channel's id of this message; a redelivered one changes nothing."""
    text: CleanText
    channel: Channel
    """Where the reply goes."""
    locale: Locale
    """The language that the channel guesses, for a person who is not known yet."""
    message_id: OutsideId | None = None
    """The channel's id of the message, by which an edit finds it."""
    more_expected: bool = False
    """Whether it may be the first part of a longer message: a text within `MORE_WITHIN` then belongs to it."""
    conversation_id: OutsideId | None = None
    """The conversation that it belongs to, if the channel shows several; else the latest one."""
    after_time_out: bool = False
    """Whether the person's latest session timed out: then it may be the answer that the session waited for."""


class EditedMessage(FromPerson):
    """Signal `edit`: the person edited a message. It counts while nobody has answered it."""

    message_id: OutsideId
    text: CleanText


class CoachLanguage(FromPerson):
    """Signal `choose_language`: the person chose a language. It counts from what is said next."""

    locale: Locale


class ArrivedAtCoach(FromPerson):
    """Update `welcome`: the person opened a channel in which they may go on talking."""

    channel: Channel


class MarkedReply(FromPerson):
    """Signal `mark`: the person tapped a button under a reply. The coach answers it by a reply."""

    update_id: OutsideId
    reply_id: UUID | None = None
    """The reply with the button; None for the latest one."""
    mark: ReplyMark
    channel: Channel
    locale: Locale


class MemoryRequest(PersonRequest):
    """Input of `ShowMemories`: the page that a person wants to see, and what is to be forgotten first."""

    page: int = 0
    """From 0."""
    forget: UUID | None = None
    instead_of: OutsideId | None = None
    """The update that asked for the page whose place this one takes, in channels that can edit."""


class MemoryToCorrect(FromPerson):
    """Signal `correct`: the person puts a memory right. Their next text takes its place."""

    update_id: OutsideId
    memory_id: UUID | None
    """None leaves all as it is."""
    channel: Channel
    locale: Locale


class SafetyTap(FromPerson):
    """Signal `answer_safety`: what the person says by a button of a danger that the coach heard in their words."""

    update_id: OutsideId
    reply_id: UUID
    """The reply that the words were to get."""
    answer: SafetyReply
    crisis: CrisisKind | None = None
    """The danger that the message with the button was about."""
    channel: Channel
    locale: Locale


class NewTopic(FromPerson):
    """Signal `begin_topic`: the person begins another conversation. Nothing of the ones before is forgotten."""

    update_id: OutsideId
    channel: Channel
    locale: Locale


class ReplyStopped(FromPerson):
    """Signal `stop`: the person stops a reply while it is written. What was shown of it by then is the reply."""

    draft: int | None = None
    """The number of its draft, so that a late signal stops no other; None for whichever reply is being written."""
