"""Listening: what a person writes while no session takes it is heard for a crisis all the same."""

from __future__ import annotations

from pydantic import ValidationError
from temporalio import workflow

from schema.activities import SessionStore, TextToScreen
from schema.deliveries import CrisisSupport, Message, Notice
from schema.session import Overheard, PersonRequest
from workflows import policies
from workflows.profile.reply import delivery_key, reply


@workflow.defn(failure_exception_types=[ValidationError])
class Listening:
    """Hears what is written outside a session, and forgets it (id `listening-{user_ref}`, started with its signal)."""

    @workflow.init
    def __init__(self, request: PersonRequest) -> None:
        self._unheard: list[Overheard] = []

    @workflow.signal
    def overhear(self, words: Overheard) -> None:
        """The person wrote something that no session takes."""
        self._unheard.append(words)

    @workflow.run
    async def run(self, request: PersonRequest) -> None:
        """Hears what there is, each for itself, and ends. Fails when the person could not be reached."""
        await workflow.wait_condition(lambda: bool(self._unheard))
        while self._unheard:
            words = self._unheard.pop(0)
            if message := await self._answer(words, request):
                crisis = isinstance(message, CrisisSupport)
                await reply(
                    request,
                    delivery_key(words.update_id, 1),
                    message,
                    summary="Crisis support" if crisis else f"Notice: {words.otherwise}",
                    policy=policies.FAREWELL if crisis else policies.COURTESY,
                )

    async def _answer(self, words: Overheard, request: PersonRequest) -> Message | None:
        reading = await policies.DATABASE.run(
            SessionStore.screen_text,
            TextToScreen(text=words.text, locale=request.locale),
            summary="Screen a text that is not kept",
        )
        if reading.crisis:
            return CrisisSupport(crisis=reading.crisis)
        return Notice(code=words.otherwise) if words.otherwise else None
