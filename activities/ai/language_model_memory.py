"""Has a language model read a message for what is to be remembered. Only what its words carry is believed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pydantic import Field

from activities.ai.chat_model import ChatModel
from activities.ai.evidence import words_quoted
from activities.ai.language_model import Task, ask
from activities.ai.prompts.prompts import memory_prompt
from activities.ai.replies import ReplyShape
from schema.base_model import Model
from schema.coaching.context import MemoryKind
from schema.coaching.memory import LONGEST_MEMORY, Change, ChangeAction, ToldMessage
from schema.text import CleanText
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

_MOST_CHANGES = 5
"""What the prompt asks for, with a margin."""
_CONFIDENT = 0.8


class NotedChange(Model):
    """One thing that the message changes."""

    action: ChangeAction
    memory: int | None = Field(description="The number of the known memory that it is about; null for add")
    kind: MemoryKind
    text: CleanText = Field(description="What is true now, in the person's own words; empty for confirm and forget")
    quote: CleanText = Field(description="The person's exact words, copied from the message")

    @property
    def line(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())


class MemoryReply(ReplyShape):
    """What the message changes in what is known."""

    changes: list[NotedChange]

    def said(self) -> dict[str, str]:
        """The texts of new memories, which the person may read."""
        return {_field(at): change.line for at, change in enumerate(self.changes) if change.line}


def _field(at: int) -> str:
    return f"changes.{at}"


# `policies.MEMORY_READING` gives an attempt 25 s. What the guard objects to is left out alone.
MEMORY = Task("memory", MemoryReply, seconds=20, max_tokens=2000, quick=True, reworded=False)


class LanguageModelExtractor:
    """Reads messages with a language model. Raises `ApplicationError` of the types in `activities.ai.errors`."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.extractor = model.name

    async def changes(self, told: ToldMessage) -> list[Change]:
        """What the message changes, within 20 s. Booked under the reply that the message got."""
        locale = language_of(told.text, told.locale)
        prompt = memory_prompt(locale)
        guard = Guard(told.text, locale, prompt.instructions)
        noted, withheld = await ask(self._model, MEMORY, prompt, prompt.request(told), guard, about=told.reply_id)
        return list(_believed(noted, told, withheld))


def _believed(reply: MemoryReply, told: ToldMessage, withheld: Collection[str]) -> Iterator[Change]:
    """The changes that the words of the message carry, without the fields in `withheld`."""
    for at, noted in enumerate(reply.changes[:_MOST_CHANGES]):
        known = noted.memory is not None and 0 < noted.memory <= len(told.known)
        memory_id = told.known[noted.memory - 1].memory_id if known and noted.memory else None
        quote = words_quoted(noted.quote, told.text)
        if quote is None or (noted.action != "add" and memory_id is None):
            continue
        if noted.action in ("confirm", "forget"):
            yield Change(action=noted.action, memory_id=memory_id)
            continue
        text = noted.line
        if not text or len(text) > LONGEST_MEMORY or _field(at) in withheld:
            continue
        yield Change(
            action=noted.action,
            memory_id=memory_id if noted.action == "supersede" else None,
            kind=noted.kind,
            text=text,
            quote=quote,
            confidence=_CONFIDENT,
        )
