"""Nobody but its owner can open a file of the home directory, whatever the owner's own umask is."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.stack.conftest import WITHIN, command_line, ended
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

ANSWERS = "1\nMy neighbour Gwendolyn knows about the lighthouse.\n"


def everything_in(home: Home) -> Iterator[tuple[Path, int]]:
    """Each file, directory and socket of the home with its mode."""
    yield home.root, home.root.lstat().st_mode
    directories: list[Path | os.DirEntry[str]] = [home.root]
    while directories:
        # The servers remove files of theirs meanwhile.
        with suppress(FileNotFoundError), os.scandir(directories.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry)
                with suppress(FileNotFoundError):
                    yield Path(entry), entry.stat(follow_symlinks=False).st_mode


def open_to_others(home: Home) -> set[str]:
    """What has another mode than 0700 or 0600."""
    found = set()
    for path, mode in everything_in(home):
        # When root runs the stack, PostgreSQL's user passes through the home, and sees nothing of it.
        passes = stat.S_IXOTH if path == home.root and os.geteuid() == 0 else 0
        if stat.S_IMODE(mode) & ~passes != (0o700 if stat.S_ISDIR(mode) else 0o600):
            found.add(f"{path.relative_to(home.root)} {stat.filemode(mode)}")
    return found


def talk(umask: int) -> None:
    """A person has a conversation in a terminal."""
    command = command_line("chat", "--as", "anna", "--language", "en")
    done = subprocess.run(
        command, input=ANSWERS, text=True, capture_output=True, timeout=WITHIN, umask=umask, check=False
    )
    assert "Question 2 of" in done.stdout, done.stderr


async def test_no_file_is_open_to_others_in_a_conversation_and_what_was_opened_is_closed_at_the_next_start(
    settings: Settings, home: Home
) -> None:
    found: set[str] = set()
    over = Event()

    def watch() -> None:
        while not over.wait(0.05):
            found.update(open_to_others(home))

    watching = Thread(target=watch)
    watching.start()
    try:
        talk(umask=0)
    finally:
        over.set()
        watching.join()
    # The stack still runs: its sockets are there, too.
    kinds = {path.name: mode for path, mode in everything_in(home)}
    assert {"temporal.db", "pepper", "stack.json", "terminal.log", "supervisor.log", "PG_VERSION"} <= kinds.keys()
    assert any(stat.S_ISSOCK(mode) for mode in kinds.values())
    assert found | open_to_others(home) == set()

    await ended(home)
    for path, mode in everything_in(home):
        path.chmod(0o777 if stat.S_ISDIR(mode) else 0o644)
    async with joined_stack(settings):
        assert open_to_others(home) == set()


def test_what_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "postgresql").mkdir()
    for path in (tmp_path, tmp_path / "bin", tmp_path / "postgresql"):
        path.chmod(0o755)
    (tmp_path / "bin" / "program").touch()
    (tmp_path / "bin" / "program").chmod(0o755)
    (tmp_path / "pepper").write_text("", encoding="utf-8")
    (tmp_path / "pepper").chmod(0o644)
    Home.prepared(tmp_path)
    assert open_to_others(Home(tmp_path)) == {
        ". drwxr-xr-x",
        "bin drwxr-xr-x",
        "bin/program -rwxr-xr-x",
        "postgresql drwxr-xr-x",
    }


@pytest.mark.parametrize("umask", [0, 0o777])
def test_what_a_new_home_is_made_of_is_its_owner_s_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        home = Home.prepared(tmp_path / "data" / "selfology")
        home.kept_pepper()
        home.open_log("supervisor").close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    assert open_to_others(home) == set()


def test_a_link_in_the_home_changes_nothing_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(mode=0o644)
    elsewhere.chmod(0o644)
    (tmp_path / "home" / "people").mkdir(parents=True)
    (tmp_path / "home" / "people" / "link").symlink_to(elsewhere)
    (tmp_path / "home" / "pepper").symlink_to(elsewhere)
    (tmp_path / "home" / "logs").symlink_to(tmp_path)
    Home.prepared(tmp_path / "home")
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644
