"""Encrypts the payloads of a person's workflows with the person's key.

What a workflow's id names decides whose key it is. An encrypted payload names its key, so decoding needs nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from temporalio.api.common.v1 import Payload
from temporalio.converter import EncodingPayloadConverter, PayloadCodec, SerializationContext, WithSerializationContext

from activities.encryption.data_keys import DataKeys
from schema.errors import Undecipherable
from schema.keys.encrypted_payload import ENCRYPTED, KEY, is_encrypted, key_of
from schema.keys.key_id import SYSTEM, owner_of

PUBLIC = "public"
"""What marks a payload that is not to be encrypted."""

_PLACE = "payload"


class PersonalCodec(PayloadCodec, WithSerializationContext):
    """Encrypts and decrypts payloads. With `writes=False` it writes in clear, for the release before."""

    def __init__(self, keys: DataKeys, *, writes: bool, owner: str | None = None) -> None:
        self._keys = keys
        self._writes = writes
        self._owner = owner

    def with_context(self, context: SerializationContext) -> Self:
        return type(self)(self._keys, writes=self._writes, owner=owner_of(getattr(context, "workflow_id", None)))

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypts payloads, but for what is empty or public.

        Raises:
            KeysAway, Undecipherable: as `DataKeys.newest`. Nothing is written in clear instead.
        """
        if not self._writes:
            return list(payloads)
        return [await self._sealed(payload) if _is_private(payload) else payload for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypts payloads. One that can't be read stays as it is: `Refusal` tells its reader, and others go on.

        Raises:
            KeysAway: the key store or the master keys can't be reached.
        """
        return [await self._opened(payload) if is_encrypted(payload.metadata) else payload for payload in payloads]

    async def _sealed(self, payload: Payload) -> Payload:
        key = await self._keys.newest(self._owner or SYSTEM)
        return Payload(
            metadata={"encoding": ENCRYPTED, KEY: str(key.id).encode()},
            data=key.seal(payload.SerializeToString(), _PLACE),
        )

    async def _opened(self, payload: Payload) -> Payload:
        key_id = key_of(payload.metadata)
        # A person's workflow has no business with another one's words.
        if key_id is None or self._owner not in (None, SYSTEM, key_id.owner):
            return payload
        try:
            key = await self._keys.get(key_id)
            return Payload.FromString(key.open(payload.data, _PLACE))
        except Undecipherable:
            return payload


class Refusal(EncodingPayloadConverter):
    """Says of an encrypted payload that nobody could decrypt it."""

    @property
    def encoding(self) -> str:
        return ENCRYPTED.decode()

    def to_payload(self, value: Any) -> Payload | None:
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        raise Undecipherable(
            f"A payload under key {key_of(payload.metadata) or 'of no name'} can't be read: it is damaged or in the"
            " place of another one, or its key is destroyed."
        )


def _is_private(payload: Payload) -> bool:
    return bool(payload.data) and PUBLIC not in payload.metadata
