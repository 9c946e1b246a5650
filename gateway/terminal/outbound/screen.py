"""Prints deliveries and the terminal's own messages, and tracks what is on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.constrain import Constrain
from rich.text import Text

from gateway.presentation.texts.texts import Texts
from gateway.terminal.choices import Numbered, choices_after
from gateway.terminal.outbound.legible import Legible
from gateway.terminal.outbound.rendering import draw, draw_choices, plain
from schema.coaching.deliveries import CoachReply, MemoryList
from schema.coaching.drafts import Draft, draft_key
from schema.deliveries import (
    Concern,
    ConsentRequest,
    DataExport,
    Delivery,
    EvolutionView,
    Feedback,
    Found,
    Goodbye,
    Insights,
    Message,
    Notice,
    NoticeCode,
    Paused,
    ProfileCard,
    ProfileValues,
    Question,
    Reasons,
    SafetyQuestion,
    Summary,
)
from schema.vocabulary import CrisisKind, Locale

WIDTH = 88
"""Columns at most: longer lines are hard to read."""

_INDENT = "  "
"""What a reply is indented by."""
_ROWS_BELOW = 4
"""Rows of a screen that are left to the line that the person types."""

# Notices after which the person need not write: more follows at once, or nothing does.
_NOT_THE_LAST_WORD = (
    NoticeCode.SKIPPED,
    NoticeCode.QUESTION_WITHDRAWN,
    NoticeCode.RESUMED,
    NoticeCode.COLLECTING_EXPORT,
    NoticeCode.ERASING,
    NoticeCode.ERASED,
)


class Screen:
    """One person's terminal, drawn on `console`."""

    def __init__(self, console: Console, locale: Locale) -> None:
        self.console = console
        self.texts = Texts(locale)
        self.question: Question | None = None
        """The last question shown in the session that is open."""
        self.reflected: str | None = None
        """The answer that the last reflection was on."""
        self.replied: CoachReply | None = None
        """The coach's last reply, if nothing was reflected on since."""
        self.crisis: CrisisKind | None = None
        """The danger that the last question of safety or concern was about."""
        self.choices: tuple[Numbered, ...] = ()
        """The choices that the person may make by number."""
        self.resting = False
        """Whether the last delivery said that the session is paused."""
        self.turn = asyncio.Event()
        """Set while it is the person's turn to write."""
        self._draft: Draft | None = None
        self._replied: str | None = None
        """Which reply was delivered last: none of its drafts is shown any more."""
        self._last: Message | None = None
        self._offline_told = False
        """Whether a reflection has said that no language model wrote it."""

    @property
    def nonce(self) -> str | None:
        """The nonce of the question on the screen."""
        return self.question.nonce if self.question else None

    def show(self, delivery: Delivery) -> None:
        """Shows a delivery. Skips a repeated question that is already the last thing on the screen."""
        self.texts = Texts(delivery.locale)
        self._draft, self._replied = None, delivery.replaces or self._replied
        for message in delivery.messages:
            if not self._is_on_screen(message):
                self._print(draw(self._marked_once(message), self.texts))
                self.console.print()
            self._remember(message)
        self.offer(choices_after(delivery.messages, self.choices, delivery.locale))
        if _awaits_person(delivery.messages[-1]):
            self.turn.set()

    async def sketch(self, draft: Draft) -> None:
        """Takes what a reply is so far; it is shown until the next delivery."""
        if draft_key(draft.reply_id) == self._replied:
            return
        if self._draft and self._draft.reply_id == draft.reply_id and draft.number <= self._draft.number:
            return
        self._draft = draft

    def sketched(self) -> list[str]:
        """The lines of the reply that is being written, wrapped as the reply will be. Only the last fit on a screen."""
        if self._draft is None:
            return []
        width, height = min(WIDTH, self.console.width) - len(_INDENT), self.console.height - _ROWS_BELOW
        lines = Text(plain(self._draft.text)).wrap(self.console, width)
        return [f"{_INDENT}{line.plain.rstrip()}" for line in lines][-max(height, 1) :]

    def offer(self, choices: tuple[Numbered, ...]) -> None:
        """Opens these choices in place of those before, and shows them if there are any."""
        self.choices = choices
        if choices:
            self._print(draw_choices(choices, self.texts, min(WIDTH, self.console.width)))
            self.console.print()

    def say(self, key: str, **values: str | float) -> None:
        """Shows a message of the terminal itself."""
        self._last = None
        self._print(Text(self.texts.say(key, **values), style="dim"))
        self.console.print()

    def show_pages(self, pages: Sequence[str]) -> None:
        """Shows a long text."""
        self._last = None
        for page in pages:
            self._print(Text(page))
            self.console.print()

    def echo(self, words: str) -> None:
        """Shows a line that came from a pipe, as if the person had typed it."""
        self._last = None
        self._print(Text("› ", style="bold").append(plain(words), style="bold white"))
        self.console.print()

    def set_locale(self, locale: Locale) -> None:
        """Changes the language."""
        self.texts = Texts(locale)

    def await_reply(self) -> None:
        """Marks that the person wrote and it is Selfology's turn."""
        self.turn.clear()

    def _marked_once(self, message: Message) -> Message:
        """Keeps the mark that no language model wrote it on the first reflection only."""
        if not isinstance(message, Feedback) or not message.offline:
            return message
        told, self._offline_told = self._offline_told, True
        return message.model_copy(update={"offline": not told})

    def _is_on_screen(self, message: Message) -> bool:
        return (
            isinstance(message, Question)
            and message.again
            and isinstance(self._last, Question)
            and (message.nonce, message.text) == (self._last.nonce, self._last.text)
        )

    def _remember(self, message: Message) -> None:
        match message:
            case Question():
                self.question, self.resting = message, False
            case Feedback():
                self.reflected, self.replied = message.answer_id, None
            case CoachReply():
                self.replied = message
            case ConsentRequest():
                self.resting = False
            case SafetyQuestion():
                self.crisis = message.crisis
            case Concern():
                self.crisis = message.danger.kind
            case Paused():
                self.resting = True
            case Summary() | Goodbye():
                self.question = None
        self._last = message

    def _print(self, drawn: RenderableType) -> None:
        self.console.print(Legible(Constrain(drawn, WIDTH)))


def _awaits_person(message: Message) -> bool:
    match message:
        case Feedback() | Summary() | Goodbye() | DataExport():
            return False
        case ProfileCard() | ProfileValues() | Insights() | EvolutionView() | Reasons() | Found() | MemoryList():
            return False
        case Notice():
            return message.code not in _NOT_THE_LAST_WORD
        case _:
            return True
