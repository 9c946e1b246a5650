"""Master keys in Vault's transit engine, on its wire.

The loopback server answers as developer.hashicorp.com/vault/api-docs/secret/transit describes, for a key made with
`derived=true`: a ciphertext opens only with the context that it was made with.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from activities.encryption.data_keys import DataKeys
from activities.encryption.vault import VaultTransit
from schema.errors import KeysAway, Undecipherable
from tests.keys import key_file

TOKEN = "s.of-this-test"
ANNA, BORIS = "a" * 16, "b" * 16


class Transit:
    """One transit key with its versions."""

    def __init__(self) -> None:
        self.versions = [b"first"]
        self.sealed = False

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._let_in])
        app.router.add_post("/v1/transit/encrypt/selfology", self._encrypt)
        app.router.add_put("/v1/transit/encrypt/selfology", self._encrypt)
        app.router.add_post("/v1/transit/decrypt/selfology", self._decrypt)
        app.router.add_put("/v1/transit/decrypt/selfology", self._decrypt)
        app.router.add_get("/v1/transit/keys/selfology", self._read)
        return app

    @web.middleware
    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.sealed:
            return web.json_response({"errors": ["Vault is sealed"]}, status=503)
        if request.headers.get("X-Vault-Token") != TOKEN:
            return web.json_response({"errors": ["permission denied"]}, status=403)
        if request.match_info.http_exception is not None:
            return web.json_response({"errors": []}, status=404)
        return await handler(request)

    def _cipher(self, version: int, context: str) -> Fernet:
        derived = hashlib.sha256(self.versions[version - 1] + base64.b64decode(context, validate=True)).digest()
        return Fernet(base64.urlsafe_b64encode(derived))

    async def _encrypt(self, request: web.Request) -> web.Response:
        given, version = await request.json(), len(self.versions)
        sealed = self._cipher(version, given["context"]).encrypt(base64.b64decode(given["plaintext"], validate=True))
        return web.json_response(
            {"data": {"ciphertext": f"vault:v{version}:{sealed.decode()}", "key_version": version}}
        )

    async def _decrypt(self, request: web.Request) -> web.Response:
        given = await request.json()
        try:
            _, version, sealed = given["ciphertext"].split(":", 2)
            clear = self._cipher(int(version[1:]), given["context"]).decrypt(sealed)
        except (InvalidToken, ValueError, IndexError):
            return web.json_response({"errors": ["cipher: message authentication failed"]}, status=400)
        return web.json_response({"data": {"plaintext": base64.b64encode(clear).decode()}})

    async def _read(self, request: web.Request) -> web.Response:
        return web.json_response({"data": {"name": "selfology", "latest_version": len(self.versions), "derived": True}})


@pytest.fixture
def transit() -> Transit:
    """Vault's side."""
    return Transit()


@pytest.fixture
async def address(transit: Transit) -> AsyncIterator[str]:
    """Where it listens."""
    runner = web.AppRunner(transit.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def vault(address: str, token: str = TOKEN, key: str = "selfology") -> VaultTransit:
    return VaultTransit(address, SecretStr(token), key, "transit")


async def test_keys_are_wrapped_by_vault_and_opened_for_their_owner_alone(
    address: str, transit: Transit, tmp_path: Path
) -> None:
    store = key_file(tmp_path / "keys.db")
    sealed = (await DataKeys(store, vault(address)).newest(ANNA)).seal(b"words", "place")
    await DataKeys(store, vault(address)).newest(BORIS)
    assert await store.count() == {"v1": 2}
    transit.versions.append(b"second")
    assert await vault(address).newest() == "v2"
    annas, boriss = await store.page(None, 2)
    assert (await DataKeys(store, vault(address)).get(annas.id)).open(sealed, "place") == b"words"
    await store.replace(annas, annas._replace(wrapped=boriss.wrapped))
    with pytest.raises(Undecipherable, match="can't unwrap key"):
        await DataKeys(store, vault(address)).get(annas.id)


async def test_a_vault_that_is_away_sealed_or_strict_is_waited_for_and_quoted_nowhere(
    address: str, transit: Transit, tmp_path: Path
) -> None:
    store = key_file(tmp_path / "keys.db")
    key = (await DataKeys(store, vault(address)).newest(ANNA)).id
    with pytest.raises(KeysAway, match="SELFOLOGY_VAULT_TOKEN") as refused:
        await DataKeys(store, vault(address, token="s.wrong")).get(key)
    assert "s.wrong" not in str(refused.value)
    with pytest.raises(KeysAway, match="SELFOLOGY_VAULT_KEY"):
        await vault(address, key="other").newest()
    transit.sealed = True
    with pytest.raises(KeysAway, match="away or sealed"):
        await DataKeys(store, vault(address)).get(key)
    with pytest.raises(KeysAway, match="away or sealed"):
        await DataKeys(store, vault("http://127.0.0.1:1")).get(key)
    transit.sealed = False
    assert await DataKeys(store, vault(address)).get(key)
