"""A conversation in a terminal, from its start until the session ends or the person leaves."""

from __future__ import annotations

import asyncio
import uuid

from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from gateway.clients.visitor import Said, Tell
from gateway.concurrency import first
from gateway.erasures import Erasures
from gateway.terminal.choices import Choice
from gateway.terminal.inbound.input_parser import Command, Speak, TooLong, Unclear, Words, holds_words, meaning
from gateway.terminal.inbound.keyboard import Keyboard, Line
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.outbound.sender import TerminalSender
from gateway.terminal.session_link import SessionLink
from schema.build import BUILD_ID
from schema.deliveries import CrisisSupport, Delivery
from schema.onboarding.messages import (
    ANSWER_LIMIT,
    ConsentAnswer,
    Gesture,
    LanguageChoice,
    SessionOutcome,
    SkipRequest,
    SubmittedAnswer,
)
from schema.vocabulary import Locale


class Conversation:
    """Reads lines and sends them to the session, until the session ends or the person leaves."""

    def __init__(self, link: SessionLink, screen: Screen, keyboard: Keyboard) -> None:
        self._link = link
        self._screen = screen
        self._keyboard = keyboard
        self._unheard: list[str] = []
        """Texts that the person wrote and Temporal has not acknowledged."""

    async def hold(self, client: Client, leaving: asyncio.Event) -> SessionOutcome | None:
        """Runs until the session ends. Returns None when the person leaves before, or when `leaving` is set.

        Meanwhile a worker serves the terminal's task queue, so that the session's deliveries arrive here.
        Raises `WorkflowFailureError` when the session was terminated.
        """
        channel = self._link.visitor.channel
        sender = TerminalSender(self._screen, Erasures(client))
        async with Worker(client, task_queue=channel.task_queue, activities=[sender.deliver], build_id=BUILD_ID):
            session = await self._link.arrive()
            try:
                ended = await first(
                    self._link.outcome(session), self._listen(), leaving.wait(), self._link.look_after_servers()
                )
            finally:
                await first(self._hear_what_is_left(), leaving.wait(), self._link.look_after_servers())
                if leaving.is_set():
                    self._own_up()
            return ended if isinstance(ended, SessionOutcome) else None

    async def _listen(self) -> None:
        while line := await self._keyboard.line():
            if not await self._hear(line):
                return

    async def _hear(self, line: Line) -> bool:
        """Handles a line. Returns False when the person leaves."""
        match meaning(line.text, self._screen.choices):
            case Words(text):
                # One id for all attempts to send, so that the session takes the answer once.
                answer = SubmittedAnswer(update_id=str(uuid.uuid4()), text=text, nonce=line.nonce)
                self._unheard.append(text)
                if await self._say(self._link.onboarding.submit_answer, answer):
                    self._unheard.remove(text)
            case TooLong(length):
                await self._overhear(line.text)
                self._screen.say("answer-too-long", length=length, limit=ANSWER_LIMIT)
            case Choice() as choice:
                await self._choose(choice)
            case Speak(locale):
                await self._speak(locale)
            case Unclear(hint):
                await self._overhear(line.text)
                self._screen.say(hint)
            case Command.QUIT:
                return False
            case Command.HELP:
                self._screen.say("help")
                self._screen.say("terminal-quit")
            case Command.PROFILE:
                await self._show_profile()
            case Command.SKIP:
                await self._say(self._link.onboarding.skip, SkipRequest(nonce=line.nonce))
            case Command() as command:
                await self._say(self._gesture(command), Gesture())
        return True

    async def _say(self, tell: Tell[Said], said: Said) -> bool:
        # Before the signal: the session's reply may arrive before the server's acknowledgement.
        self._screen.await_reply()
        return await self._link.tell(tell, said)

    def _gesture(self, what: Command | Choice) -> Tell[Gesture]:
        session = self._link.onboarding
        match what:
            case Command.PAUSE | Choice.PAUSE:
                return session.pause
            case Command.RESUME | Choice.RESUME:
                return session.resume
            case Command.STOP | Choice.STOP:
                return session.stop
        raise ValueError(f"{what!r} says more than a gesture")

    async def _overhear(self, text: str) -> None:
        self._unheard.append(text)
        await self._link.overhear(text, self._screen.texts.locale)
        self._unheard.remove(text)

    async def _hear_what_is_left(self) -> None:
        """Screens texts that came too late for the session for a crisis, and says that they are in no answer."""
        late = [line for line in (*self._unheard, *self._keyboard.unsaid()) if holds_words(line)]
        if late:
            self._unheard.clear()
            await self._overhear("\n".join(late))
            self._screen.say("terminal-left-over", lines=len(late))

    def _own_up(self) -> None:
        """Tells a person who leaves while Temporal is away that their last texts were not sent.

        Local rules screen those texts, so that support is shown even then.
        """
        if self._unheard:
            if crisis := self._link.danger_in("\n".join(self._unheard)):
                support = CrisisSupport(crisis=crisis)
                locale = self._screen.texts.locale
                self._screen.show(Delivery(key="unsent", address="", locale=locale, messages=[support]))
            self._screen.say("terminal-unsent")

    async def _choose(self, choice: Choice) -> None:
        self._screen.choices = ()
        match choice:
            case Choice.AGREE | Choice.DECLINE:
                await self._say(self._link.onboarding.answer_consent, ConsentAnswer(granted=choice is Choice.AGREE))
            case Choice.GO_ON:
                # The question is already on the screen.
                pass
            case Choice.PAUSE | Choice.STOP | Choice.RESUME:
                await self._say(self._gesture(choice), Gesture())

    async def _speak(self, locale: Locale) -> None:
        self._screen.speak(locale)
        self._screen.say("language-chosen")
        # A paused session sends nothing after a change of language.
        if not self._screen.resting:
            self._screen.await_reply()
        if not await self._link.tell(self._link.onboarding.choose_language, LanguageChoice(locale=locale)):
            await self._link.remember_language(locale)

    async def _show_profile(self) -> None:
        try:
            await self._link.show_profile(self._screen.texts.locale)
        except WorkflowFailureError:
            self._screen.say("profile-unavailable")
