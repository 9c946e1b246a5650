"""The models of Anthropic's Messages API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from anthropic import AsyncAnthropic, Omit, omit, transform_schema
from anthropic.types import (
    AssistantMessageParam,
    MessageParam,
    OutputConfigParam,
    ThinkingConfigParam,
    UserMessageParam,
)
from anthropic.types import Message as AnthropicMessage
from anthropic.types import Usage as AnthropicUsage

from activities.ai.chat_model import ChatModel, Message, Reply, Request
from activities.ai.errors import ConnectionCut
from activities.ai.providers import ANTHROPIC, AnthropicEffort, ThinkingOff, reasoning_of
from activities.ai.usage import OnUsage, figure

_OFF: dict[ThinkingOff, ThinkingConfigParam] = {
    "disabled": {"type": "disabled"},
    "between_tools": {"type": "between_tools"},
}


class AnthropicModel(ChatModel):
    """A model of Anthropic's. Raises `ApplicationError` of the types in `activities.ai.errors`."""

    def __init__(
        self,
        client: AsyncAnthropic,
        model: str,
        on_usage: OnUsage,
        *,
        effort: dict[str, AnthropicEffort] | None = None,
    ) -> None:
        """`effort` is the effort setting of `instant` and `deep` requests; omitted for models without one."""
        super().__init__(ANTHROPIC, model, on_usage)
        telemetry = client.open_telemetry
        self._client = client.with_options(
            # Only Temporal retries.
            max_retries=0,
            # Overrides the client and the environment: no answer goes into tracing spans.
            open_telemetry={**telemetry, "traces": {**telemetry["traces"], "content_mode": "metadata_only"}},
        )
        self._effort = effort or {}
        self._instant_off = reasoning_of(self.name).instant_off

    def _paid(self, usage: Mapping[str, Any]) -> Reply:
        return Reply(text="", refused=False, **_tokens(AnthropicUsage.construct(**usage)))

    async def _look_up(self, seconds: float) -> None:
        await self._client.models.retrieve(self._model, timeout=seconds)

    async def _words(self, request: Request) -> AsyncGenerator[str]:
        effort = self._effort.get("instant" if request.quick else "deep")
        output: OutputConfigParam = {}
        if request.shape:
            output["format"] = {"type": "json_schema", "schema": transform_schema(request.shape)}
        if effort:
            output["effort"] = effort
        async with self._client.messages.stream(
            model=self._model,
            system=request.instructions,
            messages=[_turn(message) for message in request.messages],
            output_config=output or omit,
            thinking=self._thinking(effort, quick=request.quick),
            max_tokens=request.max_tokens,
            timeout=request.seconds,
        ) as events:
            async for event in events:
                if event.type == "text":
                    yield event.text
                elif event.type in ("message_start", "message_delta"):
                    request.told.append(_reply(events.current_message_snapshot))
            message = await events.get_final_message()
        if message.stop_reason is None:
            raise ConnectionCut
        request.told.append(_reply(message))

    def _thinking(self, effort: AnthropicEffort | None, *, quick: bool) -> ThinkingConfigParam | Omit:
        # Anthropic refuses the highest efforts when thinking is off.
        if self._instant_off is None or not quick or effort in ("xhigh", "max"):
            return omit
        return _OFF[self._instant_off]


def _reply(message: AnthropicMessage) -> Reply:
    return Reply(
        text="".join(block.text for block in message.content if block.type == "text"),
        refused=message.stop_reason == "refusal",
        cut=message.stop_reason == "max_tokens",
        **_tokens(message.usage),
    )


def _tokens(usage: AnthropicUsage) -> dict[str, Any]:
    # Compatible servers may omit any of these fields, whatever their declared types.
    cached = figure(getattr(usage, "cache_read_input_tokens", None))
    written = figure(getattr(usage, "cache_creation_input_tokens", None))
    read = figure(getattr(usage, "input_tokens", None))
    return {
        # Anthropic counts cache reads and cache writes separately from the other input.
        "tokens_in": read + cached + written,
        "tokens_out": figure(getattr(usage, "output_tokens", None)),
        "tokens_cached": cached,
        "tokens_written": written,
    }


def _turn(message: Message) -> MessageParam:
    if message.role == "user":
        return UserMessageParam(role="user", content=message.text)
    return AssistantMessageParam(role="assistant", content=message.text)
