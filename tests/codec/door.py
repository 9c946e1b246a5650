"""A running codec server as operators come to it, and what they ask of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import aiohttp
import asyncpg
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import WorkflowSerializationContext
from yarl import URL

from activities.account.look_log import PostgresLookLog
from gateway.codec.app import CodecServer
from gateway.codec.operators import Operators
from schema.onboarding.names import SESSION_ID
from tests.keys import encryption
from workers.encryption.payload_codec import PersonalCodec
from workers.process_encryption import Encryption

UI = "https://temporal.example.org"
SECRET = "I keep lists of every quinceberry."
WHY = "A person's summary never came"


@dataclass
class Door:
    """A running codec server, and an operator before it."""

    session: aiohttp.ClientSession
    url: URL
    token: str

    async def asks(self, *payloads: Payload, **headers: str) -> aiohttp.ClientResponse:
        """Asks with these headers alone."""
        body = json_format.MessageToJson(Payloads(payloads=payloads))
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.session.post(self.url / "decode", data=body, headers=named)

    async def looks(self, *payloads: Payload, why: str = WHY) -> list[Payload]:
        """Asks as an operator should, and is answered."""
        answer = await self.asks(*payloads, Authorization=f"Bearer {self.token}", X_Reason=why)
        assert answer.status == 200, await answer.text()
        return list(json_format.Parse(await answer.text(), Payloads()).payloads)


def sealed_by(keys: Encryption) -> PersonalCodec:
    return PersonalCodec(keys.keys, writes=True)


async def encrypted(person: str, text: str = SECRET, keys: Encryption | None = None) -> Payload:
    """What Temporal holds of a person's words."""
    context = WorkflowSerializationContext("default", SESSION_ID.of(person))
    clear = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(text).encode())
    (payload,) = await sealed_by(keys or encryption()).with_context(context).encode([clear])
    assert text.encode() not in payload.SerializeToString()
    return payload


def server(pool: asyncpg.Pool, operators: Operators, keys: Encryption | None = None, within: float = 10) -> CodecServer:
    codec = PersonalCodec((keys or encryption()).keys, writes=False)
    return CodecServer(codec, operators, PostgresLookLog(pool), [UI], read_within=within)


async def kept(pool: asyncpg.Pool, person: str) -> list[asyncpg.Record]:
    """The looks at a person's texts."""
    return await pool.fetch(
        "SELECT operator, reason, payloads FROM audit_system.looks JOIN audit_system.people_looked_at USING (look_id)"
        " WHERE user_ref = $1",
        person,
    )
