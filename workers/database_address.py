"""Parses and normalises addresses of databases, such as `DATABASE_URL`.

asyncpg (Python) and dbmate (Go) parse addresses differently and quote the ones that they can't parse. So this module
parses an address first and gives both a form that they read in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import quote, unquote

from pydantic import AfterValidator, SecretStr

from schema.redaction import keep_out

TAKES = (
    "takes postgresql://user:password@host:5432/database; in a name or a password, write # as %23, / as %2F, ? as %3F"
    " and % as %25"
)

DEFAULT_PORT = 5432

_GRAMMAR = re.compile(
    r"postgres(?:ql)?://"
    r"(?P<user>[^:@/?#]+)(?::(?P<password>[^/?#]*))?@"
    r"(?P<host>[\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d+))?"
    r"/(?P<database>[^:@/?#\s]+)"
    r"(?:\?(?P<parameters>[^?#]*))?",
    re.ASCII,
)
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TLS_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})
# The parameters that asyncpg and dbmate read in the same way.
_PARAMETERS = frozenset({"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"})


@dataclass(frozen=True)
class DatabaseAddress:
    """The decoded parts of an address. `str()` gives host and port for operators, without user and password."""

    user: str
    password: str | None = field(repr=False)
    host: str
    """A name, an IP address, or the directory of a Unix socket."""
    port: int
    database: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, url: str) -> DatabaseAddress:
        """Parses an address. Raises `ValueError` when it is ambiguous; the message quotes nothing of the address."""
        found = _GRAMMAR.fullmatch(url)
        if found is None or _HALF_ENCODED.search(url):
            raise ValueError(TAKES)
        parameters = _parameters(found["parameters"] or "")
        host = found["host"] or parameters.pop("host", "")
        port = found["port"] or parameters.pop("port", str(DEFAULT_PORT))
        if not host or {"host", "port"} & parameters.keys():
            raise ValueError("names no host, or two")
        if not (found["host"] or host.startswith("/")) or "," in host:
            raise ValueError("takes the directory of a socket as its parameter host")
        if not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("takes a port from 1 to 65535")
        if parameters.setdefault("sslmode", "prefer") not in _TLS_MODES:
            raise ValueError(f"takes {', '.join(sorted(_TLS_MODES))} as sslmode")
        return cls(
            user=_decoded(found["user"]),
            password=None if found["password"] is None else _decoded(found["password"]),
            host=host,
            port=int(port),
            database=_decoded(found["database"]),
            parameters=tuple(parameters.items()),
        )

    @property
    def url(self) -> str:
        """The full address, percent-encoded so that asyncpg and dbmate read it in the same way."""
        user = _encoded(self.user) + ("" if self.password is None else f":{_encoded(self.password)}")
        parameters = dict(self.parameters)
        place = f"{self.host}:{self.port}"
        if self.host.startswith("/"):
            place = ""
            parameters = {"host": self.host, "port": str(self.port)} | parameters
        query = "&".join(f"{name}={_encoded(value)}" for name, value in parameters.items())
        return f"postgresql://{user}@{place}/{_encoded(self.database)}?{query}"

    def __str__(self) -> str:
        return self.host if self.host.startswith("/") else f"{self.host}:{self.port}"


def _normalised(url: str) -> str:
    address = DatabaseAddress.parse(url)
    if address.password:
        keep_out(address.password)
    return address.url


DatabaseUrl = Annotated[str, AfterValidator(_normalised)]
"""The type of a setting that holds an address. Its password is kept out of logs."""


def with_password(url: str | None, password: SecretStr | None) -> str | None:
    """Returns the address with that password, where it has none itself: so a password can be a file of secrets."""
    if url is None or password is None:
        return url
    address = DatabaseAddress.parse(url)
    if address.password is not None:
        return url
    return replace(address, password=password.get_secret_value()).url


def _parameters(query: str) -> dict[str, str]:
    named = dict(part.partition("=")[::2] for part in query.split("&") if part)
    # The error does not name the unknown one: it may be the end of a password.
    if not named.keys() <= _PARAMETERS:
        raise ValueError(f"takes {', '.join(sorted(_PARAMETERS))} as parameters, and no others")
    return {name: _decoded(value) for name, value in named.items()}


def _decoded(text: str) -> str:
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(TAKES) from None
    if _UNSENDABLE.search(decoded):
        raise ValueError("takes no control characters")
    return decoded


def _encoded(text: str) -> str:
    return quote(text, safe="")
