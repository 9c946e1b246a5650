"""The router: picks the models that read an answer, from those configured and the budget left today."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from activities.analysis.budget import Spending
from schema.analysis.routing import ModelRef, Route
from workflows.analysis.rules.routing import AnswerTraits, complexity_of, route


class Router:
    """Routes answers to models of the companies that the person agreed to."""

    def __init__(self, readers: Sequence[ModelRef], spending: Spending) -> None:
        self._readers = readers
        self._spending = spending
        self.companies = list(dict.fromkeys(reader.company for reader in readers))
        """The companies whose models read answers, as consent names them."""

    async def route(self, answer: AnswerTraits, agreed: Collection[str]) -> Route:
        """The route of an answer, through models of the companies that the person agreed to.

        If spending can't be read, uses the last known figure.
        """
        budget = await self._spending.budget()
        readers = [reader for reader in self._readers if reader.company in agreed]
        return route(complexity_of(answer), budget, readers)
