"""Master keys that HashiCorp Vault or OpenBao keeps: its transit engine wraps data keys, and shows nobody its own."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import hvac
import hvac.exceptions
import requests
from pydantic import SecretStr

from schema.errors import KeysAway, Undecipherable
from schema.keys.key_id import KeyId

WITHIN = 5
"""Timeout in seconds for one call."""


class VaultTransit:
    """One key of a transit engine, made with `derived=true`: the id of each data key is the context of its wrapping.

    The versions of that key are the master keys; Vault rotates them.
    """

    def __init__(self, address: str, token: SecretStr, key: str, mount: str) -> None:
        self._key = key
        self._mount = mount
        client = hvac.Client(url=address, token=token.get_secret_value(), timeout=WITHIN)
        self._transit = client.secrets.transit

    async def newest(self) -> str:
        read = await self._call(self._transit.read_key, name=self._key, mount_point=self._mount)
        return f"v{int(read['data']['latest_version'])}"

    async def wrap(self, key: bytes, key_id: KeyId) -> tuple[str, str]:
        answer = await self._call(
            self._transit.encrypt_data,
            name=self._key,
            mount_point=self._mount,
            plaintext=base64.b64encode(key).decode(),
            context=_context(key_id),
        )
        wrapped = str(answer["data"]["ciphertext"])
        # vault:v3:...
        return wrapped.split(":", 2)[1], wrapped

    async def unwrap(self, wrapped: str, master: str, key_id: KeyId) -> bytes:
        try:
            answer = await self._call(
                self._transit.decrypt_data,
                name=self._key,
                mount_point=self._mount,
                ciphertext=wrapped,
                context=_context(key_id),
            )
        except hvac.exceptions.InvalidRequest:
            raise Undecipherable(
                f"Vault can't unwrap key {key_id} (master key {master}): it is damaged, or that version is dropped."
            ) from None
        return base64.b64decode(answer["data"]["plaintext"])

    async def _call(self, method: Callable[..., Any], **arguments: object) -> dict[str, Any]:
        """Raises KeysAway, which says nothing of Vault's own words."""
        try:
            answered: dict[str, Any] = await asyncio.to_thread(method, **arguments)
        except hvac.exceptions.InvalidRequest:
            raise
        except (hvac.exceptions.Forbidden, hvac.exceptions.Unauthorized):
            raise KeysAway("Vault refuses the token for its transit key: check SELFOLOGY_VAULT_TOKEN.") from None
        except hvac.exceptions.InvalidPath:
            raise KeysAway("Vault has no such transit key: check SELFOLOGY_VAULT_KEY and _MOUNT.") from None
        except (hvac.exceptions.VaultError, requests.RequestException) as error:
            raise KeysAway(f"Vault is away or sealed ({type(error).__name__}); it is asked again.") from None
        return answered


def _context(key_id: KeyId) -> str:
    return base64.b64encode(str(key_id).encode()).decode()
