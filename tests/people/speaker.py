"""People of tests who speak: their channel writes down what they say, and hands it on to a session."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from gateway.clients.temporal.voice import TemporalVoice
from schema.channel_queues import voice_queue
from schema.onboarding.messages import SessionSettings, SubmittedAnswer
from schema.person import Channel
from schema.vocabulary import Locale
from schema.voice.activities import Recording, Transcript, VoiceChannel, VoiceEar, WordsToHandOver
from schema.voice.messages import Mending, SpokenMessage, WrittenMessage
from schema.voice.names import VOICE_ID
from tests.people.person import People, Person
from workflows.voice.take import TakeSpoken


class Phone(VoiceEar, VoiceChannel):
    """A channel in which the name of a recording is what it says."""

    def __init__(self, cast: People) -> None:
        self._onboarding = cast.requests(SessionSettings()).onboarding
        self.taken: list[str] = []

    @activity.defn(name="voice.transcribe")
    async def transcribe(self, recording: Recording) -> Transcript:
        if recording.file_id == "away":
            raise ApplicationError("nobody writes it down", non_retryable=True)
        return Transcript(text=recording.file_id, analyst="openai/gpt-transcribe", seconds=3, latency_ms=1)

    @activity.defn(name="voice.hand_over")
    async def hand_over(self, said: WordsToHandOver) -> None:
        self.taken.append(said.words.text)
        answer = SubmittedAnswer(update_id=said.words.update_id, text=said.words.text)
        await self._onboarding.submit_answer(said.person, answer)


class Speaker:
    """A person who has agreed that OpenAI hears them, and their phone."""

    def __init__(self, cast: People, person: Person, phone: Phone, queue: str) -> None:
        self.person, self.phone = person, phone
        self.user_ref = person.user_ref
        self.channel = Channel(task_queue=queue, address=person.name)
        self.locale = Locale.EN
        self._cast = cast
        voice = cast.requests(SessionSettings()).voice
        assert isinstance(voice, TemporalVoice)
        self._voice = voice

    @property
    def on_its_way(self) -> WorkflowHandle[TakeSpoken, None]:
        """What they say, until it is taken."""
        return self._cast.env.client.get_workflow_handle_for(TakeSpoken.run, VOICE_ID.of(self.user_ref))

    async def speaks(self, words: str) -> str:
        """Sends a voice message; its update id."""
        update_id = uuid.uuid4().hex
        spoken = SpokenMessage(update_id=update_id, message_id="1", file_id=words, seconds=3)
        with self._cast.clocks.stand_still():
            await self._voice.speak(self, spoken)
        return update_id

    async def writes(self, text: str) -> bool:
        """Writes while a voice message is on its way; whether one is."""
        written = WrittenMessage(update_id=uuid.uuid4().hex, message_id="2", text=text)
        return await self._voice.write(self, written)

    async def mends(self, update_id: str) -> bool:
        """Taps "edit" below what was heard."""
        return await self._voice.mend(self, Mending(update_id=uuid.uuid4().hex, nonce=update_id))


@asynccontextmanager
async def speaker(cast: People) -> AsyncIterator[Speaker]:
    """Somebody with an open session, whose phone works until the context is left."""
    person, phone, queue = cast.person(), Phone(cast), f"phone-{uuid.uuid4().hex[:8]}"
    await person.begins()
    await cast.pool.execute(
        "UPDATE onboarding_system.people SET readers = '{OpenAI}' WHERE user_ref = $1", person.user_ref
    )
    async with (
        Worker(cast.env.client, task_queue=queue, activities=[cast.screens.deliver, phone.hand_over]),
        Worker(cast.env.client, task_queue=voice_queue(queue), activities=[phone.transcribe]),
    ):
        yield Speaker(cast, person, phone, queue)
