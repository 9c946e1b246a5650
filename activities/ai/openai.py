"""The models of OpenAI's Responses API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx2
from openai import AsyncOpenAI, omit, pydantic_function_tool
from openai.types.responses import (
    EasyInputMessageParam,
    Response,
    ResponseFormatTextJSONSchemaConfigParam,
    ResponseUsage,
)

from activities.ai.chat_model import ChatModel, Reply, Request
from activities.ai.errors import ConnectionCut, ResponseFailed
from activities.ai.providers import OPENAI, OpenAIEffort
from activities.ai.usage import OnUsage, figure
from schema.base_model import Model


class OpenAIModel(ChatModel):
    """A model of OpenAI's. Raises `ApplicationError` of the types in `activities.ai.errors`."""

    def __init__(
        self, client: AsyncOpenAI, model: str, on_usage: OnUsage, *, effort: dict[str, OpenAIEffort] | None = None
    ) -> None:
        """`effort` is the reasoning effort of `instant` and `deep` requests; omitted for models without one."""
        super().__init__(OPENAI, model, on_usage)
        # Only Temporal retries.
        self._client = client.with_options(max_retries=0)
        self._effort = effort or {}

    async def warm_up(self) -> None:
        # Building the types of all stream events takes 0.8 s, once per process.
        await asyncio.to_thread(asyncio.run, _read_a_canned_reply())

    def _paid(self, usage: Mapping[str, Any]) -> Reply:
        return Reply(text="", refused=False, **_tokens(ResponseUsage.construct(**usage)))

    async def _look_up(self, seconds: float) -> None:
        await self._client.models.retrieve(self._model, timeout=seconds)

    async def _words(self, request: Request) -> AsyncGenerator[str]:
        effort = self._effort.get("instant" if request.quick else "deep")
        events = await self._client.responses.create(
            model=self._model,
            instructions=request.instructions,
            input=[EasyInputMessageParam(role=turn.role, content=turn.text) for turn in request.messages],
            text={"format": _format(request.shape)} if request.shape else omit,
            max_output_tokens=request.max_tokens,
            timeout=request.seconds,
            # The provider must not store answers.
            store=False,
            reasoning={"effort": effort} if effort else omit,
            stream=True,
        )
        async with events:
            async for event in events:
                if event.type == "response.output_text.delta":
                    yield event.delta
                elif event.type in ("response.completed", "response.incomplete", "response.failed"):
                    request.told.append(_told(event.response, request))
                    return
                elif event.type == "error":
                    raise ResponseFailed(event.code)
        raise ConnectionCut


async def _read_a_canned_reply() -> None:
    response = {"id": "r", "object": "response", "created_at": 0, "model": "none", "output": [], "tools": []}
    event = {"type": "response.completed", "sequence_number": 0, "response": {**response, "status": "completed"}}
    stream = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
    transport = httpx2.MockTransport(
        lambda request: httpx2.Response(200, text=stream, headers={"content-type": "text/event-stream"})
    )
    async with (
        AsyncOpenAI(api_key="none", http_client=httpx2.AsyncClient(transport=transport)) as client,
        await client.responses.create(model="none", input="-", stream=True) as events,
    ):
        async for _ in events:
            pass


def _format(shape: type[Model]) -> ResponseFormatTextJSONSchemaConfigParam:
    # The schema is sent, but the base class parses the reply, because it answers a malformed one.
    schema = pydantic_function_tool(shape)["function"]["parameters"]
    return {"type": "json_schema", "name": shape.__name__, "strict": True, "schema": dict(schema)}


def _told(response: Response, request: Request) -> Reply:
    """The reply. If it failed, adds its usage to `request.told` and raises `ResponseFailed`."""
    reply = Reply(
        text=response.output_text,
        refused=_refused(response),
        cut=response.incomplete_details is not None and response.incomplete_details.reason == "max_output_tokens",
        **_tokens(response.usage),
    )
    if response.status != "failed":
        return reply
    if response.usage is not None:
        request.told.append(reply)
    raise ResponseFailed(response.error.code if response.error else None)


def _refused(response: Response) -> bool:
    filtered = response.incomplete_details is not None and response.incomplete_details.reason == "content_filter"
    return filtered or any(
        part.type == "refusal" for item in response.output if item.type == "message" for part in item.content
    )


def _tokens(usage: ResponseUsage | None) -> dict[str, Any]:
    if usage is None:
        return {}
    # Compatible servers may omit any of these fields, whatever their declared types.
    details = getattr(usage, "input_tokens_details", None)
    return {
        "tokens_in": figure(getattr(usage, "input_tokens", None)),
        "tokens_out": figure(getattr(usage, "output_tokens", None)),
        "tokens_cached": figure(getattr(details, "cached_tokens", None)),
        "tokens_written": figure(getattr(details, "cache_write_tokens", None)),
    }
