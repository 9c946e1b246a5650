"""The home directory, which holds all files of the embedded stack."""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import SecretStr

from schema.operator_error import OperatorError

PEPPER_BYTES = 32
LOG_LIMIT = 5_000_000
"""Bytes of a log file. Above it, the next start begins a new file and keeps one old one."""
_OWN = re.compile(
    r"(stack|clients)\.lock|(stack|ports|restored)\.json(\..*)?|(pepper|master-keys|backup-identity)(\..*)?|(temporal|keys)\.db(-.*)?"
    r"|postgres(\.unfinished)?|vectors|logs|people|wal|(restoring|verifying|before-restore)-.*"
)
"""The names of what a home directory holds."""


@dataclass(frozen=True)
class Home:
    """The files of one embedded stack."""

    root: Path

    @classmethod
    def prepared(cls, root: Path) -> Home:
        """Creates the directory if missing. Only its owner can open what it holds, and what this process writes later.

        Raises `OperatorError` when it is not writable.
        """
        # Before the first file is made; a change of its mode would come a moment too late.
        os.umask(0o077)
        home = cls(root)
        try:
            root.mkdir(parents=True, exist_ok=True)
            home.logs.mkdir(exist_ok=True)
            write_private(root / "writable", "")
            (root / "writable").unlink()
            home._close()
        except OSError as error:
            raise OperatorError(
                f"The home directory {root} can't be used: {error.strerror}. Set SELFOLOGY_HOME to one that can."
            ) from None
        return home

    def _close(self) -> None:
        """Takes the files of an older or a copied home away from everybody but their owners."""
        found = list(self.root.iterdir())
        own = [path for path in found if _OWN.fullmatch(path.name) and not path.is_symlink()]
        if own == found:
            # PostgreSQL's own user passes through, when root runs it.
            _restrict(self.root, passes=stat.S_IXOTH if os.geteuid() == 0 else 0)
        # A directory that holds something else, too, is not ours to close.
        for path in own:
            _restrict(path)
            for directory, names, files in os.walk(path):
                for name in names + files:
                    _restrict(Path(directory, name))

    @property
    def stack_lock(self) -> Path:
        """Held exclusively by the supervisor, or by a command that runs PostgreSQL alone."""
        return self.root / "stack.lock"

    @property
    def clients_lock(self) -> Path:
        """Held shared by every client, exclusively by a supervisor that is ending."""
        return self.root / "clients.lock"

    @property
    def record(self) -> Path:
        """The addresses of the running stack. The file exists only while the stack serves."""
        return self.root / "stack.json"

    @property
    def ports(self) -> Path:
        """The ports of the last start."""
        return self.root / "ports.json"

    @property
    def pepper(self) -> Path:
        """The secret from which every `user_ref` is derived, when none is configured."""
        return self.root / "pepper"

    @property
    def master_keys(self) -> Path:
        """The master keys, when none are configured."""
        return self.root / "master-keys"

    @property
    def backup_identity(self) -> Path:
        """The secret key that opens backups, when none is configured."""
        return self.root / "backup-identity"

    @property
    def keys(self) -> Path:
        """The key store: an SQLite file."""
        return self.root / "keys.db"

    @property
    def temporal(self) -> Path:
        """Temporal's SQLite file."""
        return self.root / "temporal.db"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "postgres"

    @property
    def restored(self) -> Path:
        """Who was erased, after a restore that may have brought them back. The next start removes it."""
        return self.root / "restored.json"

    @property
    def wal(self) -> Path:
        """Where PostgreSQL puts its log until it is archived. It exists as long as backups are kept."""
        return self.root / "wal"

    @property
    def vectors(self) -> Path:
        """The store of vectors."""
        return self.root / "vectors"

    @property
    def logs(self) -> Path:
        """One log file for each server, and the supervisor's."""
        return self.root / "logs"

    def log_of(self, name: str) -> Path:
        """The log file of a process."""
        return self.logs / f"{name}.log"

    def open_log(self, name: str) -> BinaryIO:
        """Opens a process's log file for appending. Renames a large one first."""
        path = self.log_of(name)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".old.log"))
        return path.open("ab")

    def kept_pepper(self) -> SecretStr:
        """Returns the stored pepper and creates it on first use. Raises `OperatorError` when it is damaged."""
        pepper = self._kept(self.pepper, lambda: secrets.token_hex(PEPPER_BYTES))
        if len(pepper) < PEPPER_BYTES:
            raise OperatorError(
                f"{self.pepper} is damaged: put it back from a copy; with another pepper all people become strangers."
            )
        return SecretStr(pepper)

    def kept_master_keys(self) -> str:
        """Returns the stored master keys, the newest last, and creates the first on first use."""
        # Imported here because it is slow: the supervisor is started first.
        from activities.encryption.master_keys import KeyRing

        return self._kept(self.master_keys, lambda: KeyRing.new_word("1"))

    def kept_backup_identity(self, made: Callable[[], str]) -> str:
        """Returns the stored identity of backups and creates it on first use."""
        return self._kept(self.backup_identity, made)

    def rotate_master_keys(self) -> str:
        """Adds a master key, by which keys are wrapped from now on. Returns its name."""
        from activities.encryption.master_keys import KeyRing

        kept = self.kept_master_keys()
        # One that was taken out may still be needed by a backup, so no other one bears its name.
        name = str(max((int(name) for name in KeyRing.parse(kept).names if name.isdecimal()), default=0) + 1)
        write_private(self.master_keys, f"{kept}\n{KeyRing.new_word(name)}\n")
        return name

    def _kept(self, file: Path, made: Callable[[], str]) -> str:
        """Reads a secret, which is made when there is none."""
        if not file.exists():
            new = self.root / f"{file.name}.{os.getpid()}"
            write_private(new, made())
            try:
                # Unlike a rename, a link never replaces a secret that another process has just created.
                os.link(new, file)
            except FileExistsError:
                pass
            finally:
                new.unlink()
        return file.read_text().strip()


def _restrict(path: Path, passes: int = 0) -> None:
    """Leaves a file or directory to its owner, but for the bits of `passes`."""
    # The servers of a running stack remove files of theirs meanwhile.
    with suppress(FileNotFoundError):
        found = path.lstat().st_mode
        allowed = stat.S_IRWXU if stat.S_ISDIR(found) else stat.S_IRUSR | stat.S_IWUSR
        mode = allowed | stat.S_IMODE(found) & passes
        if not stat.S_ISLNK(found) and stat.S_IMODE(found) != mode:
            path.chmod(mode)


def write_private(path: Path, text: str) -> None:
    """Replaces a file atomically: a reader sees the old text or the new one. Only its owner may read it."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    part.replace(path)
