"""Parameters of a call, however they come: query string, form, multipart, or JSON."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import BodyPartReader, ClientResponse, MultipartReader, web

from tests.telegram.bot_api.refusals import Refusal, bad_request
from tests.telegram.bot_api.spec import Upload

MAX_FILES = 50 * 1024 * 1024
"""Bytes that Telegram takes in one request."""

Given = tuple[dict[str, Any], dict[str, Upload]]
"""Parameters as they were given, and files, each by its field."""


async def read_request(request: web.Request) -> Given:
    """The parameters of a request.

    Raises:
        Refusal: 400 for a body that can't be read, 413 for one that is too big.
    """
    given: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_length and request.content_length > MAX_FILES:
        raise Refusal(413, "Request Entity Too Large")
    match request.content_type:
        case "application/json" if request.can_read_body:
            given |= _json_object(await request.text())
        case "application/x-www-form-urlencoded":
            given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        case "multipart/form-data":
            given, uploads = await _read_parts(await request.multipart(), given)
    return given, uploads


async def read_reply(response: ClientResponse) -> Given | None:
    """The call that a webhook answered with, if it did."""
    given: dict[str, Any] = {}
    uploads: dict[str, Upload] = {}
    if response.content_type == "multipart/form-data":
        given, uploads = await _read_parts(MultipartReader.from_response(response), given)
    elif response.content_type == "application/json" and (body := await response.text()):
        given = _json_object(body)
    return (given, uploads) if "method" in given else None


def _json_object(body: str) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise bad_request("Can't parse JSON object of the request")
    return value


async def _read_parts(reader: Any, given: dict[str, Any]) -> Given:
    uploads: dict[str, Upload] = {}
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            raise bad_request("a part of the request has no name")
        if part.filename is None:
            given[part.name] = await part.text()
        else:
            uploads[part.name] = Upload(part.filename, bytes(await part.read()))
    return given, uploads
