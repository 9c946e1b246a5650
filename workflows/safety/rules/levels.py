"""Tells more of a danger that was heard: whose it is, when it was, and what has happened."""

from __future__ import annotations

from schema.danger import Danger, DangerAbout, DangerHarm, DangerTime
from schema.safety.data import DangerDetail
from schema.vocabulary import CrisisKind
from workflows.safety.rules.crisis import detect, plain_form
from workflows.safety.rules.phrases import DETAILS, openings_in


def danger_in(text: str) -> Danger | None:
    """The danger that the rules find in a text, in full; None when they find none."""
    kind = detect(text)
    return detailed(Danger(kind=kind), text) if kind else None


def detailed(danger: Danger, text: str) -> Danger:
    """A danger that somebody found in a text, with what the rules can tell of it."""
    plain = plain_form(text)
    places = openings_in(plain)
    openings = set(places)

    def tells(detail: DangerDetail) -> bool:
        return any(phrase.possible(openings) and phrase.begins(plain, places) for phrase in DETAILS[detail])

    self_harm = danger.kind is CrisisKind.SELF_HARM
    about = danger.about
    if danger.kind is CrisisKind.VIOLENCE and tells("BY_SELF"):
        about = DangerAbout.BY_SELF
    elif not self_harm and tells("CHILD"):
        about = DangerAbout.CHILD
    elif tells("OTHER") and not tells("SELF"):
        about = DangerAbout.OTHER
    elif about is DangerAbout.OTHER and tells("SELF"):
        about = DangerAbout.SELF
    harm = next((harm for harm in DangerHarm if self_harm and tells(harm.value)), None)
    past = not harm and tells("PAST") and not tells("NOW")
    return danger.model_copy(update={"about": about, "harm": harm, "when": DangerTime.PAST if past else DangerTime.NOW})
