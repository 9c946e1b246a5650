"""Talks with the coach, as their person is handed them."""

from __future__ import annotations

from datetime import datetime

from schema.account.kept import Kept
from schema.account.kept_memory import KeptSummary
from schema.coaching.agreements import AgreementStatus
from schema.coaching.marks import ReplyMark
from schema.coaching.wishes import StyleWish
from schema.vocabulary import CrisisKind, Locale


class KeptRecall(Kept):
    """One part of what a reply of the coach rests on."""

    part: str
    """Which part: such as `messages` of the conversation, or `memories`."""
    ids: list[str]
    """The names of the messages, answers or memories."""
    tokens: int
    """About how much of it there was, in the units of language models."""


class KeptMark(Kept):
    """What you said about a reply by a button under it."""

    mark: ReplyMark
    """To say it `differently`, that it `missed`, or that it was `enough` for the day."""
    marked_at: datetime
    """When you said so."""
    update_id: str
    """What the channel calls it."""
    reply_id: str
    """The reply that it got."""


class KeptStyleWish(Kept):
    """How you wished to be spoken to."""

    wish_id: str
    """Names this wish."""
    wish: StyleWish
    """What the program took it for."""
    quote: str | None
    """Your words; empty when nobody can read them any more."""
    wished_at: datetime
    """When you wished it."""
    dropped_at: datetime | None
    """Until when it held; empty while it holds."""


class KeptSaid(Kept):
    """One message in a conversation with the coach."""

    message_id: str
    """Names this message."""
    speaker: str
    """Who said it: the `person`, which is you, or the `coach`."""
    text: str | None
    """What was said; empty when nobody can read it any more."""
    said_at: datetime
    """When it was said."""
    language: Locale
    """The language it is in."""
    crisis: CrisisKind | None
    """The danger that was heard in it, if any was."""
    care_until: datetime | None = None
    """Until when the coach is careful on account of that."""
    update_id: str | None
    """What the channel calls it; a message that arrives twice is counted once."""
    reply_id: str | None
    """The reply that it got, or was to get."""
    coach: str | None
    """Who wrote the reply: `offline` or the name of a language model."""
    moves: list[str]
    """Which of its lines the offline coach used, so that none comes twice."""
    remembered_by: str | None = None
    """Who has read it for what is to be remembered."""
    set_aside_at: datetime | None = None
    """When you had it forgotten: no reply rests on it any more."""
    rests_on: list[KeptRecall] = []
    """What the reply rests on."""
    wishes: list[KeptStyleWish] = []
    """What you wished for in it of how to be spoken to."""
    marks: list[KeptMark] = []
    """What you said about the reply by the buttons under it."""


class KeptAgreement(Kept):
    """A step that you and the coach spoke of agreeing on."""

    agreement_id: str
    """Names the agreement."""
    reply_id: str
    """The reply in which the coach took it up."""
    what: str | None
    """What you meant to do; empty when nobody can read it any more, as the next three."""
    why: str | None
    """What for."""
    meant_for: str | None
    """When you meant to do it."""
    notice: str | None
    """How you would notice that it worked."""
    status: AgreementStatus
    """What has become of it."""
    update_id: str | None
    """What the channel calls the last thing that you did with it; one that arrives twice is counted once."""
    proposed_at: datetime
    """When the coach asked whether you agree on it."""
    agreed_at: datetime | None
    """When you agreed."""
    due_at: datetime | None
    """When the coach is to ask how it went."""
    asked_at: datetime | None
    """When the coach asked."""
    answered_at: datetime | None
    """When you answered, or dropped it."""


class KeptContact(Kept):
    """When the coach may write to you unasked."""

    time_zone: str | None
    """Your time zone; empty while you have not named it."""
    zone_asked_about: str | None
    """The agreement with which you were asked for it, so that you are asked once."""
    quiet: bool
    """Whether it never writes unasked."""
    wakes_at: int
    """The hour from which it may, by your own clock."""
    sleeps_at: int
    """The hour from which it may not."""
    update_id: str | None
    """What the channel calls your last change of this."""


class KeptTalk(Kept):
    """One conversation with the coach."""

    conversation_id: str
    """Names the conversation."""
    began_at: datetime
    """When it began."""
    messages: list[KeptSaid]
    """What was said, in order."""
    summary: KeptSummary | None = None
    """What it was about before its last messages."""
