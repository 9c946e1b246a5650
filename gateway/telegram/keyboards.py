"""The inline keyboards, in a person's language. Their callback data is in `callback_data.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from gateway.presentation import insight_words, layer_words
from gateway.presentation.crisis import country_name
from gateway.presentation.step_words import AFTER_AGREEMENT, AFTER_NOTED, AFTER_PROPOSAL, AFTER_QUESTION, choice
from gateway.presentation.texts.texts import Texts
from gateway.presentation.time_zones import city, zones_offered
from gateway.telegram.callback_data import (
    Act,
    ChoiceCallback,
    ConsentCallback,
    CountryCallback,
    EraseCallback,
    EraseStep,
    LanguageCallback,
    LeaveMemoryCallback,
    MemoryAct,
    MemoryCallback,
    MemoryPageCallback,
    MendCallback,
    NotMeCallback,
    NotQuiteCallback,
    NotTrueCallback,
    PrivacyCallback,
    QuestionCallback,
    ReplyCallback,
    ResumeCallback,
    SafetyCallback,
    StepCallback,
    ViewCallback,
    WhyCallback,
    ZoneCallback,
)
from schema.coaching.agreements import StepAct
from schema.coaching.deliveries import MemoryList, OpenSteps
from schema.coaching.marks import ReplyMark
from schema.danger import SafetyReply
from schema.deliveries import Concern, CrisisSupport, Insights, SafetyQuestion
from schema.profile.layers import Profile, ValueName
from schema.profile.messages import View
from schema.profile_vocabulary import Theme
from schema.safety.data import other_countries
from schema.vocabulary import CrisisKind, Locale


def consent(texts: Texts, nonce: str | None) -> InlineKeyboardMarkup:
    """Agree or decline to begin, or read what this means."""
    return _column(
        (texts.say("choice-agree"), ConsentCallback(granted=True, nonce=nonce)),
        (texts.say("choice-decline"), ConsentCallback(granted=False, nonce=nonce)),
        (texts.say("choice-privacy"), PrivacyCallback()),
    )


def question(texts: Texts, nonce: str, *, recalls: bool = False) -> InlineKeyboardMarkup:
    """Skip or pause, under a question; "not today", if it takes up what the person said another day."""
    return _row(
        (texts.say("choice-not-today" if recalls else "choice-skip"), QuestionCallback(action=Act.SKIP, nonce=nonce)),
        (texts.say("choice-pause"), QuestionCallback(action=Act.PAUSE, nonce=nonce)),
    )


def offer(texts: Texts, nonce: str, suggest: Literal["pause", "end"]) -> InlineKeyboardMarkup:
    """Go on, or take the suggested break, for a person who seems tired."""
    rest = Act.PAUSE if suggest == "pause" else Act.STOP
    return _row(
        (texts.say("choice-go-on"), QuestionCallback(action=Act.GO_ON, nonce=nonce)),
        (texts.say(f"choice-{rest}"), QuestionCallback(action=rest, nonce=nonce)),
    )


def with_choices(choices: Sequence[str], nonce: str, others: InlineKeyboardMarkup) -> InlineKeyboardMarkup:
    """The choices of a question, above the buttons that it has anyway."""
    rows = _column(*((choice, ChoiceCallback(nonce=nonce, index=index)) for index, choice in enumerate(choices)))
    return InlineKeyboardMarkup(inline_keyboard=rows.inline_keyboard + others.inline_keyboard)


def choices_shown(shown: InlineKeyboardMarkup | None) -> list[str]:
    """The choices that a message shows."""
    buttons = [button for row in (shown.inline_keyboard if shown else []) for button in row]
    return [button.text for button in buttons if _carries(button, ChoiceCallback)]


def mend(texts: Texts, nonce: str) -> InlineKeyboardMarkup:
    """Put what was heard in other words."""
    return _row((texts.say("choice-mend"), MendCallback(nonce=nonce)))


def safety(texts: Texts, asked: SafetyQuestion) -> InlineKeyboardMarkup:
    """The answers to the question whether the person is safe."""
    return _column(
        *(
            (texts.say(f"choice-{answer}"), _safety(answer, asked.nonce, asked.crisis))
            for answer in get_args(SafetyReply)
        )
    )


def countries(texts: Texts, support: CrisisSupport) -> InlineKeyboardMarkup:
    """Other countries, for people who are there, under the contacts of this language's own."""
    danger = support.known
    buttons = [
        _button(
            country_name(code, texts),
            CountryCallback(country=code, crisis=danger.kind, about=danger.about, harm=danger.harm),
        )
        for code in other_countries(texts.locale)
    ]
    return InlineKeyboardMarkup(inline_keyboard=[buttons[at : at + 2] for at in range(0, len(buttons), 2)])


def with_help(texts: Texts, concern: Concern, others: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup:
    """A cry for help above the buttons that a message has anyway."""
    asks = _column((texts.say("choice-help"), _safety("help", concern.nonce, concern.danger.kind)))
    return InlineKeyboardMarkup(inline_keyboard=asks.inline_keyboard + (others.inline_keyboard if others else []))


def with_not_quite(texts: Texts, answer_id: UUID, others: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup:
    """Says that the reflection missed, below the buttons that a message has anyway."""
    missed = _row((texts.say("choice-not-quite"), NotQuiteCallback(answer_id=answer_id)))
    return InlineKeyboardMarkup(inline_keyboard=(others.inline_keyboard if others else []) + missed.inline_keyboard)


def reply_marks(texts: Texts, reply_id: UUID, marks: Sequence[ReplyMark]) -> InlineKeyboardMarkup:
    """What a person may say about a reply of the coach: the way it is said in one row, and the end below."""
    rows = [
        [
            _button(texts.say(f"choice-reply-{mark}"), ReplyCallback(reply_id=reply_id, mark=mark))
            for mark in marks
            if (mark is ReplyMark.ENOUGH) is last
        ]
        for last in (False, True)
    ]
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def keeping_not_quite(
    shown: InlineKeyboardMarkup | None, keyboard: InlineKeyboardMarkup | None
) -> InlineKeyboardMarkup | None:
    """A keyboard that replaces the one shown, with its "not quite": what is done with a question leaves that open."""
    kept = [row for row in (shown.inline_keyboard if shown else []) if any(map(_says_not_quite, row))]
    rows = [*(keyboard.inline_keyboard if keyboard else []), *kept]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def without_not_quite(shown: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """The keyboard shown without its "not quite"."""
    rows = [row for row in (shown.inline_keyboard if shown else []) if not any(map(_says_not_quite, row))]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def picture(texts: Texts, view: View, theme: Theme) -> InlineKeyboardMarkup:
    """Under a picture of the profile: the words behind it, and the same in the other theme."""
    return _column(
        (texts.say("choice-why"), ViewCallback(view="values", theme=theme)),
        (texts.say(f"choice-theme-{theme.other}"), ViewCallback(view=view, theme=theme.other)),
    )


def values(texts: Texts, profile: Profile) -> InlineKeyboardMarkup:
    """All values that the portrait speaks of, to ask about one."""
    buttons = [
        _button(layer_words.name(value, texts), WhyCallback(layer=value.layer, name=value.name))
        for value in layer_words.values(profile)
    ]
    return InlineKeyboardMarkup(inline_keyboard=[buttons[at : at + 2] for at in range(0, len(buttons), 2)])


def not_me(texts: Texts, value: ValueName) -> InlineKeyboardMarkup:
    """Says that a value is not the person, under the words behind it."""
    return _column((texts.say("choice-not-me"), NotMeCallback(layer=value.layer, name=value.name)))


def not_true(texts: Texts, shown: Insights) -> InlineKeyboardMarkup:
    """Says that an insight is not true, for each of those that are shown."""
    return _column(
        *(
            (insight_words.not_true(shown, number, texts), NotTrueCallback(insight_id=UUID(insight.insight_id)))
            for number, insight in enumerate(shown.connections, start=1)
        )
    )


def step_proposal(texts: Texts, agreement_id: str) -> InlineKeyboardMarkup:
    """Agree on a step, or not."""
    return _row(*_acts(texts, agreement_id, AFTER_PROPOSAL))


def step_agreed(texts: Texts, agreement_id: str) -> InlineKeyboardMarkup:
    """Ask about a step later, or not at all."""
    return _rows(_acts(texts, agreement_id, AFTER_AGREEMENT))


def step_question(texts: Texts, agreement_id: str) -> InlineKeyboardMarkup:
    """How a step went."""
    return _rows(_acts(texts, agreement_id, AFTER_QUESTION))


def step_noted(texts: Texts, agreement_id: str) -> InlineKeyboardMarkup:
    """Take back what was heard of how a step went."""
    return _row(*_acts(texts, agreement_id, AFTER_NOTED))


def open_steps(texts: Texts, shown: OpenSteps) -> InlineKeyboardMarkup | None:
    """Under the list of all steps: each later, or not at all."""
    rows = [
        row
        for number, step in enumerate(shown.steps, start=1)
        for row in _rows(_acts(texts, step.agreement_id, AFTER_AGREEMENT, number)).inline_keyboard
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def without(
    shown: InlineKeyboardMarkup | None, of: type[StepCallback | NotTrueCallback], what: UUID
) -> InlineKeyboardMarkup | None:
    """The keyboard shown without the buttons of one step or insight."""
    rows = [
        row
        for row in (shown.inline_keyboard if shown else [])
        if not any(_carries(button, of) and what.hex in (button.callback_data or "") for button in row)
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def memories(texts: Texts, shown: MemoryList) -> InlineKeyboardMarkup | None:
    """Under a page of what is remembered: forget or correct each, and the pages beside it."""
    page, asked_by = shown.page.page, shown.asked_by
    rows = [
        [
            _button(
                texts.say(f"choice-memory-{act}", number=number),
                MemoryCallback(act=act, memory_id=UUID(memory.memory_id), page=page, asked_by=asked_by),
            )
            for act in MemoryAct
        ]
        for number, memory in enumerate(shown.page.memories, start=1)
    ]
    turns = [
        _button(texts.say(f"choice-memory-{turn}"), MemoryPageCallback(page=other, asked_by=asked_by))
        for turn, other in (("back", page - 1), ("next", page + 1))
        if 0 <= other < shown.page.pages
    ]
    rows += [turns] if turns else []
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def leave_memory(texts: Texts) -> InlineKeyboardMarkup:
    """Leave a memory as it is, under the question what is true instead."""
    return _row((texts.say("choice-memory-leave"), LeaveMemoryCallback()))


def zones(texts: Texts) -> InlineKeyboardMarkup:
    """The zones to choose from."""
    return _rows([(city(zone, texts.locale), ZoneCallback(zone=zone)) for zone in zones_offered(texts.locale)])


def _acts(
    texts: Texts, agreement_id: str, acts: Sequence[StepAct], number: int | None = None
) -> list[tuple[str, CallbackData]]:
    return [(choice(act, number, texts), StepCallback(act=act, agreement_id=UUID(agreement_id))) for act in acts]


def resume(texts: Texts) -> InlineKeyboardMarkup:
    """Resume a paused session."""
    return _row((texts.say("choice-resume"), ResumeCallback()))


def languages() -> InlineKeyboardMarkup:
    """All languages, each by its own name."""
    return _row(*((Texts(locale).say("language-name"), LanguageCallback(locale=locale)) for locale in Locale))


def erase_first(texts: Texts, asked_at: int) -> InlineKeyboardMarkup:
    """The first confirmation to erase everything. `asked_at` is in Unix seconds."""
    return _column(_keep(texts, asked_at), _erase(texts, EraseStep.SURE, asked_at))


def erase_second(texts: Texts, asked_at: int) -> InlineKeyboardMarkup:
    """The second and last confirmation to erase everything."""
    # In reverse order, so that a double tap in the same place keeps everything.
    return _column(_erase(texts, EraseStep.REALLY_SURE, asked_at), _keep(texts, asked_at))


def _safety(answer: SafetyReply, nonce: str, crisis: CrisisKind | None) -> SafetyCallback:
    return SafetyCallback(answer=answer, nonce=nonce, crisis=crisis)


def _keep(texts: Texts, asked_at: int) -> tuple[str, CallbackData]:
    return texts.say("choice-keep"), EraseCallback(step=EraseStep.KEEP, asked_at=asked_at)


def _erase(texts: Texts, step: EraseStep, asked_at: int) -> tuple[str, CallbackData]:
    return texts.say(f"choice-erase-{step}"), EraseCallback(step=step, asked_at=asked_at)


def _column(*buttons: tuple[str, CallbackData]) -> InlineKeyboardMarkup:
    # One button per row, so that nobody taps the wrong one by accident.
    return InlineKeyboardMarkup(inline_keyboard=[[_button(*button)] for button in buttons])


def _row(*buttons: tuple[str, CallbackData]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_button(*button) for button in buttons]])


def _rows(buttons: Sequence[tuple[str, CallbackData]]) -> InlineKeyboardMarkup:
    """Two in a row."""
    drawn = [_button(*button) for button in buttons]
    return InlineKeyboardMarkup(inline_keyboard=[drawn[at : at + 2] for at in range(0, len(drawn), 2)])


def _says_not_quite(button: InlineKeyboardButton) -> bool:
    return _carries(button, NotQuiteCallback)


def _carries(button: InlineKeyboardButton, kind: type[CallbackData]) -> bool:
    return (button.callback_data or "").startswith(f"{kind.__prefix__}{kind.__separator__}")


def _button(text: str, tap: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=tap.pack())
