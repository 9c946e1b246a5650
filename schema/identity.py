"""Who somebody is: their pseudonym outside payloads and the database, and the doors that lead to it."""

from __future__ import annotations

import base64
import hmac
from typing import NamedTuple, Protocol

from pydantic import SecretStr

USER_REF_LENGTH = 16
"""80 bits: two of a billion people share a `user_ref` with a chance below one in a million."""


def user_ref(pepper: SecretStr, channel_id: str) -> str:
    """The pseudonym of a person in workflow ids, search attributes and logs, which are not encrypted.

    Base32 (RFC 4648, lower case) of HMAC-SHA256 (RFC 2104) of the channel's id of them, keyed by the pepper: nobody
    without the pepper can find the id by trying.
    """
    digest = hmac.digest(pepper.get_secret_value().encode(), channel_id.encode(), "sha256")
    return base64.b32encode(digest)[:USER_REF_LENGTH].decode().lower()


class Identity(NamedTuple):
    """Somebody as one door knows them."""

    channel: str
    """The door: telegram, terminal."""
    subject: str
    """The keyed hash of what they are called there: their `user_ref`, where nothing else is known of them."""


class Identities(Protocol):
    """Tells who comes."""

    async def person_of(self, channel: str, subject: str) -> str:
        """Returns the `user_ref` of whom a door calls so. Raises `KeysAway`."""
        ...
