"""Wires the activities of the workers to their dependencies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import asyncpg

from activities.account.key_rewrapping import StoredKeyRewrapping
from activities.account.person_store import PostgresPersonStore
from activities.account.row_retention import PostgresRowRetention
from activities.ai.memory import MemoryExtractor
from activities.ai.offline.analyst import OfflineAnalyst
from activities.ai.offline.coach import OfflineCoach
from activities.ai.offline.insight import OfflineInsights
from activities.ai.offline.memory import OfflineExtractor
from activities.ai.usage import OnUsage, book_nothing
from activities.analysis.answer_analysis import AnalysisActivities
from activities.analysis.answer_texts import AnswerTexts
from activities.analysis.budget import Spending
from activities.analysis.reply_readers import ReplyReaders
from activities.analysis.router import Router
from activities.coaching.agreement_store import PostgresAgreementStore
from activities.coaching.care import PostgresCareStore
from activities.coaching.coach import CoachActivities
from activities.coaching.conversation_store import PostgresCoachStore
from activities.coaching.drafts import Drafts
from activities.coaching.insights.seeking import InsightActivities, PostgresInsightStore
from activities.coaching.insights.store import Insights
from activities.coaching.meaning import Meanings
from activities.coaching.memory.mind import Mind
from activities.coaching.memory.remembering import MemoryActivities
from activities.coaching.memory.store import Memories
from activities.coaching.own_texts import OwnTexts
from activities.coaching.recall.budget import RecallBudget
from activities.coaching.recall.dangers import LateDangers
from activities.coaching.recall.forgetting import AskedToForget
from activities.coaching.recall.losses import ToldLosses
from activities.coaching.recall.memories import AlwaysInMind, BearingMemories, Boundaries, SoFar
from activities.coaching.recall.messages import LastMessages
from activities.coaching.recall.profile import WhoTheyAre
from activities.coaching.recall.recall import Recall
from activities.coaching.recall.steps import RecalledSteps
from activities.coaching.recall.told import AnswersToldBefore
from activities.coaching.reply_marks import ReplyMarks
from activities.coaching.style_wishes import StyleWishes
from activities.onboarding.question_store import PostgresQuestionStore
from activities.onboarding.session_store import PostgresSessionStore
from activities.profile.profile_store import PostgresProfileStore
from activities.safety.text_reader import TextReader
from activities.safety.text_screen import LocalTextScreen
from activities.voice.desk import PostgresVoiceDesk
from schema.analysis.routing import Tier
from schema.onboarding.bank import BankError, BankQuestion, load_bank
from schema.operator_error import OperatorError
from schema.safety.activities import SecondNet
from workers.language_models import LanguageModel
from workers.process_encryption import Encryption
from workflows.profile.rules.levels import HALF_LIFE


class Provided(NamedTuple):
    """The activities that call one provider of language models."""

    analysis: AnalysisActivities
    coach: CoachActivities
    memory: MemoryActivities
    insights: InsightActivities


@dataclass(frozen=True)
class Parts:
    """The objects that implement the workers' activities."""

    sessions: PostgresSessionStore
    people: PostgresPersonStore
    screen: LocalTextScreen
    questions: PostgresQuestionStore
    profiles: PostgresProfileStore
    conversations: PostgresCoachStore
    care: PostgresCareStore
    coach: CoachActivities
    memory: MemoryActivities
    agreements: PostgresAgreementStore
    insights: PostgresInsightStore
    seeking: InsightActivities
    offline: AnalysisActivities
    providers: Mapping[str, Provided]
    """The activities of each provider, by task queue."""
    voice: PostgresVoiceDesk
    rewrapping: StoredKeyRewrapping
    retention: PostgresRowRetention
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
        cost_a_day: Decimal = Decimal(1),
        on_usage: OnUsage = book_nothing,
        heard_by: str | None = None,
    ) -> Parts:
        """Builds the parts on a migrated database that holds the bank. Without models, all analysis is offline.

        `heard_by` is the company that writes down voice messages, which consent then names beside those of the models.
        """
        columns = encryption.columns
        texts = AnswerTexts(pool, columns)
        text_reader = TextReader(net)
        readers = [model.reader for model in models]
        coaches = [model.reader for model in models if model.coach]
        spending = spending or Spending(pool, None)
        router = Router(readers, spending, coaches=coaches)
        companies = list(dict.fromkeys([*router.companies, *([heard_by] if heard_by else [])]))
        profiles = PostgresProfileStore(pool, columns, half_life)
        budget = RecallBudget()
        drafts = Drafts(pool, columns)
        marks, wishes = ReplyMarks(pool, columns), StyleWishes(pool, columns)
        meanings = net if isinstance(net, Meanings) else None
        memories, insights = Memories(pool, columns, meanings), Insights(pool, columns, meanings)
        own_texts, reply_readers = OwnTexts(pool, columns), ReplyReaders(pool, router, cost_a_day)
        forgets = AskedToForget(pool, columns, memories)
        recall = Recall(
            pool,
            [
                # Before all others: what it forgets is recalled by none.
                forgets,
                LastMessages(pool, columns, budget.messages),
                LateDangers(pool),
                WhoTheyAre(profiles, insights, memories, budget.profile),
                marks,
                wishes,
                Boundaries(memories),
                AlwaysInMind(pool, columns),
                SoFar(pool, columns),
                BearingMemories(pool, columns, memories, budget.memories),
                AnswersToldBefore(pool, columns),
                ToldLosses(pool, columns),
                RecalledSteps(pool, columns, budget.steps, "steps"),
                RecalledSteps(pool, columns, budget.outcomes, "outcomes"),
                RecalledSteps(pool, columns, budget.failed, "failed"),
            ],
        )

        def memory_of(extractors: Mapping[Tier, MemoryExtractor]) -> MemoryActivities:
            companies = [model.reader.company for model in models if model.extractor]
            return MemoryActivities(
                *(pool, columns, memories),
                mind=mind,
                answers=texts,
                extractors=extractors,
                wishes=wishes.wishes_of,
                companies=companies,
            )

        mind = Mind(pool, columns, memories, recent_tokens=budget.messages, summary_tokens=budget.summary)
        return cls(
            sessions=PostgresSessionStore(pool, columns, text_reader, router),
            people=PostgresPersonStore(pool, encryption.keys, columns, companies),
            screen=LocalTextScreen(text_reader),
            questions=PostgresQuestionStore(pool, columns, bank),
            profiles=profiles,
            conversations=PostgresCoachStore(
                pool,
                columns,
                text_reader,
                recall,
                reply_readers,
                forgets=forgets,
                marks=marks,
                wishes=wishes,
                insights=insights,
                replies_a_day=replies_a_day,
            ),
            care=PostgresCareStore(pool, columns, reply_readers),
            coach=CoachActivities(pool, columns, recall, {Tier.OFFLINE: OfflineCoach()}, drafts),
            memory=memory_of({Tier.OFFLINE: OfflineExtractor()}),
            agreements=PostgresAgreementStore(pool, columns),
            insights=PostgresInsightStore(pool, own_texts, insights, reply_readers),
            seeking=InsightActivities(own_texts, insights, memories, {Tier.OFFLINE: OfflineInsights()}),
            offline=AnalysisActivities(texts, {Tier.OFFLINE: OfflineAnalyst()}),
            providers={
                queue: Provided(
                    AnalysisActivities(
                        texts, {m.reader.tier: m.analyst for m in models if m.reader.task_queue == queue}
                    ),
                    CoachActivities(
                        *(pool, columns, recall),
                        {m.reader.tier: m.coach for m in models if m.coach and m.reader.task_queue == queue},
                        drafts,
                    ),
                    memory_of(
                        {m.reader.tier: m.extractor for m in models if m.extractor and m.reader.task_queue == queue}
                    ),
                    InsightActivities(
                        *(own_texts, insights, memories),
                        {m.reader.tier: m.insights for m in models if m.insights and m.reader.task_queue == queue},
                    ),
                )
                for queue in dict.fromkeys(reader.task_queue for reader in readers)
            },
            voice=PostgresVoiceDesk(pool, spending, on_usage),
            rewrapping=StoredKeyRewrapping(encryption.store, encryption.masters),
            retention=PostgresRowRetention(pool),
            net=net,
        )


def shipped_bank() -> list[BankQuestion]:
    """Loads the question bank. Raises `OperatorError`, with file and line, when it is invalid."""
    try:
        return load_bank()
    except BankError as error:
        raise OperatorError(f"The question bank is broken: {error}.") from error
