"""What goes into the workflow that screens texts of which nothing is kept."""

from __future__ import annotations

from schema.deliveries import NoticeCode
from schema.person import FromPerson
from schema.text import CleanText, OutsideId


class Overheard(FromPerson):
    """Signal `overhear` of `Listening`: words that no session takes. Nothing of them is kept, but a crisis is heard."""

    update_id: OutsideId
    """Required here: each of a person's words gets its own reply."""
    text: CleanText
    otherwise: NoticeCode | None = None
    """What the person is told when it is no crisis; None when they are told something already."""
    by_others: bool = False
    """Whether somebody else wrote them, and the person passed them on."""
    more_expected: bool = False
    """Whether more may belong to them: what comes within `MORE_WITHIN` is then heard, and answered, together."""
