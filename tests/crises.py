"""Every variant of what a person in danger is shown, for the tests of each channel."""

from __future__ import annotations

from itertools import product

from schema.danger import Danger, DangerAbout, DangerHarm, DangerLevel, DangerTime
from schema.deliveries import Concern, CrisisSupport, Message, Nudge, SafetyQuestion
from schema.vocabulary import CrisisKind

EVERY_CARE: list[Message] = [
    *(CrisisSupport(crisis=kind) for kind in CrisisKind),
    CrisisSupport(crisis=CrisisKind.SELF_HARM, by_others=True),
    *(
        CrisisSupport(crisis=kind, danger=Danger(kind=kind, about=about, when=when, harm=harm), again=again)
        for kind, about, when, harm, again in product(
            CrisisKind, DangerAbout, DangerTime, (None, *DangerHarm), (False, True)
        )
    ),
    Concern(danger=Danger(kind=CrisisKind.SELF_HARM, level=DangerLevel.SOFT), nonce="n1"),
    SafetyQuestion(nonce="n1", crisis=CrisisKind.SELF_HARM),
    SafetyQuestion(nonce="n1", crisis=CrisisKind.SELF_HARM, care=Danger(kind=CrisisKind.SELF_HARM)),
    Nudge(care=Danger(kind=CrisisKind.ABUSE)),
]
