"""What marks an encrypted payload of Temporal's, and how it names its key."""

from __future__ import annotations

from collections.abc import Mapping

from schema.keys.key_id import KeyId

ENCRYPTED = b"binary/encrypted"
"""The encoding of an encrypted payload. Its data is the whole payload, as `DataKey.seal` returns it."""
KEY = "key"
"""Where an encrypted payload names its key."""


def is_encrypted(metadata: Mapping[str, bytes]) -> bool:
    """Returns whether a payload is encrypted."""
    return metadata.get("encoding") == ENCRYPTED


def key_of(metadata: Mapping[str, bytes]) -> KeyId | None:
    """Returns the key of an encrypted payload; None when it names none."""
    return KeyId.parse(metadata.get(KEY, b"").decode(errors="replace"))
