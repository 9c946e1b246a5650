"""All that is said to a person about steps, for the tests of both screens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from schema.coaching.agreements import OUTCOMES, AgreementStatus, KeptStep, LocalTime
from schema.coaching.deliveries import (
    OpenSteps,
    StepAgreed,
    StepNoted,
    StepOutcome,
    StepProposal,
    StepQuestion,
    ZoneKept,
    ZoneQuestion,
)
from schema.deliveries import Message

AT = LocalTime(at=datetime(2026, 12, 1, 18, 5), zone="Asia/Omsk", assumed=True)
AGREEMENT = str(UUID(int=7))


def about_steps(words: str) -> list[Message]:
    """One of each, about a step in these words."""
    return [
        StepProposal(agreement_id=AGREEMENT, what=words),
        StepAgreed(agreement_id=AGREEMENT, due=AT),
        StepAgreed(agreement_id=AGREEMENT, due=AT.model_copy(update={"assumed": False}), moved=True),
        StepQuestion(agreement_id=AGREEMENT, what=words),
        *(StepNoted(agreement_id=AGREEMENT, what=words, status=status) for status in OUTCOMES.values()),
        *(StepOutcome(status=status) for status in OUTCOMES.values()),
        OpenSteps(steps=[]),
        OpenSteps(
            steps=[
                KeptStep(agreement_id=AGREEMENT, status=AgreementStatus.AGREED, what=words, due=AT),
                KeptStep(agreement_id=AGREEMENT, status=AgreementStatus.AGREED, what=words, due=AT, asked_at=AT.at),
            ],
            quiet=True,
        ),
        ZoneQuestion(now=AT),
        ZoneKept(now=AT),
    ]
