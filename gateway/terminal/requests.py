"""What a person asks to see in a terminal, and what they do with it: their profile, steps, what is remembered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio.client import WorkflowFailureError

from gateway.clients.onboarding import Hearer
from gateway.presentation import layer_words
from gateway.terminal.choices import (
    AboutMemory,
    AboutValue,
    LeaveMemory,
    MemoryChoice,
    NotMe,
    NotTrue,
    PageChoice,
    StepChoice,
    ZoneChoice,
    without_memories,
    without_steps,
    without_values,
)
from gateway.terminal.inbound.input_parser import Command, FindWords, StepsCommand, ValueCommand
from gateway.terminal.outbound.screen import Screen
from gateway.terminal.session_link import SessionLink
from schema.coaching.agreements import HoursAwake
from schema.profile.messages import View

_VIEWS: dict[Command, View] = {
    Command.PROFILE: "card",
    Command.INSIGHTS: "insights",
    Command.EVOLUTION: "evolution",
    Command.WHY: "values",
}


class Requests:
    """Asks for what a person wants to see, and waits until it is shown."""

    def __init__(self, link: SessionLink, screen: Screen, screen_text: Callable[[str], Awaitable[None]]) -> None:
        """`screen_text` screens words of the person for a crisis."""
        self._link = link
        self._screen = screen
        self._screen_text = screen_text

    async def view(self, command: Command) -> None:
        """Shows the profile, or what is remembered."""
        if command is Command.MEMORY:
            await self.about_memory(PageChoice(page=0))
        else:
            await self._see(self._link.show_profile(self._screen.texts.locale, _VIEWS[command]))

    async def about_profile(self, asked: AboutValue | NotMe | NotTrue | ValueCommand | FindWords) -> None:
        """Shows the words behind a value or a search; takes it that a value is not the person."""
        locale = self._screen.texts.locale
        match asked:
            case AboutValue(value):
                await self._see(self._link.why(value, locale))
            case NotMe(value):
                self._screen.choices = without_values(self._screen.choices)
                await self._see(self._link.deny(value, locale))
            case NotTrue(insight_id) as denied:
                self._screen.choices = tuple(choice for choice in self._screen.choices if choice != denied)
                await self._see(self._link.deny_insight(insight_id, locale))
            case ValueCommand(name, words):
                if meant := layer_words.named(words, self._screen.texts):
                    await self.about_profile(AboutValue(meant) if name == "why" else NotMe(meant))
                else:
                    await self._screen_text(words)
                    self._screen.say("value-unknown")
            case FindWords(words):
                await self._screen_text(words)
                await self._see(self._link.find(words, locale))

    async def about_steps(self, asked: StepChoice | ZoneChoice | StepsCommand) -> None:
        """Shows steps and does with them what the person wants."""
        locale = self._screen.texts.locale
        self._screen.choices = without_steps(self._screen.choices)
        match asked:
            case StepChoice():
                self._screen.await_reply()
                await self._link.act_on_step(asked.agreement_id, asked.act, locale)
            case StepsCommand(name="steps"):
                await self._see(self._link.show_steps(locale))
            case StepsCommand(name="quiet"):
                await self._see(self._link.set_contact(locale, toggle_quiet=True))
            case StepsCommand(hours=HoursAwake() as hours):
                await self._see(self._link.set_contact(locale, hours=hours))
            case ZoneChoice() | StepsCommand():
                await self._see(self._link.set_contact(locale, time_zone=asked.zone))

    async def about_memory(self, asked: AboutMemory) -> None:
        """Shows what is remembered, and does with it what the person wants."""
        locale = self._screen.texts.locale
        self._screen.choices = without_memories(self._screen.choices)
        match asked:
            case MemoryChoice(act="forget"):
                await self._see(self._link.show_memories(locale, page=asked.page, forget=asked.memory_id))
            case MemoryChoice():
                # A session takes the texts which follow.
                if await self._link.hearer() is Hearer.SESSION:
                    self._screen.say("memory-later")
                    return
                self._screen.await_reply()
                await self._link.correct_memory(asked.memory_id, locale)
            case LeaveMemory():
                self._screen.await_reply()
                await self._link.correct_memory(None, locale)
            case PageChoice(page=page):
                await self._see(self._link.show_memories(locale, page=page))

    async def _see(self, shown: Awaitable[None]) -> None:
        try:
            await shown
        except WorkflowFailureError:
            self._screen.say("profile-unavailable")
