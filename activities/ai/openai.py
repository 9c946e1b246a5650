"""The analyst that asks OpenAI, by the Responses API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from openai import AsyncOpenAI, omit
from openai.types.responses import EasyInputMessageParam, Response, ResponseUsage

from activities.ai.errors import Provider, ResponseFailed
from activities.ai.language_model import LanguageModelAnalyst, Reply, Request, Usage

OPENAI = Provider(name="OpenAI", slug="openai", key_setting="OPENAI_API_KEY")

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]


class OpenAIAnalyst(LanguageModelAnalyst):
    """Reads answers with an OpenAI model. Raises `ApplicationError` of the types in `activities.ai.errors`."""

    def __init__(
        self, client: AsyncOpenAI, model: str, on_usage: Callable[[Usage], None], *, effort: Effort | None = None
    ) -> None:
        """`effort` is how long a reasoning model thinks; None leaves it out, for models that know no such thing."""
        super().__init__(OPENAI, model, on_usage)
        # Temporal retries, and nobody else.
        self._client = client.with_options(max_retries=0)
        self._effort = effort

    async def _complete(self, request: Request) -> Reply:
        response = await self._client.responses.parse(
            model=self._model,
            instructions=request.instructions,
            input=[EasyInputMessageParam(role=turn.role, content=turn.text) for turn in request.messages],
            text_format=request.shape,
            # The schema is sent, but the reply is read by the conversation: a malformed one is answered.
            parse_as=None,
            max_output_tokens=request.max_tokens,
            timeout=request.seconds,
            # What people write is not kept with the provider.
            store=False,
            reasoning={"effort": self._effort} if self._effort else omit,
        )
        if response.status == "failed":
            raise ResponseFailed(response.error.code if response.error else None)
        return Reply(text=response.output_text, refused=_refused(response), **_tokens(response.usage))


def _refused(response: Response) -> bool:
    filtered = response.incomplete_details is not None and response.incomplete_details.reason == "content_filter"
    return filtered or any(
        part.type == "refusal" for item in response.output if item.type == "message" for part in item.content
    )


def _tokens(usage: ResponseUsage | None) -> dict[str, int]:
    if usage is None:
        return {}
    # Servers that speak OpenAI's protocol may leave the details out, whatever the type says.
    details = getattr(usage, "input_tokens_details", None)
    return {
        "tokens_in": usage.input_tokens,
        "tokens_out": usage.output_tokens,
        "tokens_cached": details.cached_tokens if details else 0,
    }
