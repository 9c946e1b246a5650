"""The router: which models there are, what of the day's budget is left, and so who reads an answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from activities.analysis.budget import Spending
from schema.analysis.routing import ModelRef, Route
from workflows.analysis.rules.routing import AnswerTraits, complexity_of, route


class Router:
    """Routes answers among the models that a person has agreed to."""

    def __init__(self, readers: Sequence[ModelRef], spending: Spending) -> None:
        self._readers = readers
        self._spending = spending
        self.companies = list(dict.fromkeys(reader.company for reader in readers))
        """Whose models read along: what consent names."""

    async def route(self, answer: AnswerTraits, agreed: Collection[str]) -> Route:
        """Who reads an answer of a person who agreed to these companies. Never fails for want of a budget figure: the
        last one stands.
        """
        budget = await self._spending.budget()
        readers = [reader for reader in self._readers if reader.company in agreed]
        return route(complexity_of(answer), budget, readers)
