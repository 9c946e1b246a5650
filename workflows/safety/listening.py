"""Listening: screens texts for a crisis when no session is open."""

from __future__ import annotations

import uuid
from contextlib import suppress

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError

from schema import metrics
from schema.danger import Danger
from schema.deliveries import Concern, CrisisSupport, Message, Notice, NoticeCode, SafetyQuestion
from schema.person import MORE_WITHIN, PersonRequest
from schema.public import Public
from schema.safety.activities import SecondNet, TextScreen, TextToScreen
from schema.safety.messages import Overheard, SafetyAnswer
from schema.vocabulary import CrisisKind
from workflows import policies
from workflows.replies import Asker, delivery_key
from workflows.safety.second_net import danger_in_text, heard_at_once, weighed_late


@workflow.defn(failure_exception_types=[ValidationError])
class Listening:
    """Screens texts outside a session (id `listening-{user_ref}`, started with its signal).

    The texts are kept only in this workflow's own history.

    Each text has its own signal handler, so a cry for help does not wait for earlier texts. Only the parts of one long
    message, or messages forwarded together, wait for each other, at most `MORE_WITHIN`.
    """

    @workflow.init
    def __init__(self, request: PersonRequest) -> None:
        self._request = request
        self._heard = 0
        self._unfinished: dict[bool, Overheard] = {}
        """Texts that wait for their next part, by `by_others`."""
        self._unreached: ActivityError | None = None
        self._levels = workflow.patched("danger-has-levels")

    @workflow.signal
    async def overhear(self, words: Overheard) -> None:
        """The person wrote a text outside a session."""
        self._heard += 1
        try:
            if whole := await self._whole(words):
                await self._answer(whole, await Asker.recalled(self._request))
        except ActivityError as error:
            # Raised here, it would fail the workflow and stop the other handlers.
            self._unreached = error

    @workflow.signal
    async def answer_safety(self, answer: SafetyAnswer) -> None:
        """The person says whether they are safe, or asks for help, when no session is open."""
        self._heard += 1
        asker = await Asker.recalled(self._request)
        key = delivery_key(answer.update_id, 1)
        try:
            if answer.answer == "help":
                support = CrisisSupport(crisis=answer.crisis or CrisisKind.SELF_HARM, again=True)
                await asker.send(key, support, summary="Crisis support", policy=policies.FAREWELL)
            else:
                code = NoticeCode.SAFE if answer.answer == "safe" else NoticeCode.MISREAD
                await asker.send(key, Notice(code=code), summary=f"Notice: {code}")
        except ActivityError as error:
            self._unreached = error

    @workflow.run
    async def run(self, request: PersonRequest) -> None:
        """Waits until all texts are answered. Fails if the person could not be reached, so that operators see it."""
        await workflow.wait_condition(lambda: self._heard > 0 and workflow.all_handlers_finished())
        if self._unreached:
            raise self._unreached

    async def _whole(self, words: Overheard) -> Overheard | None:
        """The text joined to the part before it; None if a next part takes it over."""
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
                timeout_summary=Public("More may belong to it"),
            )
        return self._unfinished.pop(whose) if self._unfinished.get(whose) is words else None

    async def _answer(self, words: Overheard, asker: Asker) -> None:
        key = delivery_key(words.update_id, 1)
        text = TextToScreen(text=words.text, locale=asker.known.locale or self._request.locale)
        reading = await policies.DATABASE.run(TextScreen.screen_text, text, summary="Screen a text that is not kept")
        danger = await danger_in_text(reading, text) if self._levels else heard_at_once(reading)
        if danger and danger.sure:
            await self._support(words, danger, asker, key)
            return
        said: list[Message] = [Notice(code=words.otherwise)] if words.otherwise else []
        if danger:
            said.append(Concern(danger=danger, nonce=self._nonce(words)))
        if said:
            await asker.send(key, *said, summary=f"Notice: {words.otherwise or 'a concern'}")

        if reading.overdue and not danger:
            # The net was too slow for a person who waits: what it hears in the end comes late rather than never.
            late = await weighed_late(None, SecondNet.weigh_text, text, "Weigh a text that is not kept, late")
            if late and late.sure:
                await self._support(words, late, asker, delivery_key(words.update_id, 2))

    async def _support(self, words: Overheard, danger: Danger, asker: Asker, key: str) -> None:
        metrics.CRISES_HEARD.add()
        support = CrisisSupport(crisis=danger.kind, by_others=words.by_others, danger=danger)
        # Whoever shows somebody else's words may be safe themselves.
        asks = (
            []
            if words.by_others or not self._levels
            else [SafetyQuestion(nonce=self._nonce(words), crisis=danger.kind)]
        )
        await asker.send(key, support, *asks, summary="Crisis support", policy=policies.FAREWELL)

    @staticmethod
    def _nonce(words: Overheard) -> str:
        return uuid.uuid5(uuid.UUID(workflow.info().run_id), words.update_id).hex[:8]
