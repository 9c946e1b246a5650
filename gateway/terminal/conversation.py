"""A conversation in a terminal: a session, then a talk with the coach, until the person leaves."""

from __future__ import annotations

import asyncio
import uuid

from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from gateway.clients.onboarding import Hearer
from gateway.clients.visitor import Running, SendSignal, SignalInput
from gateway.concurrency import first
from gateway.erasures import Erasures
from gateway.presentation.commands import in_plain_words
from gateway.presentation.consent import consent_pages
from gateway.presentation.crisis import contact_lines, country_name
from gateway.terminal.choices import (
    AboutValue,
    AnswerChoice,
    Choice,
    Country,
    LeaveMemory,
    MemoryChoice,
    NotMe,
    NotTrue,
    Numbered,
    OtherCountry,
    PageChoice,
    StepChoice,
    ZoneChoice,
    countries_of,
    without_countries,
)
from gateway.terminal.inbound.input_parser import (
    AnswerText,
    ChooseLanguage,
    Command,
    FindWords,
    InvalidCommand,
    StepsCommand,
    TooLong,
    ValueCommand,
    holds_text,
    meaning,
)
from gateway.terminal.inbound.keyboard import Keyboard, Line
from gateway.terminal.objections import Objections
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.outbound.sender import TerminalSender
from gateway.terminal.requests import Requests
from gateway.terminal.session_link import SessionLink
from schema.build_id import BUILD_ID
from schema.coaching.drafts import DraftFeed
from schema.danger import Danger
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
from schema.safety.messages import SafetyAnswer
from schema.vocabulary import Locale


class PersonErased(Exception):
    """The person had everything about them erased, and with it the conversation."""


class Conversation:
    """Reads lines and sends them to the session and, what no session takes, to the coach.

    Without `with_coach`, it is over when the session is. `feed` has what the coach is writing.
    """

    def __init__(
        self,
        link: SessionLink,
        screen: Screen,
        keyboard: Keyboard,
        *,
        with_coach: bool = True,
        feed: DraftFeed | None = None,
    ) -> None:
        self._link = link
        self._screen = screen
        self._keyboard = keyboard
        self._objections = Objections(link, screen)
        self._requests = Requests(link, screen, self._screen_text)
        self._with_coach = with_coach
        self._feed = feed
        self._sessions: asyncio.Queue[Running[SessionOutcome]] = asyncio.Queue()
        """The sessions that the person began or came back to here, whose ends are still to be waited for."""
        self._outcome: SessionOutcome | None = None
        """How the latest session ended; None while it is open."""
        self._unacknowledged: list[str] = []
        """Texts that the person wrote and Temporal has not acknowledged."""
        self._erasures: asyncio.Queue[Running[None]] = asyncio.Queue()
        self._erasing = False
        """Whether the person has had everything about them erased."""
        self._set_aside: tuple[Numbered, ...] = ()
        """The choices that were open before the person asked to be erased."""

    async def hold(self, client: Client, leaving: asyncio.Event) -> SessionOutcome | None:
        """Runs until the person leaves or `leaving` is set. Returns how the latest session ended; None if it has not.

        Meanwhile a worker serves the terminal's task queue, so that deliveries arrive here. Raises `PersonErased` when
        the person had themselves erased, and `WorkflowFailureError` when that failed.
        """
        channel = self._link.visitor.channel
        sender = TerminalSender(self._screen, Erasures(client))
        async with Worker(client, task_queue=channel.task_queue, activities=[sender.deliver], build_id=BUILD_ID):
            if not await self._goes_on_with_coach():
                await self._arrive()
            try:
                await first(
                    self._follow_sessions(),
                    self._follow_erasure(),
                    self._read_lines(),
                    leaving.wait(),
                    self._link.keep_servers_alive(),
                    *([self._feed.follow(channel.task_queue, self._screen.sketch)] if self._feed else []),
                )
            finally:
                await first(self._screen_leftovers(), leaving.wait(), self._link.keep_servers_alive())
                if leaving.is_set():
                    self._report_unsent()
            return self._outcome

    async def _goes_on_with_coach(self) -> bool:
        """Whether the coach greets the person: they have come to the end of a session, and none is open."""
        return self._with_coach and not await self._link.is_open() and await self._link.is_welcomed()

    async def _arrive(self) -> None:
        """Opens a session, or returns to the open one."""
        session = await self._link.arrive()
        self._outcome = None
        self._sessions.put_nowait(session)

    async def _follow_sessions(self) -> None:
        """Waits for the end of each session. From then on it is the person's turn, and the coach hears them."""
        while True:
            ended = await self._end_of(await self._sessions.get())
            if not self._sessions.empty() or self._erasing:
                # Who has pressed /start since is followed to the end of the session that they are in now.
                continue
            self._outcome = ended
            if not self._with_coach:
                return
            self._screen.turn.set()

    async def _end_of(self, session: Running[SessionOutcome]) -> SessionOutcome | None:
        """Waits for the end of a session. Returns None when it was terminated, by an operator or an erasure."""
        try:
            return await self._link.outcome(session)
        except WorkflowFailureError:
            if not self._erasing:
                self._screen.say("session-gone")
            return None

    async def _follow_erasure(self) -> None:
        """Waits until the person is erased. Raises `PersonErased`."""
        await self._link.told_of_end(await self._erasures.get())
        raise PersonErased

    async def _read_lines(self) -> None:
        while line := await self._keyboard.line():
            if not await self._handle(line):
                return

    async def _handle(self, line: Line) -> bool:
        """Handles a line, which means what it meant when it was begun. Returns False when the person leaves."""
        match meaning(line.text, line.choices):
            case AnswerText(text):
                await self._answer(text, line.nonce)
            case AnswerChoice(text, nonce):
                await self._answer(text, nonce, chosen=True)
            case OtherCountry(danger):
                countries = countries_of(danger, self._screen.texts.locale)
                self._screen.offer((*countries, *without_countries(self._screen.choices)))
            case Country(code, danger):
                self._show_contacts(code, danger)
                self._screen.offer((*without_countries(self._screen.choices), OtherCountry(danger)))
            case AboutValue() | NotMe() | NotTrue() | ValueCommand() | FindWords() as asked:
                await self._requests.about_profile(asked)
            case StepChoice() | ZoneChoice() | StepsCommand() as asked:
                await self._requests.about_steps(asked)
            case MemoryChoice() | PageChoice() | LeaveMemory() as asked:
                await self._requests.about_memory(asked)
            case TooLong(length):
                await self._screen_text(line.text)
                self._screen.say("answer-too-long", length=length, limit=ANSWER_LIMIT)
            case Choice() as choice:
                await self._choose(choice)
            case ChooseLanguage(locale):
                await self._choose_language(locale)
            case InvalidCommand(hint):
                await self._screen_text(line.text)
                self._screen.say(hint)
            case Command.QUIT:
                return False
            case Command.HELP:
                self._screen.say("help")
                self._screen.say("terminal-quit")
            case Command.START:
                await self._start()
            case Command.NEW:
                await self._begin_topic()
            case Command.PROFILE | Command.INSIGHTS | Command.EVOLUTION | Command.WHY | Command.MEMORY as command:
                await self._requests.view(command)
            case Command.EXPORT:
                self._screen.say("export-elsewhere")
            case Command.PRIVACY:
                self._screen.show_pages(consent_pages(self._screen.texts))
            case Command.DELETE:
                self._ask_whether_to_erase()
            case Command.NOT_QUITE | Command.DIFFERENTLY | Command.ENOUGH as command:
                await self._objections.take(command)
            case Command.SKIP:
                await self._ask(line, self._link.onboarding.skip, SkipRequest(nonce=line.nonce))
            case Command() as command:
                await self._ask(line, self._gesture(command), Gesture())
        return True

    async def _answer(self, text: str, nonce: str | None, *, chosen: bool = False) -> None:
        # One id for all attempts to send, so that the session takes the answer once.
        answer = SubmittedAnswer(update_id=str(uuid.uuid4()), text=text, nonce=nonce, chosen=chosen)
        self._unacknowledged.append(text)
        hearer = Hearer.SESSION if chosen or not self._with_coach else await self._link.hearer()
        taken = hearer is Hearer.SESSION and await self._signal(self._link.onboarding.submit_answer, answer)
        if not taken and chosen:
            self._say_at_once("notice-choice-came-late")
        elif not taken:
            await self._tell_coach(text, hearer)
        self._unacknowledged.remove(text)

    async def _tell_coach(self, text: str, hearer: Hearer = Hearer.COACH) -> None:
        """Sends a text that no session takes to the coach. During an erasure, it is only screened for a crisis."""
        if not text.strip():
            self._say_at_once("answer-empty")
            return
        if self._erasing:
            await self._link.screen_text(text, self._screen.texts.locale)
            return
        self._screen.await_reply()
        await self._link.tell_coach(text, self._screen.texts.locale, hearer)

    async def _start(self) -> None:
        # The open session says nothing if it has just asked something; a new one greets the person.
        if not await self._link.is_open():
            self._screen.await_reply()
        await self._arrive()

    async def _begin_topic(self) -> None:
        """Begins another topic. A session that takes the texts which follow comes first."""
        if await self._link.hearer() is Hearer.SESSION:
            self._screen.say("topic-later")
            return
        self._screen.await_reply()
        await self._link.begin_topic(self._screen.texts.locale)

    async def _ask(self, line: Line, send: SendSignal[SignalInput], argument: SignalInput) -> None:
        """Asks the session for something. Without one, plain words are words to the coach as any others."""
        if await self._signal(send, argument):
            return
        if in_plain_words(line.text):
            self._unacknowledged.append(line.text)
            await self._tell_coach(line.text)
            self._unacknowledged.remove(line.text)
        else:
            self._say_at_once("no-session")

    def _say_at_once(self, key: str) -> None:
        """Says what nothing follows, so that it is the person's turn again."""
        self._screen.say(key)
        self._screen.turn.set()

    async def _signal(self, send: SendSignal[SignalInput], argument: SignalInput) -> bool:
        # Before the signal: the session's reply may arrive before the server's acknowledgement.
        self._screen.await_reply()
        return await self._link.signal(send, argument)

    def _gesture(self, what: Command | Choice) -> SendSignal[Gesture]:
        session = self._link.onboarding
        match what:
            case Command.PAUSE | Choice.PAUSE:
                return session.pause
            case Command.RESUME | Choice.RESUME:
                return session.resume
            case Command.STOP | Choice.STOP:
                return session.stop
        raise ValueError(f"{what!r} says more than a gesture")

    async def _screen_text(self, text: str) -> None:
        self._unacknowledged.append(text)
        await self._link.screen_text(text, self._screen.texts.locale)
        self._unacknowledged.remove(text)

    async def _screen_leftovers(self) -> None:
        """Screens texts that came too late for the session for a crisis, and says that they are in no answer."""
        late = [line for line in (*self._unacknowledged, *self._keyboard.unread_lines()) if holds_text(line)]
        if late:
            self._unacknowledged.clear()
            await self._screen_text("\n".join(late))
            self._screen.say("terminal-left-over", lines=len(late))

    def _report_unsent(self) -> None:
        """Tells a person who leaves while Temporal is away that their last texts were not sent.

        Local rules screen those texts, so that support is shown even then.
        """
        if self._unacknowledged:
            if crisis := self._link.find_crisis("\n".join(self._unacknowledged)):
                support = CrisisSupport(crisis=crisis)
                locale = self._screen.texts.locale
                self._screen.show(Delivery(key="unsent", address="", locale=locale, messages=[support]))
            self._screen.say("terminal-unsent")

    def _show_contacts(self, country: str, danger: Danger) -> None:
        texts = self._screen.texts
        lines, name = contact_lines(danger, texts, country), country_name(country, texts)
        self._screen.show_pages([texts.say("crisis-in-country", country=name, lines=lines)])

    def _ask_whether_to_erase(self) -> None:
        if Choice.KEEP not in self._screen.choices:
            self._set_aside = self._screen.choices
        self._screen.say("erase-ask")
        self._screen.offer((Choice.KEEP, Choice.ERASE_SURE))

    async def _choose(self, choice: Choice) -> None:
        offered = self._screen.choices
        if choice in offered:
            self._screen.choices = ()
        match choice:
            case Choice.AGREE | Choice.DECLINE:
                granted = ConsentAnswer(granted=choice is Choice.AGREE)
                if not await self._signal(self._link.onboarding.answer_consent, granted):
                    self._say_at_once("no-session")
            case Choice.GO_ON:
                # The question is already on the screen.
                self._screen.offer(tuple(c for c in offered if c not in (Choice.GO_ON, Choice.PAUSE, Choice.STOP)))
            case Choice.PRIVACY:
                self._screen.show_pages(consent_pages(self._screen.texts))
                self._screen.offer(offered)
            case Choice.KEEP:
                self._screen.say("erase-kept")
                self._screen.offer(self._set_aside if choice in offered else offered)
            case Choice.ERASE_SURE:
                self._screen.say("erase-ask-again")
                # In reverse order, so that the same number typed twice keeps everything.
                self._screen.offer((Choice.ERASE_REALLY_SURE, Choice.KEEP))
            case Choice.ERASE_REALLY_SURE:
                self._screen.await_reply()
                # Before the start: it may end the session before the server's acknowledgement.
                self._erasing = True
                self._erasures.put_nowait(await self._link.erase(self._screen.texts.locale))
            case Choice.PAUSE | Choice.STOP | Choice.RESUME:
                if not await self._signal(self._gesture(choice), Gesture()):
                    self._say_at_once("no-session")
            case Choice.SAFE | Choice.HELP | Choice.MISREAD:
                self._screen.await_reply()
                answer = SafetyAnswer(answer=choice.value, crisis=self._screen.crisis, update_id=str(uuid.uuid4()))
                reply_id = None if self._erasing else self._screen.asked_for_reply
                await self._link.answer_safety(answer, self._screen.texts.locale, reply_id)

    async def _choose_language(self, locale: Locale) -> None:
        self._screen.set_locale(locale)
        self._screen.say("language-chosen")
        # A paused session sends nothing after a change of language.
        if not self._screen.resting:
            self._screen.await_reply()
        if not await self._link.signal(self._link.onboarding.choose_language, LanguageChoice(locale=locale)):
            await self._link.remember_language(locale)
            self._screen.turn.set()
        await self._link.tell_coach_language(locale)
