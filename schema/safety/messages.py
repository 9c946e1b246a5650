"""Signals of safety: a text outside a session, and what a person says of their safety."""

from __future__ import annotations

from schema.danger import SafetyReply
from schema.deliveries import NoticeCode
from schema.person import FromPerson
from schema.text import CleanText, OutsideId
from schema.vocabulary import CrisisKind


class Overheard(FromPerson):
    """Signal `overhear` of `Listening`: a text outside a session. It is screened for a crisis and not kept."""

    update_id: OutsideId
    """Required here, because each text gets its own reply."""
    text: CleanText
    otherwise: NoticeCode | None = None
    """The reply if it is no crisis; None if the channel has replied already."""
    by_others: bool = False
    """Whether somebody else wrote the text and the person forwarded it."""
    more_expected: bool = False
    """Whether more may follow: texts within `MORE_WITHIN` are then screened and answered together."""


class SafetyAnswer(FromPerson):
    """Signal `answer_safety`: the answer to a `SafetyQuestion`, or a tap on a `Concern`."""

    answer: SafetyReply
    nonce: OutsideId | None = None
    """The question or the concern that it belongs to; None for the question that is open."""
    crisis: CrisisKind | None = None
    """The danger that the message with the button was about, for support when nothing else is known of it any more."""
