"""Wires the activities of the workers to their dependencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from activities.account.key_rewrapping import StoredKeyRewrapping
from activities.account.person_store import PostgresPersonStore
from activities.ai.offline.analyst import OfflineAnalyst
from activities.ai.offline.coach import OfflineCoach
from activities.analysis.answer_analysis import AnalysisActivities
from activities.analysis.answer_texts import AnswerTexts
from activities.analysis.budget import Spending
from activities.analysis.router import Router
from activities.coaching.agreement_store import PostgresAgreementStore
from activities.coaching.coach import CoachActivities
from activities.coaching.conversation_store import PostgresCoachStore
from activities.coaching.recall.budget import RecallBudget
from activities.coaching.recall.dangers import LateDangers
from activities.coaching.recall.messages import LastMessages
from activities.coaching.recall.profile import WhoTheyAre
from activities.coaching.recall.recall import Recall
from activities.coaching.recall.steps import RecalledSteps
from activities.coaching.repeats import Meaning, NoRepeats
from activities.onboarding.question_store import PostgresQuestionStore
from activities.onboarding.session_store import PostgresSessionStore
from activities.profile.profile_store import PostgresProfileStore
from activities.safety.text_reader import TextReader
from activities.safety.text_screen import LocalTextScreen
from schema.analysis.routing import Tier
from schema.onboarding.bank import BankError, BankQuestion, load_bank
from schema.operator_error import OperatorError
from schema.safety.activities import SecondNet
from workers.language_models import LanguageModel
from workers.process_encryption import Encryption
from workflows.profile.rules.levels import HALF_LIFE


@dataclass(frozen=True)
class Parts:
    """The objects that implement the workers' activities."""

    sessions: PostgresSessionStore
    people: PostgresPersonStore
    screen: LocalTextScreen
    questions: PostgresQuestionStore
    profiles: PostgresProfileStore
    conversations: PostgresCoachStore
    coach: CoachActivities
    agreements: PostgresAgreementStore
    offline: AnalysisActivities
    providers: Mapping[str, AnalysisActivities]
    """The activities of each provider, by task queue."""
    repeats: NoRepeats
    """The check of a reply's sentences that propose again what failed."""
    rewrapping: StoredKeyRewrapping
    net: SecondNet | None = None
    """The second net, in a process that holds the encoder."""

    @classmethod
    def on(
        cls,
        pool: asyncpg.Pool,
        encryption: Encryption,
        bank: Sequence[BankQuestion],
        models: Sequence[LanguageModel] = (),
        *,
        spending: Spending | None = None,
        net: SecondNet | None = None,
        half_life: timedelta = HALF_LIFE,
        replies_a_day: int = 100,
    ) -> Parts:
        """Builds the parts on a migrated database that holds the bank. Without models, all analysis is offline."""
        columns = encryption.columns
        texts = AnswerTexts(pool, columns)
        text_reader = TextReader(net)
        readers = [model.reader for model in models]
        router = Router(readers, spending or Spending(pool, None))
        profiles = PostgresProfileStore(pool, columns, half_life)
        budget = RecallBudget()
        recall = Recall(
            pool,
            [
                LastMessages(pool, columns, budget.messages),
                LateDangers(pool),
                WhoTheyAre(profiles),
                RecalledSteps(pool, columns, budget.steps, "steps"),
                RecalledSteps(pool, columns, budget.failed, "failed"),
            ],
        )
        return cls(
            sessions=PostgresSessionStore(pool, columns, text_reader, router),
            people=PostgresPersonStore(pool, encryption.keys, columns, router.companies),
            screen=LocalTextScreen(text_reader),
            questions=PostgresQuestionStore(pool, columns, bank),
            profiles=profiles,
            conversations=PostgresCoachStore(pool, columns, text_reader, recall, replies_a_day=replies_a_day),
            coach=CoachActivities(pool, columns, recall, {Tier.OFFLINE: OfflineCoach()}),
            agreements=PostgresAgreementStore(pool, columns),
            offline=AnalysisActivities(texts, {Tier.OFFLINE: OfflineAnalyst()}),
            providers={
                queue: AnalysisActivities(
                    texts, {m.reader.tier: m.analyst for m in models if m.reader.task_queue == queue}
                )
                for queue in dict.fromkeys(reader.task_queue for reader in readers)
            },
            repeats=NoRepeats(net if isinstance(net, Meaning) else None),
            rewrapping=StoredKeyRewrapping(encryption.store, encryption.masters),
            net=net,
        )


def shipped_bank() -> list[BankQuestion]:
    """Loads the question bank. Raises `OperatorError`, with file and line, when it is invalid."""
    try:
        return load_bank()
    except BankError as error:
        raise OperatorError(f"The question bank is broken: {error}.") from error
