"""The pseudonym of a person outside payloads and the database."""

from __future__ import annotations

import base64
import hmac

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
