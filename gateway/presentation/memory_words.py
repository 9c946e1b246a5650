"""Puts what the coach remembers, and what may be done with it, into words: the same in every channel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from gateway.presentation.dates import day
from gateway.presentation.reason_words import short
from gateway.presentation.texts.texts import Texts
from schema.coaching.deliveries import MemoryList, MemoryQuestion
from schema.coaching.memory import LONGEST_MEMORY, ShownMemory

_LONGEST_WISH = 100


def lines(said: MemoryList | MemoryQuestion, texts: Texts) -> Iterator[str]:
    """The paragraphs of a message about memories. The person's own words in them are as they wrote them."""
    match said:
        case MemoryQuestion():
            yield texts.say("memory-question", memory=short(said.text, LONGEST_MEMORY))
        case MemoryList():
            yield from _all(said, texts)


def _all(said: MemoryList, texts: Texts) -> Iterator[str]:
    page = said.page
    if said.forgotten:
        yield texts.say("memory-forgotten")
    yield texts.say("memory-title" if page.memories else "memory-none")
    for kind, group in groupby(enumerate(page.memories, start=1), lambda numbered: numbered[1].kind):
        told = (_told(number, memory, texts) for number, memory in group)
        yield "\n".join([texts.say(f"memory-kind-{kind}"), *told])
    if page.pages > 1:
        yield texts.say("memory-page", page=page.page + 1, pages=page.pages)
    if page.wishes:
        wishes = (texts.say("memory-wish", quote=short(wish.quote, _LONGEST_WISH)) for wish in page.wishes)
        yield "\n".join([texts.say("memory-wishes"), *wishes, texts.say("memory-wishes-drop")])
    if page.memories:
        yield texts.say("memory-how")
    if page.offline:
        yield texts.say("memory-offline")


def _told(number: int, memory: ShownMemory, texts: Texts) -> str:
    said, quote = short(memory.text, LONGEST_MEMORY), short(memory.quote, LONGEST_MEMORY)
    # Rules and the person themselves keep the very words.
    key = "memory-line" if _plain(quote) == _plain(said) else "memory-line-quoted"
    return texts.say(key, number=number, memory=said, day=day(memory.told_at, texts), quote=quote)


def _plain(words: str) -> str:
    return words.casefold().rstrip(".! ")
