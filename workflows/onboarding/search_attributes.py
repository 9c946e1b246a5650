"""Search attributes by which operators find sessions. They are not encrypted, so they hold nothing personal."""

from __future__ import annotations

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from workflows.onboarding.state import SessionState

STATUS = SearchAttributeKey.for_keyword("SelfologyStatus")
STAGE = SearchAttributeKey.for_keyword("SelfologyStage")
ANSWERS = SearchAttributeKey.for_int("SelfologyAnswers")
LOCALE = SearchAttributeKey.for_keyword("SelfologyLocale")

REST = "REST"
"""The stage of a session that rests by the person's will: texts are for the coach, until the person resumes."""

ALL = (STATUS, STAGE, ANSWERS, LOCALE)


def updates_for(state: SessionState) -> list[SearchAttributeUpdate[Any]]:
    """The attributes for the current state of a session."""
    return [
        STATUS.value_set(state.status.value),
        STAGE.value_set(REST if state.rests else state.stage.value),
        ANSWERS.value_set(state.answered),
        LOCALE.value_set(state.locale.value),
    ]
