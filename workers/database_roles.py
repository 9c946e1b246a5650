"""The database's roles, one for each kind of process, and the logins that processes connect as.

A migration makes the roles and grants them their rights. A login is a member of a role and has no rights of its own.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from workers.database_address import DatabaseAddress


class Role(StrEnum):
    """A role of the database. Whoever migrates has none: it owns everything."""

    WORKER = "selfology_worker"
    BOT = "selfology_bot"
    CODEC = "selfology_codec"
    OPERATOR = "selfology_operator"

    @property
    def login(self) -> str:
        """The name of the login that is made for it."""
        return f"{self}_login"

    def at(self, database_url: str) -> str:
        """Returns the address of the same database for this role's login, where no password is asked for."""
        return replace(DatabaseAddress.parse(database_url), user=self.login, password=None).url
