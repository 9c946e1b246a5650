"""Where PostgreSQL is: the one reader of `DATABASE_URL`.

asyncpg (Python) and dbmate (Go) have parsers of their own, which disagree about odd characters and quote what they
can't read. So an address is taken apart here, and both get it put together again from its parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

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
# Of a socket, of TLS, and how PostgreSQL lists the connection: all that both readers take in the same way.
_PARAMETERS = frozenset({"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "application_name"})


@dataclass(frozen=True)
class DatabaseAddress:
    """The parts of an address, as they are meant. As a text, it is where the server is, for operators."""

    user: str
    password: str | None = field(repr=False)
    host: str
    """A name, an IP address, or the directory of a Unix socket."""
    port: int
    database: str
    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, url: str) -> DatabaseAddress:
        """Reads an address. Raises `ValueError`, which says what it takes and quotes nothing, when there is doubt."""
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
        """The address with all of it said, in characters that every reader takes in the same way."""
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


def _parameters(query: str) -> dict[str, str]:
    named = dict(part.partition("=")[::2] for part in query.split("&") if part)
    # Not named: what is taken for a parameter may be the end of a password.
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
