"""Tells by a JSON Web Token (RFC 7519) which operator asks."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import jwt

from schema.redaction import keep_out

LEEWAY = 30
"""Seconds that the clocks of the issuer and of this machine may differ."""
FETCH_WITHIN = 5
"""Timeout in seconds for the issuer's keys."""
VALID_FOR = timedelta(hours=12)
"""How long a token of this process is valid, if the process runs as long."""
LONGEST_NAME = 255
"""Characters of an operator's name."""


class NoOperator(Exception):
    """The token is missing, is not valid or is for something else."""


class IssuerAway(Exception):
    """The issuer's keys can't be fetched."""


class Operators(Protocol):
    """Recognises operators."""

    async def of(self, token: str) -> str:
        """Returns the name of the token's operator: the claim `sub`.

        Raises:
            NoOperator: the token is not one of a present operator.
            IssuerAway: nobody can tell.
        """
        ...


class IssuedOperators(Operators):
    """Operators whose tokens an identity provider signs. Its keys are fetched when they are needed."""

    def __init__(self, issuer: str, audience: str, keys_url: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = jwt.PyJWKClient(keys_url, timeout=FETCH_WITHIN)

    async def of(self, token: str) -> str:
        key = await asyncio.to_thread(self._key_of, token)
        # Those of a key pair alone: the public key must not pass for a shared secret (RFC 8725, section 3.1).
        return _subject(token, key.key, ["EdDSA", "ES256", "PS256", "RS256"], self._issuer, self._audience)

    def _key_of(self, token: str) -> jwt.PyJWK:
        try:
            self._keys.get_jwk_set()
        except (jwt.PyJWTError, ValueError):
            # Away, without keys, or what it says are none.
            raise IssuerAway from None
        try:
            return self._keys.get_signing_key_from_jwt(token)
        except jwt.PyJWKClientConnectionError:
            raise IssuerAway from None
        except jwt.PyJWTError:
            raise NoOperator from None


class LocalOperators(Operators):
    """The one operator of an embedded stack: who started this process. It signs their token with a key of its own."""

    _NAME = "selfology codec"

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def token_of(self, operator: str) -> str:
        """Returns a token, which is worth nothing once this process has ended."""
        # The clock that will check it.
        until = datetime.now(UTC) + VALID_FOR  # noqa: TID251
        claims = {"iss": self._NAME, "aud": self._NAME, "sub": operator, "exp": until}
        token = jwt.encode(claims, self._key, "HS256")
        keep_out(token)
        return token

    async def of(self, token: str) -> str:
        return _subject(token, self._key, ["HS256"], self._NAME, self._NAME)


def _subject(token: str, key: Any, algorithms: list[str], issuer: str, audience: str) -> str:
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, TypeError):
        # TypeError: the header names the algorithm of another kind of key.
        raise NoOperator from None
    name = str(claims["sub"]).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise NoOperator
    return name
