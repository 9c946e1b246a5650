"""A session by the real rules, without a server: which questions come, and what is remembered of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from schema.onboarding.activities import AskedQuestion, ChooseNext, ChosenQuestion
from schema.onboarding.bank import BankQuestion
from schema.vocabulary import Locale
from workflows.onboarding.rules.eligibility import Background
from workflows.onboarding.rules.next_step import next_step

PLANNED = 12
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class Interview:
    """One session of a person, with a minute for each question."""

    def __init__(self, bank: Sequence[BankQuestion], session_id: str, locale: Locale) -> None:
        self.asked: list[AskedQuestion] = []
        self._bank = bank
        self._session_id = session_id
        self._locale = locale

    @property
    def now(self) -> datetime:
        """When the next question is asked."""
        return BEGAN + timedelta(minutes=len(self.asked))

    def next_question(self) -> ChosenQuestion | None:
        """The question that comes next; None when the session is over."""
        request = ChooseNext(
            session_id=self._session_id,
            user_ref="",
            locale=self._locale,
            asked=self.asked,
            trust_points=0,
            planned=PLANNED,
            started_at=BEGAN,
            now=self.now,
        )
        return next_step(request, self._bank, Background()).question

    def answered(self, question: ChosenQuestion, **heard: Any) -> None:
        """Remembers a question as answered, with what was heard in the answer."""
        self.asked.append(
            AskedQuestion(
                nonce=str(len(self.asked)),
                question_id=question.question_id,
                domain=question.domain,
                depth=question.depth,
                energy=question.energy,
                outcome="answered",
                **heard,
            )
        )
