"""The client for a person's onboarding session."""

from __future__ import annotations

from enum import StrEnum
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
from schema.safety.messages import SafetyAnswer


class Hearer(StrEnum):
    """Who hears a text of a visitor."""

    SESSION = "session"
    COACH = "coach"
    """No session is open, or it rests or ends."""
    COACH_AFTER_TIME_OUT = "coach after a time-out"
    """The latest session timed out: the text may be the answer that it waited for."""


class OnboardingClient(Protocol):
    """Opens sessions and signals them. A call returns once Temporal has stored the request.

    Methods that send a signal return False when no session is open. All raise `RPCError`; see
    `gateway.clients.outage`.
    """

    async def arrive(self, visitor: Visitor, update_id: str | None = None) -> Running[SessionOutcome]:
        """Opens the visitor's session, or signals the open one that the visitor is back."""
        ...

    async def is_open(self, visitor: Visitor) -> bool:
        """Returns whether the visitor has an open session."""
        ...

    async def hearer(self, visitor: Visitor) -> Hearer:
        """Returns who hears a text that belongs to no question in particular."""
        ...

    async def answer_consent(self, visitor: Visitor, answer: ConsentAnswer) -> bool:
        """Signals that the visitor agreed or declined."""
        ...

    async def submit_answer(self, visitor: Visitor, answer: SubmittedAnswer) -> bool:
        """Signals a text that the visitor wrote."""
        ...

    async def edit_answer(self, visitor: Visitor, edited: EditedAnswer) -> bool:
        """Signals that the visitor edited a text."""
        ...

    async def skip(self, visitor: Visitor, request: SkipRequest) -> bool:
        """Signals that the visitor wants another question."""
        ...

    async def pause(self, visitor: Visitor, gesture: Gesture) -> bool:
        """Signals that the visitor wants a pause."""
        ...

    async def resume(self, visitor: Visitor, gesture: Gesture) -> bool:
        """Signals that the visitor wants to continue after a pause."""
        ...

    async def go_on(self, visitor: Visitor, gesture: Gesture) -> bool:
        """Signals that the visitor declined an offered pause."""
        ...

    async def stop(self, visitor: Visitor, gesture: Gesture) -> bool:
        """Signals that the visitor wants to end the session."""
        ...

    async def answer_safety(self, visitor: Visitor, answer: SafetyAnswer) -> bool:
        """Signals what the visitor says of their safety."""
        ...

    async def choose_language(self, visitor: Visitor, choice: LanguageChoice) -> bool:
        """Signals that the visitor chose a language."""
        ...
