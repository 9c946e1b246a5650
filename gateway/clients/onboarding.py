"""What a channel may ask of a person's onboarding session."""

from __future__ import annotations

from typing import Protocol

from gateway.clients.visitor import Running, Visitor
from schema.onboarding.messages import (
    ConsentAnswer,
    EditedAnswer,
    Gesture,
    LanguageChoice,
    SessionOutcome,
    SkipRequest,
    SubmittedAnswer,
)


class OnboardingClient(Protocol):
    """People's sessions. Each call returns when the session has it for good; what tells it something is False when
    no session is open. Raises `RPCError`; see `gateway.clients.outage`.
    """

    async def arrive(self, visitor: Visitor, update_id: str | None = None) -> Running[SessionOutcome]:
        """Opens the visitor's session, or comes back to the one that is open."""
        ...

    async def is_open(self, visitor: Visitor) -> bool:
        """Whether the visitor has an open session."""
        ...

    async def answer_consent(self, visitor: Visitor, answer: ConsentAnswer) -> bool:
        """They agreed or declined."""
        ...

    async def submit_answer(self, visitor: Visitor, answer: SubmittedAnswer) -> bool:
        """They wrote."""
        ...

    async def edit_answer(self, visitor: Visitor, edited: EditedAnswer) -> bool:
        """They changed what they wrote."""
        ...

    async def skip(self, visitor: Visitor, request: SkipRequest) -> bool:
        """They want another question."""
        ...

    async def pause(self, visitor: Visitor, gesture: Gesture) -> bool:
        """They want to rest."""
        ...

    async def resume(self, visitor: Visitor, gesture: Gesture) -> bool:
        """They want to go on after a rest."""
        ...

    async def go_on(self, visitor: Visitor, gesture: Gesture) -> bool:
        """They need no rest."""
        ...

    async def stop(self, visitor: Visitor, gesture: Gesture) -> bool:
        """They have had enough."""
        ...

    async def choose_language(self, visitor: Visitor, choice: LanguageChoice) -> bool:
        """They chose a language."""
        ...
