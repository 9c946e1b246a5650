"""The activities that hear voice messages: they run in the bot's process, which alone can fetch a recording."""

from __future__ import annotations

import logging
from typing import Protocol

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import GetFile
from temporalio import activity
from temporalio.exceptions import ApplicationError

from gateway.clients.clients import Clients
from gateway.telegram.bot_api import BotApiSession
from gateway.telegram.typing_sign import LONGEST_FOR_COACH, Typing
from schema.coaching.messages import SaidToCoach
from schema.onboarding.messages import SubmittedAnswer
from schema.safety.messages import Overheard
from schema.voice.activities import Recording, Transcript, VoiceChannel, VoiceEar, WordsToHandOver
from schema.voice.messages import LARGEST

log = logging.getLogger(__name__)

AT_ONCE = 16
"""How many recordings are in memory at the same time; one may have 20 MB, and most have under 1 MB."""
ONE_REQUEST = 10
"""Timeout in seconds of a request for where a recording is."""


class Transcriber(Protocol):
    """Writes down what is said in a recording."""

    async def transcribe(self, audio: bytes, seconds: float) -> Transcript:
        """The words of a recording in OGG that lasts so many seconds. Raises `ApplicationError`."""
        ...


class TelegramEar(VoiceEar):
    """Hears recordings of Telegram. They are in this process's memory until they are written down, and nowhere else."""

    def __init__(self, bot: Bot, transcriber: Transcriber) -> None:
        self._bot = bot
        self._transcriber = transcriber

    @activity.defn(name="voice.transcribe")
    async def transcribe(self, recording: Recording) -> Transcript:
        return await self._transcriber.transcribe(await self._fetch(recording.file_id), recording.seconds)

    async def _fetch(self, file_id: str) -> bytes:
        try:
            file = await self._bot(GetFile(file_id=file_id), request_timeout=ONE_REQUEST)
            session = self._bot.session
            if not file.file_path or not isinstance(session, BotApiSession):
                raise ApplicationError("Telegram does not say where the recording is", type="RecordingUnavailable")
            return await session.download(self._bot, file.file_path, at_most=LARGEST)
        except TelegramBadRequest:
            # The recording is gone, or too large for a bot.
            raise ApplicationError(
                "Telegram hands the recording over no more", type="RecordingGone", non_retryable=True
            ) from None
        except AiogramError as error:
            # Only the class: the message may name the address, and with it the token.
            raise ApplicationError(
                f"Telegram could not hand over the recording ({type(error).__name__})", type="RecordingUnavailable"
            ) from None


class TelegramWords(VoiceChannel):
    """Hands words to the session or the coach, as the bot does with what is written. During an erasure to neither."""

    def __init__(self, clients: Clients, typing: Typing) -> None:
        self._clients = clients
        self._typing = typing

    @activity.defn(name="voice.hand_over")
    async def hand_over(self, said: WordsToHandOver) -> None:
        person, words = said.person, said.words
        latest = await self._clients.account.latest_erasure(person)
        if latest and latest.under_way:
            overheard = Overheard(text=words.text, more_expected=words.more_expected, update_id=words.update_id)
            await self._clients.safety.screen_text(person, overheard)
            return
        chat_id = int(person.channel.address)
        self._typing.start(chat_id)
        answer = SubmittedAnswer(
            update_id=words.update_id,
            text=words.text,
            nonce=words.nonce,
            message_id=words.message_id,
            more_expected=words.more_expected,
        )
        if await self._clients.onboarding.submit_answer(person, answer):
            return
        self._typing.start(chat_id, LONGEST_FOR_COACH)
        told = SaidToCoach(
            update_id=words.update_id,
            text=words.text,
            channel=person.channel,
            locale=person.locale,
            message_id=words.message_id,
            more_expected=words.more_expected,
        )
        await self._clients.coaching.say(person, told)
