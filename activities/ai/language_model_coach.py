"""Has a language model write the coach's replies, sentence by sentence, so that people read along.

A shown word can't be taken back. So a sentence is shown only after the guard, the rules of crisis and the checks have
read it, and what is shown is always the beginning of the reply. A sentence that may not be said is never shown: the
model is asked once to go on from there. When a stream breaks off, the attempt fails, and the next one begins anew: the
final reply replaces what was shown of the first.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from activities.ai.analyst import Withheld
from activities.ai.chat_model import ChatModel, Message, Request
from activities.ai.coach import SentenceCheck, Show
from activities.ai.errors import failure_of
from activities.ai.prompts.prompts import coach_prompt
from activities.ai.replies import objects_in
from activities.ai.sentences import whole_sentences
from activities.ai.usage import Usage
from schema.coaching.context import Reply, ReplyContext, Step
from schema.text import clean
from workflows.analysis.rules.guard import Guard
from workflows.safety.rules.crisis import detect

TASK = "coach"
"""The name of the prompt, and of the calls in the usage log."""

# `policies.COACH_REPLY` gives a model 30 s for two attempts.
_SECONDS = 20
# Four times what is asked for: a reasoning model's thoughts count as output.
_MAX_TOKENS = 1500
# Characters: twice what is asked for. A model that does not end is stopped there.
_LONGEST = 1600
_FEWEST_WORDS = 3
"""Fewer words before a sentence that was withheld are no reply."""
_LONGEST_STEP = 300
_STEP = re.compile(r"\W*STEP\b\W*:")
_WORD = re.compile(r"\w+")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Objection:
    """Why a sentence may not be said."""

    kinds: list[str]
    """Of the guard, and DANGER; empty if a check objects."""
    reason: str | None = None
    """In the words of a check."""
    told: bool = False
    """Whether the person is told when the model insists."""


class LanguageModelCoach:
    """Writes replies with a language model. Each sentence passes the `checks` beside the guard."""

    def __init__(self, model: ChatModel, checks: Sequence[SentenceCheck] = ()) -> None:
        self._model = model
        self._checks = checks

    async def write(self, context: ReplyContext, show: Show) -> Reply:
        """The reply to the last turn, within 20 s.

        Raises:
            Withheld: too little of what the model wrote may be said.
            ApplicationError: of the types in `activities.ai.errors`.
        """
        draft = _Draft(self._model, self._checks, context, show)
        try:
            # The SDKs' timeouts restart with every byte, so only this one ends a reply that trickles in.
            async with asyncio.timeout(_SECONDS):
                await draft.write()
        except (TimeoutError, ApplicationError) as failed:
            # What stands before a sentence that was withheld is a reply, also when nothing came after it.
            if not (draft.withheld and draft.stands):
                raise (
                    failed if isinstance(failed, ApplicationError) else failure_of(failed, self._model.provider)
                ) from None
        finally:
            # A reply that broke off or was cancelled costs money, too.
            for usage in draft.usages:
                await self._model.on_usage(context.reply_id, usage)
        if not draft.text or (draft.withheld and not draft.stands):
            raise Withheld
        return Reply(text=draft.text, coach=self._model.name, step=await draft.step())


class _Draft:
    """A reply as it grows."""

    def __init__(self, model: ChatModel, checks: Sequence[SentenceCheck], context: ReplyContext, show: Show) -> None:
        self._model = model
        self._checks = checks
        self._context = context
        self._show = show
        self._prompt = coach_prompt(context.locale)
        self._guard = Guard("\n".join(_words_of_person(context)), context.locale, self._prompt.instructions)
        self._said: list[str] = []
        self._step = ""
        self.withheld = False
        """Whether a sentence may not be said."""
        self.usages: list[Usage] = []

    @property
    def text(self) -> str:
        """What may be shown."""
        return "".join(self._said).strip()

    @property
    def stands(self) -> bool:
        """Whether it is a reply and no fragment."""
        return len(_WORD.findall(self.text)) >= _FEWEST_WORDS

    async def write(self) -> None:
        """Asks the model, and asks it once to go on when a sentence may not be said."""
        messages = [Message("user", self._prompt.request(self._context))]
        objection = await self._hear(messages)
        if objection is None:
            return
        self.withheld = True
        go_on = self._prompt.rewording(objection.kinds, objection.reason, begun=bool(self.text))
        # Providers refuse a message without visible characters.
        objection = await self._hear([*messages, Message("assistant", self.text or "-"), Message("user", go_on)])
        if objection and objection.told:
            # It would propose once more what has failed.
            await self._say(self._prompt.ending)

    async def step(self) -> Step | None:
        """The step that the model names behind the reply, unless any of its words may not be said."""
        if self._context.troubled:
            return None
        try:
            step = Step.model_validate(next((found for _, found in objects_in(clean(self._step))), None))
        except ValidationError:
            return None
        if not step.what.strip() or any(len(text) > _LONGEST_STEP for text in step.texts):
            return None
        for text in step.texts:
            if await self._objection(text):
                return None
        return step

    async def _hear(self, messages: list[Message]) -> _Objection | None:
        """Takes the sentences of a reply as they come, up to its end or to one that may not be said."""
        request = Request(
            instructions=self._prompt.instructions,
            messages=messages,
            task=TASK,
            prompt_version=self._prompt.version,
            shape=None,
            max_tokens=_MAX_TOKENS,
            seconds=_SECONDS,
            quick=True,
        )
        rest, step = "", ""
        async with aclosing(self._model.stream(request, self.usages)) as pieces:
            async for piece in pieces:
                if step:
                    step += piece
                    continue
                sentences, rest = whole_sentences(rest + piece)
                for at, sentence in enumerate(sentences):
                    if _STEP.match(sentence):
                        step = "".join([*sentences[at:], rest])
                        break
                    if objection := await self._take(sentence):
                        return objection
                if len(self.text) > _LONGEST:
                    return None
        if not step and _STEP.match(rest):
            step = rest
        # The end of a reply that was cut is no sentence.
        elif not step and rest.strip() and not request.told[-1].cut and (objection := await self._take(rest)):
            return objection
        self._step = step
        return None

    async def _take(self, sentence: str) -> _Objection | None:
        sentence = clean(sentence)
        if self.withheld and sentence.strip() in {said.strip() for said in self._said}:
            # Asked to go on, the model began anew.
            return None
        if sentence.strip() and (objection := await self._objection(sentence.strip())):
            return objection
        await self._say(sentence)
        return None

    async def _say(self, sentence: str) -> None:
        self._said.append(sentence)
        await self._show(self.text)

    async def _objection(self, sentence: str) -> _Objection | None:
        # Also in what stands before it: a number or a link may be spread over two sentences.
        texts = {sentence, f"{self.text} {sentence}".strip()}
        found = {objection for text in texts for objection in self._guard.objections(text)}
        kinds = [*sorted(found), *(["DANGER"] if detect(sentence) else [])]
        if kinds:
            self._log(", ".join(kinds))
            return _Objection(kinds)
        for check in self._checks:
            if reason := await check.objection(sentence, self._context):
                self._log(type(check).__name__)
                return _Objection([], reason, told=check.ends_with_a_word)
        return None

    def _log(self, why: str) -> None:
        log.warning("Language models: words of %s (%s) were withheld: %s", self._model.name, TASK, why)


def _words_of_person(context: ReplyContext) -> list[str]:
    return [
        *(turn.text for turn in context.turns if turn.speaker == "person"),
        *(memory.text for memory in (*context.memories, *context.told)),
        *context.wishes,
        *(text for step in (*context.steps, *context.outcomes, *context.failed) for text in step.texts),
    ]
