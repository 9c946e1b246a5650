"""The client for a person's conversation with the coach."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from gateway.clients.visitor import Running, Visitor
from schema.coaching.agreements import HoursAwake, StepAct
from schema.coaching.messages import (
    ArrivedAtCoach,
    CoachLanguage,
    EditedMessage,
    MarkedReply,
    MemoryToCorrect,
    NewTopic,
    ReplyStopped,
    SaidToCoach,
)


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

    async def stop(self, visitor: Visitor, stopped: ReplyStopped) -> None:
        """Stops the reply that is being written to the visitor; without one, nothing happens."""
        ...

    async def act_on_step(self, visitor: Visitor, agreement_id: str, act: StepAct, update_id: str) -> None:
        """Passes on what the visitor does with a step. They are told what became of it."""
        ...

    async def show_steps(self, visitor: Visitor, update_id: str) -> Running[None]:
        """Shows the visitor the steps that are open."""
        ...

    async def show_memories(
        self,
        visitor: Visitor,
        update_id: str,
        *,
        page: int = 0,
        forget: UUID | None = None,
        instead_of: str | None = None,
    ) -> Running[None]:
        """Shows the visitor a page of what is remembered, after `forget` is forgotten.

        `instead_of` is the update that asked for the page whose place this one takes.
        """
        ...

    async def correct_memory(self, visitor: Visitor, tap: MemoryToCorrect) -> None:
        """Begins to put a memory right: the coach asks how it is, and the visitor's next text takes its place."""
        ...

    async def set_contact(
        self,
        visitor: Visitor,
        update_id: str,
        *,
        toggle_quiet: bool = False,
        time_zone: str | None = None,
        hours: HoursAwake | None = None,
    ) -> Running[None]:
        """Changes when the visitor is written to unasked, or asks for their time zone when nothing is to change."""
        ...

    async def deny_insight(self, visitor: Visitor, insight_id: str, update_id: str) -> Running[None]:
        """Takes it that an insight is not true: it is neither shown nor used again, nor one like it made."""
        ...
