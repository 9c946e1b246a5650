"""The signal of the workflow that screens texts outside a session."""

from __future__ import annotations

from schema.deliveries import NoticeCode
from schema.person import FromPerson
from schema.text import CleanText, OutsideId


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
