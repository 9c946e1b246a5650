"""The client for a person's conversation with the coach."""

from __future__ import annotations

from typing import Protocol

from gateway.clients.visitor import Visitor
from schema.coaching.messages import ArrivedAtCoach, CoachLanguage, EditedMessage, MarkedReply, NewTopic, SaidToCoach


class CoachingClient(Protocol):
    """Passes on what people say to the coach. A call returns once Temporal has stored it. Raises `RPCError`."""

    async def say(self, visitor: Visitor, said: SaidToCoach) -> None:
        """Sends a text to the coach, who replies. Also for visitors who have never agreed: they are told so."""
        ...

    async def edit(self, visitor: Visitor, edited: EditedMessage) -> bool:
        """Signals that the visitor edited a text. Returns False when the coach is at rest and hears of no edit."""
        ...

    async def mark(self, visitor: Visitor, marked: MarkedReply) -> None:
        """Says something about a reply by a button under it. The coach answers."""
        ...

    async def choose_language(self, visitor: Visitor, choice: CoachLanguage) -> bool:
        """Signals that the visitor chose a language. Returns False when the coach is at rest; it then looks it up."""
        ...

    async def welcome(self, visitor: Visitor, arrived: ArrivedAtCoach) -> bool:
        """Greets a visitor who has come to the end of a session before. Returns False for others, and says nothing."""
        ...

    async def begin_topic(self, visitor: Visitor, topic: NewTopic) -> None:
        """Begins another conversation with the coach. Nothing of the ones before is forgotten."""
        ...
