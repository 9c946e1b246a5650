"""Listening: what a person writes while no session takes it is heard for a crisis all the same."""

from __future__ import annotations

from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema.deliveries import CrisisSupport, Notice
from schema.person import MORE_WITHIN, PersonRequest
from schema.safety.activities import TextScreen, TextToScreen
from schema.safety.messages import Overheard
from workflows import policies
from workflows.replies import Asker, delivery_key


@workflow.defn(failure_exception_types=[ValidationError])
class Listening:
    """Hears what is written outside a session (id `listening-{user_ref}`, started with its signal).

    Nothing of it is kept but in this workflow's own history.

    Each of the person's words has a handler of its own: a cry for help waits behind nothing said before it. Only the
    parts of one letter, or what is passed on together, wait a moment for each other.
    """

    @workflow.init
    def __init__(self, request: PersonRequest) -> None:
        self._request = request
        self._heard = 0
        self._unfinished: dict[bool, Overheard] = {}
        """What waits for more: the person's own words, and others'."""
        self._unreached: ActivityError | None = None

    @workflow.signal
    async def overhear(self, words: Overheard) -> None:
        """The person wrote something that no session takes."""
        self._heard += 1
        try:
            if whole := await self._whole(words):
                await self._answer(whole, await Asker.recalled(self._request))
        except ActivityError as error:
            # Raised here, it would end the workflow, and with it what other handlers do.
            self._unreached = error

    @workflow.run
    async def run(self, request: PersonRequest) -> None:
        """Ends when all is answered. Fails when the person could not be reached, so that operators see it."""
        await workflow.wait_condition(lambda: self._heard > 0 and workflow.all_handlers_finished())
        if self._unreached:
            raise self._unreached

    async def _whole(self, words: Overheard) -> Overheard | None:
        """These words with what they continue. None when they are continued themselves: what comes then has them."""
        whose = words.by_others
        if before := self._unfinished.pop(whose, None):
            together = {"text": f"{before.text}\n{words.text}", "otherwise": words.otherwise or before.otherwise}
            words = words.model_copy(update=together)
        if not words.more_expected:
            return words
        self._unfinished[whose] = words
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._unfinished.get(whose) is not words,
                timeout=MORE_WITHIN,
                timeout_summary="More may belong to it",
            )
        return self._unfinished.pop(whose) if self._unfinished.get(whose) is words else None

    async def _answer(self, words: Overheard, asker: Asker) -> None:
        key = delivery_key(words.update_id, 1)
        reading = await policies.DATABASE.run(
            TextScreen.screen_text,
            TextToScreen(text=words.text, locale=asker.known.locale or self._request.locale),
            summary="Screen a text that is not kept",
        )
        if reading.crisis:
            support = CrisisSupport(crisis=reading.crisis, by_others=words.by_others)
            await asker.hears(key, support, summary="Crisis support", policy=policies.FAREWELL)
        elif words.otherwise:
            await asker.hears(key, Notice(code=words.otherwise), summary=f"Notice: {words.otherwise}")
