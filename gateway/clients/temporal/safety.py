"""The safety client for a Temporal server."""

from __future__ import annotations

from temporalio.client import WorkflowHandle

from gateway.clients.safety import SafetyClient
from gateway.clients.temporal.starter import Starter
from gateway.clients.visitor import Visitor
from schema.person import PersonRequest
from schema.safety.messages import Overheard, SafetyAnswer
from schema.safety.names import LISTENING_ID
from schema.vocabulary import CrisisKind
from workflows.safety.listening import Listening


class TemporalSafety(SafetyClient):
    """Starts the workflow that screens a person's texts, or signals it when it already runs."""

    def __init__(self, starter: Starter) -> None:
        self._starter = starter

    async def screen_text(self, visitor: Visitor, words: Overheard) -> WorkflowHandle[Listening, None]:
        signal = (Listening.overhear.__name__, words)
        return await self._starter.start(Listening.run, visitor, PersonRequest, LISTENING_ID, signal=signal)

    async def answer_safety(self, visitor: Visitor, answer: SafetyAnswer) -> WorkflowHandle[Listening, None]:
        signal = (Listening.answer_safety.__name__, answer)
        return await self._starter.start(Listening.run, visitor, PersonRequest, LISTENING_ID, signal=signal)

    def find_crisis(self, text: str) -> CrisisKind | None:
        # To build the rules takes 0.4 s of a start, and only a terminal asks without a server.
        from workflows.safety.rules.crisis import detect  # noqa: PLC0415

        return detect(text)
