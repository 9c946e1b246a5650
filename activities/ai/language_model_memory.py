"""Has a language model read a message for what is to be remembered. Only what its words carry is believed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from pydantic import Field, ValidationError

from activities.ai.chat_model import ChatModel, Message, Request
from activities.ai.errors import failure_of, malformed_output
from activities.ai.evidence import words_quoted
from activities.ai.language_model import what_is_wrong
from activities.ai.prompts.prompts import memory_prompt
from activities.ai.replies import ReplyShape, fitting
from activities.ai.usage import Usage
from schema.base_model import Model
from schema.coaching.context import MemoryKind
from schema.coaching.memory import LONGEST_MEMORY, Change, ChangeAction, ToldMessage
from schema.text import CleanText
from workflows.analysis.rules.guard import Guard
from workflows.analysis.rules.text_features import language_of

TASK = "memory"
"""The name of the prompt, and of the calls in the usage log."""

# `policies.MEMORY_READING` gives an attempt 25 s.
_SECONDS = 20
_MAX_TOKENS = 2000
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


class MemoryReply(ReplyShape):
    """What the message changes in what is known."""

    changes: list[NotedChange]

    def said(self) -> dict[str, str]:
        """The texts of new memories, which the person may read."""
        return {f"changes.{at}": change.text for at, change in enumerate(self.changes) if change.text}


class LanguageModelExtractor:
    """Reads messages with a language model. Raises `ApplicationError` of the types in `activities.ai.errors`."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.extractor = model.name

    async def changes(self, told: ToldMessage) -> list[Change]:
        """What the message changes, within 20 s. Booked under the reply that the message got."""
        locale = language_of(told.text, told.locale)
        prompt, usages = memory_prompt(locale), list[Usage]()
        messages = [Message("user", prompt.request(told))]
        try:
            # The SDKs' timeouts restart with every byte, so only this one ends a reply that trickles in.
            async with asyncio.timeout(_SECONDS):
                for _ in range(2):
                    request = Request(
                        instructions=prompt.instructions,
                        messages=messages,
                        task=TASK,
                        prompt_version=prompt.version,
                        shape=MemoryReply,
                        max_tokens=_MAX_TOKENS,
                        seconds=_SECONDS,
                        quick=True,
                    )
                    reply = await self._model.reply(request, usages)
                    try:
                        noted = fitting(MemoryReply, reply.text)
                    except ValidationError as error:
                        correction = prompt.correction(what_is_wrong(error))
                        # Providers refuse a message without visible characters.
                        said = Message("assistant", reply.text.strip() or "-")
                        messages = [*messages, said, Message("user", correction)]
                    else:
                        return list(_believed(noted, told, Guard(told.text, locale, prompt.instructions)))
        except TimeoutError as failed:
            raise failure_of(failed, self._model.provider) from None
        finally:
            # A reply that broke off or was cancelled costs money, too.
            for usage in usages:
                await self._model.on_usage(told.reply_id, usage)
        raise malformed_output(self._model.provider)


def _believed(reply: MemoryReply, told: ToldMessage, guard: Guard) -> Iterator[Change]:
    """The changes that the words of the message carry."""
    for noted in reply.changes[:_MOST_CHANGES]:
        known = noted.memory is not None and 0 < noted.memory <= len(told.known)
        memory_id = told.known[noted.memory - 1].memory_id if known and noted.memory else None
        quote = words_quoted(noted.quote, told.text)
        if quote is None or (noted.action != "add" and memory_id is None):
            continue
        if noted.action in ("confirm", "forget"):
            yield Change(action=noted.action, memory_id=memory_id)
            continue
        text = " ".join(noted.text.split())
        if not text or len(text) > LONGEST_MEMORY or guard.objections(text):
            continue
        yield Change(
            action=noted.action,
            memory_id=memory_id if noted.action == "supersede" else None,
            kind=noted.kind,
            text=text,
            quote=quote,
            confidence=_CONFIDENT,
        )
