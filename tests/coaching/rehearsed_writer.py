"""A coach that writes sentence by sentence, when the test says so, as a language model does that is heard meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

import asyncpg
from temporalio.client import Client

from activities.ai.coach import ReplyWriter, Show
from activities.analysis.budget import Spending
from activities.analysis.reply_readers import ReplyReaders
from activities.analysis.router import Router
from activities.coaching.coach import CoachActivities
from activities.coaching.conversation_store import PostgresCoachStore
from activities.coaching.drafts import Drafts
from activities.coaching.insights.store import Insights
from activities.coaching.memory.store import Memories
from activities.coaching.recall.forgetting import AskedToForget
from activities.coaching.recall.messages import LastMessages
from activities.coaching.recall.recall import Recall
from activities.coaching.reply_marks import ReplyMarks
from activities.coaching.style_wishes import StyleWishes
from activities.safety.text_reader import TextReader
from schema.analysis.routing import ModelRef, Tier
from schema.coaching.context import Reply, ReplyContext
from tests.keys import encryption
from workers.bootstrap import Parts
from workers.run import _activity_worker, workers_of
from workers.settings import Engine

WRITER = "rehearsed/coach"
QUICK = 0.02
"""Seconds between drafts here."""


class RehearsedWriter(ReplyWriter):
    """Writes what the test says, to one person at a time."""

    def __init__(self) -> None:
        self._script: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        self.begun = asyncio.Event()
        """Set once it has been asked for a reply."""

    def says(self, sentence: str) -> None:
        """Has it write another sentence."""
        self._script.put_nowait(sentence)

    def breaks_off(self) -> None:
        """Has the attempt fail."""
        self._script.put_nowait(ConnectionError())

    def ends(self) -> None:
        """Has it end the reply."""
        self._script.put_nowait(None)

    async def write(self, context: ReplyContext, show: Show) -> Reply:
        self.begun.set()
        sentences: list[str] = []
        while (step := await self._script.get()) is not None:
            if isinstance(step, Exception):
                raise step
            sentences.append(step)
            await show(" ".join(sentences))
        return Reply(text=" ".join(sentences), coach=WRITER)


class _Readers(ReplyReaders):
    """Has replies written on a queue of the test."""

    def __init__(self, pool: asyncpg.Pool, models: list[ModelRef]) -> None:
        super().__init__(pool, Router([], Spending(pool, None)), Decimal(1))
        self._models = models

    async def of(self, user_ref: str) -> list[ModelRef]:
        return self._models


@asynccontextmanager
async def workers_with(client: Client, pool: asyncpg.Pool, parts: Parts) -> AsyncIterator[RehearsedWriter]:
    """Runs all workers, and one more on which a rehearsed coach replies."""
    writer, queue, columns = RehearsedWriter(), f"coach-{uuid.uuid4().hex[:8]}", encryption().columns
    recall = Recall(pool, [LastMessages(pool, columns, 1000)])
    model = ModelRef(tier=Tier.STANDARD, company="Rehearsal", analyst=WRITER, task_queue=queue)
    store = PostgresCoachStore(
        *(pool, columns, TextReader(parts.net), recall, _Readers(pool, [model])),
        forgets=AskedToForget(pool, columns, Memories(pool, columns, None)),
        marks=ReplyMarks(pool, columns),
        wishes=StyleWishes(pool, columns),
        insights=Insights(pool, columns, None),
        replies_a_day=100,
    )
    coach = CoachActivities(pool, columns, recall, {Tier.STANDARD: writer}, Drafts(pool, columns, every=QUICK))
    async with (
        workers_of(client, replace(parts, conversations=store), Engine(), sandbox=False),
        _activity_worker(client, queue, Engine(), [coach.reply], at_most=10),
    ):
        yield writer
