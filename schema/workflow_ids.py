"""The ids of workflows. Each says whose the workflow is, so that whoever looks for a person's workflows finds all."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from schema.identity import USER_REF_LENGTH


class IdWord(StrEnum):
    """The first word of an id. The person's `user_ref` follows, then whatever tells one of theirs from another."""

    ONBOARDING = "onboarding"
    DEFERRED = "deferred"
    PROFILE = "profile"
    INSIGHTS = "insights"
    EXPORT = "export"
    LANGUAGE = "language"
    LISTENING = "listening"
    ERASE = "erase"
    SWEEP = "sweep"

    def of(self, user_ref: str, *rest: object) -> str:
        """The id of a person's workflow."""
        return "-".join([self, user_ref, *map(str, rest)])


OF_TYPE: Mapping[str, tuple[IdWord, ...]] = {
    "OnboardingSession": (IdWord.ONBOARDING,),
    "DeferredAnalysis": (IdWord.DEFERRED,),
    "ShowProfile": (IdWord.PROFILE, IdWord.INSIGHTS),
    "ExportPerson": (IdWord.EXPORT,),
    "RememberLanguage": (IdWord.LANGUAGE,),
    "Listening": (IdWord.LISTENING,),
    "ErasePerson": (IdWord.ERASE,),
    "SweepErased": (IdWord.SWEEP,),
}
"""How the ids of each workflow type begin."""


def person_of(workflow_id: str) -> str | None:
    """The `user_ref` in an id; None when it names nobody."""
    word, _, rest = workflow_id.partition("-")
    user_ref = rest.partition("-")[0]
    return user_ref if word in list(IdWord) and len(user_ref) == USER_REF_LENGTH else None
