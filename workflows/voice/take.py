"""TakeSpoken: hears voice messages, shows what was heard, and has it taken as if it had been written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.channel_queues import voice_queue
from schema.deliveries import HeardWords, Message, Notice, NoticeCode
from schema.person import PersonRef
from schema.public import Public
from schema.safety.activities import TextScreen, TextToScreen
from schema.voice.activities import (
    HeardUsage,
    Hearing,
    Recording,
    Transcript,
    VoiceChannel,
    VoiceDesk,
    VoiceEar,
    WordsToHandOver,
)
from schema.voice.messages import Mending, SpokenMessage, TakeSpokenRequest, WrittenMessage
from schema.voice.names import VOICE_ID
from workflows import policies
from workflows.replies import Asker, delivery_key
from workflows.safety.second_net import danger_in_text

_REFUSALS = {
    Hearing.NOT_BEGUN: NoticeCode.NOT_BEGUN,
    Hearing.NOT_AGREED: NoticeCode.VOICE_NOT_AGREED,
    Hearing.BUDGET_SPENT: NoticeCode.VOICE_RESTS,
}


@workflow.defn(name=VOICE_ID.workflow_type, failure_exception_types=[ValidationError])
class TakeSpoken:
    """Takes what a person says (id `voice-{user_ref}`, started with its signal), one message after the other.

    It runs while something is under way. A text that comes meanwhile is handed on, for it may be a cry for help; only
    while the words of a voice message are shown it may take their place.
    """

    @workflow.init
    def __init__(self, request: TakeSpokenRequest) -> None:
        self._request = request
        self._waiting: list[SpokenMessage | WrittenMessage] = []
        self._taken: set[str] = set()
        self._shown: str | None = None
        """The message whose words the person may mend now."""
        self._mends = False
        self._late: list[Mending] = []
        self._handing_over = asyncio.Lock()

    @workflow.signal
    def speak(self, spoken: SpokenMessage) -> None:
        """The person sent a voice message."""
        self._take_once(spoken)

    @workflow.signal
    async def write(self, written: WrittenMessage) -> None:
        """The person wrote while a voice message was on its way."""
        if self._shown or self._next_text:
            self._take_once(written)
        else:
            await self._hand_over(written)

    @workflow.signal
    def mend(self, mending: Mending) -> None:
        """The person wants to put what was heard in other words."""
        if mending.nonce == self._shown:
            self._mends = True
        else:
            self._late.append(mending)

    @workflow.run
    async def run(self, request: TakeSpokenRequest) -> None:
        """Runs until all that came is taken."""
        asker = await Asker.recalled(request)
        while await self._something_comes():
            if self._late:
                await self._say(asker, self._late.pop(0).update_id, NoticeCode.VOICE_TAKEN)
                continue
            message = self._next_text or self._waiting[0]
            self._waiting.remove(message)
            words = message if isinstance(message, WrittenMessage) else await self._hear(message, asker)
            if words:
                await self._hand_over(words)

    async def _something_comes(self) -> bool:
        """Waits for something to do; False when nothing is under way any more."""
        await workflow.wait_condition(lambda: bool(self._waiting or self._late) or workflow.all_handlers_finished())
        return bool(self._waiting or self._late)

    @property
    def _next_text(self) -> WrittenMessage | None:
        """The first text that waits. It never waits for a recording."""
        return next((each for each in self._waiting if isinstance(each, WrittenMessage)), None)

    def _take_once(self, message: SpokenMessage | WrittenMessage) -> None:
        if message.update_id not in self._taken:
            self._taken.add(message.update_id)
            self._waiting.append(message)

    async def _hear(self, spoken: SpokenMessage, asker: Asker) -> WrittenMessage | None:
        """The words of a voice message; None if there are none to take, which the person is told."""
        allowed = await policies.DATABASE.run(
            VoiceDesk.may_be_heard, PersonRef(user_ref=self._request.user_ref), summary="May this be heard?"
        )
        if refusal := _REFUSALS.get(allowed.hearing):
            await self._say(asker, spoken.update_id, refusal)
            return None
        heard = await self._transcribe(spoken)
        if heard is None or not heard.text.strip():
            code = NoticeCode.VOICE_WITHOUT_WORDS if heard else NoticeCode.VOICE_NOT_HEARD
            await self._say(asker, spoken.update_id, code)
            return None
        words = WrittenMessage(
            update_id=spoken.update_id, message_id=spoken.message_id, text=heard.text, nonce=spoken.nonce
        )
        # Words of danger are taken at once, and whoever takes them answers with support alone.
        if await self._speaks_of_danger(words, asker) or not await self._mended(words, asker):
            return words
        return None

    async def _transcribe(self, spoken: SpokenMessage) -> Transcript | None:
        try:
            heard = await policies.TRANSCRIPTION.run(
                VoiceEar.transcribe,
                Recording(file_id=spoken.file_id, seconds=spoken.seconds),
                task_queue=voice_queue(self._request.channel.task_queue),
                summary="Write down what was said",
            )
        except ActivityError as error:
            # History holds the reason.
            if is_cancelled_exception(error):
                raise
            return None
        usage = HeardUsage(**heard.model_dump(exclude={"text"}))
        await policies.DATABASE.run(VoiceDesk.book, usage, summary="Book what it cost")
        return heard

    async def _speaks_of_danger(self, words: WrittenMessage, asker: Asker) -> bool:
        text = TextToScreen(text=words.text, locale=asker.known.locale or self._request.locale)
        reading = await policies.DATABASE.run(TextScreen.screen_text, text, summary="Screen what was said")
        danger = await danger_in_text(reading, text)
        return danger is not None and danger.sure

    async def _mended(self, words: WrittenMessage, asker: Asker) -> bool:
        """Shows what was heard. Returns whether the person's next message takes its place."""
        self._shown, self._mends = words.update_id, False
        shown = HeardWords(text=words.text, nonce=words.update_id)
        await self._send(asker, f"{words.update_id}:heard", shown, summary="Show what was heard")
        await self._wait(lambda: self._mends or bool(self._waiting), self._request.times.mend_within, "Is it right?")
        if self._mends:
            await self._say(asker, f"{words.update_id}:mend", NoticeCode.VOICE_MENDING)
            await self._wait(lambda: bool(self._waiting), self._request.times.rewrite_within, "The better words")
        self._shown = None
        if not (self._mends and self._waiting):
            return False
        better = self._next_text or self._waiting[0]
        at = self._waiting.index(better)
        self._waiting[at] = better.model_copy(update={"nonce": better.nonce or words.nonce})
        return True

    async def _wait(self, until: Callable[[], bool], at_most: timedelta, summary: str) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(until, timeout=at_most, timeout_summary=Public(summary))

    async def _hand_over(self, words: WrittenMessage) -> None:
        async with self._handing_over:
            await policies.HANDING_OVER.run(
                VoiceChannel.hand_over,
                WordsToHandOver(person=self._request, words=words),
                task_queue=self._request.channel.task_queue,
                summary="Take it as if it were written",
            )

    async def _say(self, asker: Asker, key: str | None, code: NoticeCode) -> None:
        await self._send(asker, key, Notice(code=code), summary=f"Notice: {code}")

    async def _send(self, asker: Asker, key: str | None, message: Message, *, summary: str) -> None:
        try:
            await asker.send(delivery_key(key, 1), message, summary=summary)
        except ActivityError as error:
            # What was said is taken all the same. History holds the reason.
            if is_cancelled_exception(error):
                raise
