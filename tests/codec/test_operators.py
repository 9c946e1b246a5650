"""Operators whom an identity provider names, on its wire; and the addresses from which a codec server is asked."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import asyncpg
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from yarl import URL

from gateway.codec.operators import IssuedOperators
from gateway.serving import serving
from tests.codec.door import SECRET, WHY, Door, encrypted, kept, server
from workers.cli.codec import origin_of


class Issuer:
    """An identity provider: its keys on a loopback server, and the tokens that it signs."""

    NAME, AUDIENCE = "https://id.example.org", "selfology-codec"

    def __init__(self) -> None:
        self.key = generate_private_key(public_exponent=65537, key_size=2048)
        self.fetched = 0
        self.says: bytes | None = None

    async def keys(self, request: web.Request) -> web.Response:
        self.fetched += 1
        if self.says is not None:
            return web.Response(body=self.says, content_type="application/json")
        told = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [{**told, "kid": "1", "use": "sig", "alg": "RS256"}]})

    def token(self, key: RSAPrivateKey | None = None, **claims: Any) -> str:
        until = datetime.now(UTC) + timedelta(minutes=5)
        said = {"iss": self.NAME, "aud": self.AUDIENCE, "sub": "olga@example.org", "exp": until, **claims}
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, key or self.key, "RS256", headers={"kid": "1"})


@dataclass
class Provided(Door):
    """A server whose operators an identity provider names."""

    issuer: Issuer
    runner: web.AppRunner


@pytest.fixture
async def provided(codec_pool: asyncpg.Pool) -> AsyncIterator[Provided]:
    issuer = Issuer()
    site = web.Application()
    site.router.add_get("/keys", issuer.keys)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    keys_url = f"http://127.0.0.1:{runner.addresses[0][1]}/keys"
    app = server(codec_pool, IssuedOperators(issuer.NAME, issuer.AUDIENCE, keys_url)).application()
    async with serving(app, "127.0.0.1", 0, setting="PORT") as port, aiohttp.ClientSession() as session:
        yield Provided(session, URL(f"http://127.0.0.1:{port}"), issuer.token(), issuer, runner)
    await runner.cleanup()


async def test_the_operator_of_an_identity_provider_reads(provided: Provided, pool: asyncpg.Pool, anna: str) -> None:
    for _ in range(3):
        (clear,) = await provided.looks(await encrypted(anna))
        assert json.loads(clear.data) == SECRET
    assert {look["operator"] for look in await kept(pool, anna)} == {"olga@example.org"}
    assert provided.issuer.fetched == 1


async def test_no_other_token_is_taken(provided: Provided, anna: str) -> None:
    issuer, now = provided.issuer, datetime.now(UTC)
    public = issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = {"iss": issuer.NAME, "aud": issuer.AUDIENCE, "sub": "olga", "exp": now + timedelta(minutes=5)}
    head, body, _ = issuer.token().split(".")
    forged_head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"1"}').rstrip(b"=").decode()
    signature = hmac.digest(public, f"{forged_head}.{body}".encode(), "sha256")
    others = {
        "expired": issuer.token(exp=now - timedelta(minutes=2)),
        "for ever": issuer.token(exp=None),
        "not yet": issuer.token(nbf=now + timedelta(minutes=2)),
        "of another issuer": issuer.token(iss="https://other.example.org"),
        "for something else": issuer.token(aud="selfology-web"),
        "for nobody": issuer.token(aud=None),
        "of nobody": issuer.token(sub=None),
        "of no name": issuer.token(sub=""),
        "of a long name": issuer.token(sub="x" * 256),
        "of a blank name": issuer.token(sub="  "),
        "of another kind": jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "1"}),
        "of no key": jwt.encode(claims, issuer.key, "RS256", headers={"kid": "2"}),
        "by another key": issuer.token(generate_private_key(public_exponent=65537, key_size=2048)),
        "unsigned": jwt.encode(claims, "", "none", headers={"kid": "1"}),
        "cut": f"{head}.{body}.",
        "by the public key": f"{forged_head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}",
    }
    payload = await encrypted(anna)
    taken = [
        name
        for name, token in others.items()
        if (await provided.asks(payload, Authorization=f"Bearer {token}", X_Reason=WHY)).status != 401
    ]
    assert taken == []


async def test_while_the_provider_is_away_nobody_new_reads(provided: Provided, anna: str) -> None:
    await provided.runner.cleanup()
    answer = await provided.asks(await encrypted(anna), Authorization=f"Bearer {provided.token}", X_Reason=WHY)
    assert answer.status == 503


@pytest.mark.parametrize("said", [b"<html>", b'{"keys": []}', b"[]", b"\xff", b"{}"])
async def test_a_provider_that_says_no_keys_is_away(provided: Provided, anna: str, said: bytes) -> None:
    provided.issuer.says = said
    answer = await provided.asks(await encrypted(anna), Authorization=f"Bearer {provided.token}", X_Reason=WHY)
    assert answer.status == 503


@pytest.mark.parametrize(
    ("ui", "origin"),
    [
        ("https://Temporal.example.org:443/ui", "https://temporal.example.org"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.0.0.1:8233", "http://127.0.0.1:8233"),
        ("http://[::1]:8233/", "http://[::1]:8233"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(ui: str, origin: str) -> None:
    assert origin_of(ui) == origin
