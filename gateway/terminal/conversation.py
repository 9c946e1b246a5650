"""A conversation in a terminal, from arrival until the session ends or the person leaves."""

from __future__ import annotations

import asyncio
import uuid

from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from gateway.racing import first
from gateway.terminal.keyboard import Keyboard, Line
from gateway.terminal.screen import Screen
from gateway.terminal.sender import TerminalSender
from gateway.terminal.session_link import SessionLink
from gateway.terminal.speech import Choice, Command, Speak, TooLong, Unclear, Words, meaning
from schema.build import BUILD_ID
from schema.session import (
    ANSWER_LIMIT,
    ConsentAnswer,
    FromPerson,
    Gesture,
    LanguageChoice,
    SessionOutcome,
    SkipRequest,
    SubmittedAnswer,
)
from schema.vocabulary import Locale


class Conversation:
    """Takes lines to the session, until somebody has had enough."""

    def __init__(self, link: SessionLink, screen: Screen, keyboard: Keyboard) -> None:
        self._link = link
        self._screen = screen
        self._keyboard = keyboard

    async def hold(self, client: Client, leaving: asyncio.Event) -> SessionOutcome | None:
        """Talks until the session has ended; None when the person leaves before, or `leaving` is set.

        Meanwhile the terminal serves its own task queue, so the session's messages arrive here.
        Raises `WorkflowFailureError` when the session was cut off.
        """
        channel = self._link.visitor.channel
        sender = TerminalSender(self._screen)
        async with Worker(client, task_queue=channel.task_queue, activities=[sender.deliver], build_id=BUILD_ID):
            session = await self._link.arrive()
            ended = await first(
                self._link.outcome(session), self._listen(), leaving.wait(), self._link.look_after_servers()
            )
            return ended if isinstance(ended, SessionOutcome) else None

    async def _listen(self) -> None:
        while line := await self._keyboard.line():
            if not await self._hear(line):
                return

    async def _hear(self, line: Line) -> bool:
        """Does what a line says; False when the person leaves."""
        match meaning(line.text, self._screen.choices):
            case Words(text):
                # A new id each time, kept over all attempts to send: the session takes an answer once.
                answer = SubmittedAnswer(update_id=str(uuid.uuid4()), text=text, nonce=line.nonce)
                await self._say("submit_answer", answer)
            case TooLong(length):
                self._screen.say("answer-too-long", length=length, limit=ANSWER_LIMIT)
            case Choice() as choice:
                await self._choose(choice)
            case Speak(locale):
                await self._speak(locale)
            case Unclear(hint):
                self._screen.say(hint)
            case Command.QUIT:
                return False
            case Command.HELP:
                self._screen.say("help")
                self._screen.say("terminal-quit")
            case Command.PROFILE:
                await self._show_profile()
            case Command.SKIP:
                await self._say("skip", SkipRequest(nonce=line.nonce))
            case Command() as command:
                await self._say(command.removeprefix("/"), Gesture())
        return True

    async def _say(self, signal: str, said: FromPerson) -> None:
        # Before sending: the reply may be here before the server's acknowledgement.
        self._screen.await_reply()
        await self._link.tell(signal, said)

    async def _choose(self, choice: Choice) -> None:
        self._screen.choices = ()
        match choice:
            case Choice.AGREE | Choice.DECLINE:
                await self._say("answer_consent", ConsentAnswer(granted=choice is Choice.AGREE))
            case Choice.GO_ON:
                # The question stands there already; it only needs an answer.
                pass
            case Choice.PAUSE | Choice.STOP | Choice.RESUME:
                await self._say(choice.value, Gesture())

    async def _speak(self, locale: Locale) -> None:
        self._screen.speak(locale)
        self._screen.say("language-chosen")
        # A session that rests has nothing to show again.
        if not self._screen.resting:
            self._screen.await_reply()
        await self._link.tell("choose_language", LanguageChoice(locale=locale))

    async def _show_profile(self) -> None:
        try:
            await self._link.show_profile(self._screen.texts.locale)
        except WorkflowFailureError:
            self._screen.say("profile-unavailable")
