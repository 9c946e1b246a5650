"""What routing adds to a call of a language model, and how a realistic stream of answers is spread over the tiers."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg

from activities.ai.chat_model import ChatModel, Reply, Request
from activities.ai.language_model import LanguageModelAnalyst
from activities.ai.prices import Prices
from activities.ai.providers import PROVIDERS
from activities.analysis.answer_analysis import AnalysisActivities
from activities.analysis.answer_texts import AnswerTexts
from activities.analysis.budget import Spending
from activities.analysis.model_usage import ModelCalls
from activities.analysis.router import Router
from activities.onboarding.session_store import PostgresSessionStore
from activities.safety.text_reader import TextReader
from schema.analysis.activities import AnswerToAnalyse
from schema.analysis.routing import Complexity, ModelRef, Tier
from schema.onboarding.activities import AnswerToRecord, HeardText, SessionOpened
from schema.onboarding.bank import load_bank
from schema.vocabulary import Locale
from tests.keys import encryption
from tests.load.stream import answers
from workflows.analysis.rules.routing import complexity_of

MODEL = "openai/none"
REPLY = json.dumps({"reflection": "The sea stayed with you.", "sentiment": 0.4, "quality": 0.8})


class NoLatency(ChatModel):
    """A provider that answers at once: all the time that a call takes is ours."""

    async def _words(self, request: Request) -> AsyncGenerator[str]:
        yield REPLY
        request.told.append(Reply(text=REPLY, refused=False, tokens_in=900, tokens_out=60))

    async def _look_up(self, seconds: float) -> None:
        return


async def overhead(pool: asyncpg.Pool, calls: int) -> list[float]:
    """Milliseconds that each of many calls takes with a provider of no latency.

    From the recorded answer to its reaction: route it by its complexity and the day's budget, read it back, render the
    prompt, validate the reply, and record its usage.
    """
    calls_made = ModelCalls(pool, {MODEL: Prices(input=Decimal(1), cached=Decimal(1), output=Decimal(1))})
    analyst = LanguageModelAnalyst(NoLatency(PROVIDERS["openai"], MODEL.split("/")[1], calls_made.record))
    reader = ModelRef(tier=Tier.SMALL, company="OpenAI", analyst=MODEL, task_queue="ai-openai")
    router = Router([reader], Spending(pool, Decimal(1000)))
    analysis = AnalysisActivities(AnswerTexts(pool, encryption().columns), {Tier.SMALL: analyst})
    answer_id = await _kept_answer(pool, router)
    traits = next(answers(load_bank(), sessions=1))
    milliseconds: list[float] = []
    for _ in range(calls):
        began = time.perf_counter()
        route = await router.route(traits, ["OpenAI"])
        asked = AnswerToAnalyse(answer_id=answer_id, locale=Locale.EN, tier=route.instant[0].tier)
        await analysis.instant_feedback(asked)
        milliseconds.append((time.perf_counter() - began) * 1000)
    return milliseconds


def mix(sessions: int = 200) -> dict[Complexity, float]:
    """The share of each complexity in a realistic stream of answers."""
    counted = Counter(complexity_of(answer) for answer in answers(load_bank(), sessions))
    return {complexity: counted[complexity] / counted.total() for complexity in Complexity}


async def _kept_answer(pool: asyncpg.Pool, router: Router) -> str:
    store, now = PostgresSessionStore(pool, encryption().columns, TextReader(), router), datetime.now(UTC)
    session_id, answer_id = str(uuid.uuid4()), str(uuid.uuid4())
    await store.open_session(
        SessionOpened(session_id=session_id, user_ref="measured", locale=Locale.EN, opened_at=now, readers=["OpenAI"])
    )
    question = load_bank()[0].id
    text = "I spent the summer by the sea, and every evening I counted the boats that came home. " * 3
    await store.record_answer(
        AnswerToRecord(
            answer_id=answer_id,
            session_id=session_id,
            user_ref="measured",
            question_id=question,
            locale=Locale.EN,
            addendum=False,
            messages=[HeardText(update_id="1", text=text, heard_at=now)],
        )
    )
    return answer_id
