"""Answers for the offline analyst, and what it makes of them."""

from __future__ import annotations

from activities.ai.analyst import Analyst
from activities.ai.offline.analyst import OfflineAnalyst
from schema.analysis.readings import AnswerInContext, DeepAnalysis, InstantFeedback
from schema.vocabulary import Construct, Depth, Domain, Energy, Locale

RU, EN = Locale.RU, Locale.EN
analyst: Analyst = OfflineAnalyst()

CURIOUS = "Мне всё любопытно: рисую, читаю про космос и философию, придумываю истории, люблю путешествия и новые идеи."
ANXIOUS = "Я постоянно тревожусь, прокручиваю в голове разговоры, боюсь не справиться и не могу уснуть."


def answer(text: str, locale: Locale = RU, listens_for: list[Construct] | None = None) -> AnswerInContext:
    return AnswerInContext(
        question="Что для вас важно?",
        domain=Domain.IDENTITY,
        depth=Depth.SURFACE,
        energy=Energy.NEUTRAL,
        listens_for=listens_for or [],
        text=text,
        locale=locale,
    )


async def instant(text: str, locale: Locale = RU) -> InstantFeedback:
    return await analyst.instant(answer(text, locale))


async def deep(text: str, locale: Locale = RU, listens_for: list[Construct] | None = None) -> DeepAnalysis:
    return await analyst.deep(answer(text, locale, listens_for))
