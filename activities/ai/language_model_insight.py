"""Has a language model look for a connection across what a person has said."""

from __future__ import annotations

from pydantic import Field

from activities.ai.chat_model import ChatModel
from activities.ai.insight import Connection, Material, Quoted
from activities.ai.language_model import Task, ask
from activities.ai.prompts.prompts import insight_prompt
from activities.ai.replies import ReplyShape
from schema.base_model import Model
from schema.text import CleanText
from workflows.analysis.rules.guard import Guard
from workflows.safety.rules.crisis import detect

_LONGEST, _LONGEST_GIST = 500, 120
"""Letters."""


class QuotedText(Model):
    """Words of one of the texts."""

    text: int = Field(description="Number of the text")
    words: CleanText = Field(description="Words of that text, copied letter by letter")


class InsightReply(ReplyShape):
    """The connection."""

    insight: CleanText = Field(description="One or two sentences to the person; empty if nothing is worth telling")
    gist: CleanText = Field(description="The same in at most ten words; empty if there is no insight")
    quotes: list[QuotedText] = Field(description="Two to four quotes, each of another text")

    def said(self) -> dict[str, str]:
        """The insight and its gist, unless there is none."""
        return {"insight": self.insight, "gist": self.gist} if self.insight.strip() else {}


# `policies.DEEP_READING` gives an attempt 30 s. Room for thought: reasoning counts as output.
INSIGHT = Task("insight", InsightReply, seconds=25, max_tokens=6000, quick=False, reworded=True)


class LanguageModelInsights:
    """Looks for connections with a language model."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.writer = model.name

    async def connect(self, material: Material) -> Connection | None:
        """The connection that the model finds; None for none, and for one that may not be said. Times out after 25 s.

        Raises:
            ApplicationError: of the types in `activities.ai.errors`.
        """
        prompt = insight_prompt(material.locale)
        guard = Guard("\n".join(text.text for text in material.texts), material.locale, prompt.instructions)
        request = prompt.request(material)
        reply, withheld = await ask(self._model, INSIGHT, prompt, request, guard, about=material.look_id)
        text, gist = " ".join(reply.insight.split()), " ".join(reply.gist.split())
        if withheld or not text or not gist or len(text) > _LONGEST or len(gist) > _LONGEST_GIST or detect(text):
            return None
        numbered = dict(enumerate(material.texts, start=1))
        quotes = [
            Quoted(source_id=numbered[quote.text].source_id, words=quote.words)
            for quote in reply.quotes
            if quote.text in numbered
        ]
        return Connection(text=text, gist=gist, quotes=quotes)
