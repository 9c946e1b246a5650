"""The codec server: it decrypts payloads for operators who say who they are and why, in the Web UI or Temporal's CLI.

It speaks the protocol of remote codecs (https://docs.temporal.io/remote-data-encoding), of which it only decodes.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qs, quote, unquote

from fastapi import Cookie, FastAPI, Header, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from google.protobuf import json_format
from pydantic import TypeAdapter, ValidationError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from gateway.codec.operators import IssuerAway, NoOperator, Operators
from gateway.codec.page import HEADERS, page
from schema.account.looks import LONGEST_REASON, Look, LookLog, LookLogAway, Reason
from schema.errors import KeysAway
from schema.keys.encrypted_payload import is_encrypted, key_of
from schema.keys.key_id import SYSTEM
from schema.metrics import LOGINS_REFUSED

log = logging.getLogger(__name__)

LOOK_FOR = 30 * 60
"""Seconds for which a reason holds in a browser. Then the operator gives one again."""
LARGEST = 16 * 2**20
"""The most bytes of a request. The Web UI asks for several payloads at a time; Temporal takes one of 2 MB."""
LARGEST_FORM = 16 * 2**10
"""The most bytes of the page's form."""
MOST = 10_000
"""The most payloads of a request."""
LONGEST_TOKEN = 3800
"""Characters of a token that a cookie takes."""
READ_WITHIN = 10.0
"""Timeout in seconds for reading a request."""
TOKEN, REASON = "codec_token", "codec_reason"
"""The cookies of a browser that may look."""
_REASON: TypeAdapter[str] = TypeAdapter(Reason)
_SAY_WHY = f"Say why you look, in up to {LONGEST_REASON} characters: on the codec server's page, or as X-Reason."


class CodecServer:
    """Handles the requests. `codec` decodes, `operators` tells who asks, and `looks` keeps who looked."""

    def __init__(
        self,
        codec: PayloadCodec,
        operators: Operators,
        looks: LookLog,
        ui_origins: Sequence[str],
        *,
        read_within: float = READ_WITHIN,
    ) -> None:
        self._codec = codec
        self._operators = operators
        self._looks = looks
        self._ui_origins = ui_origins
        self._read_within = read_within

    def application(self) -> FastAPI:
        """Returns the application. Of all other pages, those of `ui_origins` alone may ask."""
        app = FastAPI(openapi_url=None)
        app.add_middleware(
            CORSMiddleware,
            allow_origins=self._ui_origins,
            allow_methods=["POST"],
            # The last one is an ID token, which the Web UI sends as well and nobody reads here.
            allow_headers=["content-type", "x-namespace", "authorization", "authorization-extras"],
            allow_credentials=True,
        )
        app.get("/")(self.ask)
        app.post("/look")(self.look)
        app.post("/leave")(self.leave)
        app.post("/decode")(self.decode)
        return app

    async def ask(self, reason: Annotated[str, Cookie(alias=REASON)] = "") -> HTMLResponse:
        """Shows the page on which an operator says why they look."""
        return page(unquote(reason), longest=LONGEST_REASON)

    async def look(self, request: Request) -> Response:
        """Keeps the reason, and the token where the Web UI passes none, in the operator's browser."""
        # Another site's page could send this form with words of its own.
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise HTTPException(403, "This form is sent from its own page only.")
        form = parse_qs((await self._body(request, LARGEST_FORM)).decode(errors="replace"))
        reason, token = _reason(form.get("reason", [""])[-1]), form.get("token", [""])[-1].strip()
        if len(token) > LONGEST_TOKEN:
            raise HTTPException(403, "This token is too long for a browser: have the Web UI pass it.")
        if token:
            await self._operator(token)
        answer = RedirectResponse("/", 303)
        # Of one site with the Web UI, so both speak TLS or neither does, whatever a proxy says.
        https = self._ui_origins[0].startswith("https:")
        for name, value in ((REASON, quote(reason)), (TOKEN, token)):
            if value:
                answer.set_cookie(name, value, LOOK_FOR, httponly=True, samesite="strict", secure=https)
        return answer

    async def leave(self) -> Response:
        """Makes the operator's browser forget both."""
        answer = RedirectResponse("/", 303)
        for name in (REASON, TOKEN):
            answer.delete_cookie(name)
        return answer

    async def decode(
        self,
        request: Request,
        authorization: Annotated[str, Header()] = "",
        x_reason: Annotated[str, Header()] = "",
        token: Annotated[str, Cookie(alias=TOKEN)] = "",
        reason: Annotated[str, Cookie(alias=REASON)] = "",
    ) -> Response:
        """Decrypts payloads, once it is written down who looks, why, and at whose."""
        # A page of elsewhere could not read the answer, and could have a look written down.
        if request.headers.get("origin", self._ui_origins[0]) not in self._ui_origins:
            raise HTTPException(403, "This page may not ask.")
        scheme, _, told = authorization.partition(" ")
        operator = await self._operator(told if scheme.lower() == "bearer" else token)
        # Header fields are read as Latin-1 (RFC 9110, section 5.5), and written as UTF-8.
        why = _reason(x_reason.encode("latin-1").decode(errors="replace") or unquote(reason))
        payloads = await self._payloads(request)
        try:
            clear = await self._codec.decode(payloads)
            # What nobody can read is no look at anybody.
            opened = [
                sealed
                for sealed, read in zip(payloads, clear, strict=True)
                if is_encrypted(sealed.metadata) and not is_encrypted(read.metadata)
            ]
            people = {key.owner for payload in opened if (key := key_of(payload.metadata))} - {SYSTEM}
            if opened:
                look = Look(operator=operator, reason=why, people=sorted(people), payloads=len(opened))
                await self._looks.add(look)
        except (KeysAway, LookLogAway) as error:
            log.error("Nothing is decrypted for operators: %s", error)
            raise HTTPException(503, "Keys or log can't be reached, so nothing is decrypted.") from None
        shown = [json_format.MessageToDict(_readable(payload)) for payload in clear]
        return JSONResponse({"payloads": shown}, headers=HEADERS)

    async def _operator(self, token: str) -> str:
        try:
            return await self._operators.of(token.strip())
        except NoOperator:
            # Who brings none has not tried.
            if token:
                LOGINS_REFUSED.add(door="codec")
            raise HTTPException(401, "Say who you are: this takes a valid token.") from None
        except IssuerAway:
            log.error("The keys of the tokens' issuer can't be fetched: check SELFOLOGY_CODEC_KEYS_URL")
            raise HTTPException(503, "The issuer of the tokens can't be reached.") from None

    async def _payloads(self, request: Request) -> list[Payload]:
        body = await self._body(request, LARGEST)
        # Each is an object, and so is its metadata.
        if body.count(b"{") > 2 * MOST + 1:
            raise HTTPException(413, "This is too much at once.")
        try:
            return list(json_format.Parse(body, Payloads(), ignore_unknown_fields=True).payloads)
        except (json_format.ParseError, UnicodeDecodeError, RecursionError):
            raise HTTPException(400, "These are no payloads.") from None

    async def _body(self, request: Request, largest: int) -> bytes:
        body = bytearray()
        try:
            async with asyncio.timeout(self._read_within):
                async for part in request.stream():
                    body += part
                    if len(body) > largest:
                        raise HTTPException(413, "This is too much at once.")
        except TimeoutError:
            raise HTTPException(408, "This took too long.") from None
        return bytes(body)


def _reason(said: str) -> str:
    try:
        return _REASON.validate_python(said)
    except ValidationError:
        raise HTTPException(403, _SAY_WHY) from None


def _readable(payload: Payload) -> Payload:
    """Returns the payload or, where nobody can read it any more, a line that says so."""
    if not is_encrypted(payload.metadata):
        return payload
    line = f"[unreadable: it is damaged, or key {key_of(payload.metadata) or 'without a name'} is destroyed]"
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(line).encode())
