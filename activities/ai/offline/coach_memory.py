"""What the offline coach says of its own memory: the person's words, with the day, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property

from activities.ai.offline.coach_bank import Theme
from activities.ai.offline.coach_ear import message
from activities.ai.offline.memory import correcting
from activities.ai.offline.memory_questions import Question, Wants, answer_in, question_in
from activities.ai.offline.memory_reading import sentences, told_in
from activities.ai.offline.memory_words import MemoryWords, memory_words
from activities.ai.offline.reflection import Heard
from schema.coaching.context import Memory, ReplyContext
from schema.vocabulary import Locale

_MOST, _HALF, _FEWEST_WORDS, _MOST_WORDS = 3, 0.5, 4, 18
_LASTING = frozenset({"me.home", "me.work", "me.study", "me.relationship"})
_MONTHS = {
    Locale.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    Locale.RU: (
        *("января", "февраля", "марта", "апреля", "мая", "июня"),
        *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
    ),
}
_NAMES = frozenset({"name", "called", "зовут", "имя", "звали"})


class Remembered:
    """What is known that bears on the last message."""

    def __init__(self, context: ReplyContext, last: Heard) -> None:
        self._context = context
        self._last = last
        self._locale = last.passage.locale
        self._book: MemoryWords = memory_words(self._locale)
        self._sentences = [sentence for sentence, _ in sentences(last)]

    @cached_property
    def asked(self) -> bool:
        """Whether the person asks what the coach remembers, and either gets an answer or waits for one."""
        question = self._question
        if any(self._book.asks.search(sentence.plain) for sentence in self._sentences):
            return True
        return question is not None and (question.plain or bool(self.answer()))

    @cached_property
    def _question(self) -> Question | None:
        text = self._last.passage.text
        # What was left unanswered before it stands above it.
        return question_in(text, self._locale) or question_in(text.rsplit("\n", 1)[-1], self._locale)

    @property
    def failed_steps(self) -> list[Memory]:
        """The steps that did not work, with the day on which they told so, if the person asks for them."""
        if self._question is None or self._question.wants is not Wants.FAILED:
            return []
        failed = self._context.failed
        told = [Memory(kind="goal", text=step.what, told_on=step.told_on) for step in failed if step.told_on]
        return sorted(told, key=lambda step: step.told_on)[: 1 if self._question.first else _MOST]

    @property
    def forgot(self) -> int | None:
        """How much the person has just had forgotten; None if they asked for nothing of the kind."""
        return self._context.forgotten

    @property
    def corrects(self) -> bool:
        """Whether the last message puts right something that is known."""
        text = self._last.passage.text
        topics = self._book.topics(text)
        return correcting(text, self._locale) is not None and any(
            topics & self._book.topics(memory.text) for memory in self._context.memories
        )

    @property
    def changed(self) -> str | None:
        """What the last message tells that is otherwise now: a home, work, a relationship."""
        text = self._last.passage.text
        # Of whom nothing is known, nothing is otherwise.
        if not (self._context.memories and any(self._book.changed.search(each.plain) for each in self._sentences)):
            return None
        own = [found for found in told_in(text, self._locale) if any(slot in _LASTING for slot in found.one)]
        # Of several, the last one is how it is now.
        return own[-1].text.rstrip(" .!…") if own and len(own[-1].text.split()) <= _MOST_WORDS else None

    @cached_property
    def bounds(self) -> bool:
        """Whether the last message says what must not be brought up."""
        return any(found.kind == "boundary" for found in told_in(self._last.passage.text, self._locale))

    @property
    def bounded(self) -> frozenset[Theme]:
        """The themes that must not be brought up. Who speaks of one themselves may be asked about it."""
        closed = _themes(self._context.boundaries, self._locale)
        now = _themes([self._last.passage.text], self._locale)
        return frozenset(closed | now if self.bounds else closed - now)

    def answer(self) -> list[Memory]:
        """What answers what the person asks, in their words; nothing where nothing does."""
        told, question = self._context.told, self._question
        if question is None:
            return self._memories_asked_for()
        if question.wants is Wants.BOUNDARY:
            return told
        # Of two answers the later one is how things are now.
        known = [
            memory
            for memory in self._memories_asked_for()
            if question.wants is None or answer_in(question, memory.text, self._locale)
        ]
        later = bool(told) and bool(known) and (told[0].told_on > known[0].told_on or known[0].until is not None)
        return told if later or not known else known

    def _memories_asked_for(self) -> list[Memory]:
        plain = " ".join(sentence.plain for sentence in self._sentences)
        asked = {slot for slot, pattern in self._book.asked_slots.items() if pattern.search(plain)}
        known = sorted(self._context.memories, key=lambda memory: memory.until is not None)
        if asked:
            return [memory for memory in known if asked & self._slots(memory, "me")][:1]
        topics = self._book.topics(self._last.passage.text)
        if not topics:
            return [memory for memory in known if memory.until is None][:_MOST]
        found = [memory for memory in known if len(topics & self._book.topics(memory.text)) >= len(topics) * _HALF]
        if _NAMES & {word.plain for word in self._last.passage.words}:
            # Of a name, only what tells one.
            return [memory for memory in found if any(slot == "person" for slot in self._slots(memory))][:1]
        found.sort(key=lambda memory: -len(topics & self._book.topics(memory.text)))
        best = len(topics & self._book.topics(found[0].text)) if found else 0
        return [memory for memory in found if len(topics & self._book.topics(memory.text)) == best][:_MOST]

    def bearing(self) -> Memory | None:
        """A memory of an earlier talk that the last message makes one think of; None where nothing clearly does."""
        words = self._last.passage.words
        people = {self._book.canonical(word.plain) for word in words if word.plain in self._book.data.relations}
        said = "\n".join(turn.text for turn in self._context.turns if turn.speaker == "person")
        for memory in self._context.memories:
            fits = memory.until is None and memory.kind in ("person", "goal") and memory.text not in said
            quotable = not any(self._last.lexicon.unquotable.fullmatch(word) for word in memory.text.lower().split())
            if fits and quotable and len(memory.text.split()) >= _FEWEST_WORDS and people & self._people(memory):
                return memory
        return None

    def _slots(self, memory: Memory, subject: str | None = None) -> set[str]:
        slots = (slot.split(".", 1) for found in told_in(memory.text, self._locale) for slot in found.slots)
        return {what for who, what in slots if subject in (None, who)}

    def _people(self, memory: Memory) -> set[str]:
        slots = (slot for found in told_in(memory.text, self._locale) for slot in found.slots)
        return {slot.partition(".")[0] for slot in slots} - {"me"}


def _themes(texts: Iterable[str], locale: Locale) -> set[Theme]:
    return {theme for text in texts for theme in message(text, locale).themes}


def day(told: date, locale: Locale) -> str:
    """A day in words: "3 March", «3 марта»."""
    return f"{told.day} {_MONTHS[locale][told.month - 1]}"


def further(memories: Sequence[Memory], locale: Locale) -> str:
    """More memories, each with its day."""
    opening, closing = ("«", "»") if locale is Locale.RU else ("“", "”")
    return " ".join(f"{opening}{memory.text}{closing} ({day(memory.told_on, locale)})." for memory in memories)
