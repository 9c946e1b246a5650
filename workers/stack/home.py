"""The home directory: where the embedded stack keeps all that it knows."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import SecretStr

from schema.operator_error import OperatorError

PEPPER_BYTES = 32
LOG_LIMIT = 5_000_000
"""Bytes of a log file, after which the next start begins a new one and keeps one old one."""


@dataclass(frozen=True)
class Home:
    """The files of one embedded stack."""

    root: Path

    @classmethod
    def prepared(cls, root: Path) -> Home:
        """The directory, made if need be, for its owner only. Raises `OperatorError` when it can't be written."""
        home = cls(root)
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            home.logs.mkdir(mode=0o700, exist_ok=True)
            write_private(root / "writable", "")
            (root / "writable").unlink()
        except OSError as error:
            raise OperatorError(
                f"The home directory {root} can't be used: {error.strerror}. Set SELFOLOGY_HOME to one that can."
            ) from None
        return home

    @property
    def stack_lock(self) -> Path:
        """Held exclusively by the one supervisor, or by who uses PostgreSQL alone."""
        return self.root / "stack.lock"

    @property
    def clients_lock(self) -> Path:
        """Held shared by every client, exclusively by a supervisor that is ending."""
        return self.root / "clients.lock"

    @property
    def record(self) -> Path:
        """Where the running stack can be reached; there only while it can."""
        return self.root / "stack.json"

    @property
    def ports(self) -> Path:
        """The ports of the last start."""
        return self.root / "ports.json"

    @property
    def pepper(self) -> Path:
        """The secret behind every `user_ref`, when none is configured."""
        return self.root / "pepper"

    @property
    def temporal(self) -> Path:
        """Temporal's SQLite file."""
        return self.root / "temporal.db"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def logs(self) -> Path:
        """One log file for each server, and the supervisor's."""
        return self.root / "logs"

    def log_of(self, name: str) -> Path:
        """The log file of a process."""
        return self.logs / f"{name}.log"

    def open_log(self, name: str) -> BinaryIO:
        """Opens a process's log file for writing at its end; a large one is put aside first."""
        path = self.log_of(name)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab")

    def kept_pepper(self) -> SecretStr:
        """The pepper kept here, made on first use. Raises `OperatorError` when it is damaged."""
        if not self.pepper.exists():
            made = self.root / f"pepper.{os.getpid()}"
            write_private(made, secrets.token_hex(PEPPER_BYTES))
            try:
                # Unlike a rename, a link never replaces the pepper that another process may just have made.
                os.link(made, self.pepper)
            except FileExistsError:
                pass
            finally:
                made.unlink()
        pepper = self.pepper.read_text().strip()
        if len(pepper) < PEPPER_BYTES:
            raise OperatorError(
                f"{self.pepper} is damaged: put it back from a copy; with another pepper all people become strangers."
            )
        return SecretStr(pepper)


def write_private(path: Path, text: str) -> None:
    """Writes a whole file that only its owner may read; a reader sees the old text or the new one."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    part.replace(path)
