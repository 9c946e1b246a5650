"""The router: picks the models that read an answer or write a reply, from those configured and the budget left."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from activities.analysis.budget import Spending, stricter
from schema.analysis.routing import Budget, ModelRef, Route
from workflows.analysis.rules.routing import AnswerTraits, complexity_of, reply_chain, route


class Router:
    """Routes answers to models of the companies that the person agreed to."""

    def __init__(self, readers: Sequence[ModelRef], spending: Spending, *, coaches: Sequence[ModelRef] = ()) -> None:
        """`readers` read answers, and `coaches` write replies."""
        self._readers = readers
        self._coaches = coaches
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

    async def route_reply(self, own: Budget, agreed: Collection[str]) -> list[ModelRef]:
        """The models that write a reply to a person, in order of attempt; `own` is the state of their own budget."""
        budget = stricter(own, await self._spending.budget())
        return reply_chain(budget, [coach for coach in self._coaches if coach.company in agreed])
