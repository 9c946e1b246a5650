"""The release before takes the sessions that this code begins, unless the changelog says which it can't."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.replay.last_release import CHECKOUT, HISTORIES, CannotTell, check, excluded, last_release, versions

RELEASED = "# Changelog\n\n## [0.2.0] - 2026-11-26\n\n- It speaks.\n"
NEXT = RELEASED.replace("## [0.2.0]", "## Unreleased\n\n- It sings.\n\n## [0.2.0]")
EXCLUDES = NEXT.replace("- It sings.", "- Histories that 0.2.0 can't take: changed.")

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is missing")


class Repository:
    """A repository of the test whose code is today's, until somebody changes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "-q", "-b", "main")
        for part in ("activities", "gateway", "schema", "workers", "workflows", "requirements"):
            shutil.copytree(CHECKOUT / part, path / part, ignore=shutil.ignore_patterns("__pycache__"))
        (path / HISTORIES).mkdir(parents=True)

    def git(self, *arguments: str) -> str:
        """What git says."""
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
        told = subprocess.run(["git", *who, *arguments], cwd=self.path, check=True, capture_output=True, text=True)
        return told.stdout.strip()

    def commits(self, changelog: str | None = None) -> str:
        """Commits everything, with a changelog; the commit."""
        if changelog is not None:
            (self.path / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "A step")
        return self.git("rev-parse", "HEAD")

    def records(self, name: str, change: Callable[[str], str] = str) -> None:
        """Records a history: that of a short session, perhaps changed."""
        recorded = (CHECKOUT / HISTORIES / "declined.json").read_text(encoding="utf-8")
        (self.path / HISTORIES / f"{name}.json").write_text(change(recorded), encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository of today's code without a release."""
    repository = Repository(tmp_path)
    repository.commits("# Changelog\n\n## Unreleased\n")
    return repository


def of_other_code(history: str) -> str:
    """A history of code whose channel brings messages by an activity of another name."""
    return history.replace('"name": "deliver"', '"name": "bring"')


@needs_git
def test_before_the_first_release_there_is_nothing_to_replay_on(repository: Repository) -> None:
    assert last_release(repository.path) is None
    # The commit that adds the entry is the release; nothing is older.
    repository.commits(RELEASED)
    assert last_release(repository.path) is None
    assert "No release before this one" in check(repository.path)


@needs_git
def test_a_release_is_the_commit_that_added_its_entry(repository: Repository) -> None:
    first = repository.commits(RELEASED)
    repository.commits(RELEASED.replace("It speaks.", "It speaks, and listens."))
    repository.commits(RELEASED.replace("2026-11-26", "2026-11-27"))
    assert str(last_release(repository.path)) == f"0.2.0 ({first[:7]})"
    # A longer version is another one.
    second = repository.commits(NEXT.replace("Unreleased", "[0.2.01] - 2026-12-01"))
    assert str(last_release(repository.path)) == f"0.2.0 ({first[:7]})"
    repository.commits()
    assert str(last_release(repository.path)) == f"0.2.01 ({second[:7]})"


@needs_git
def test_what_the_last_release_can_not_take_is_named_with_its_first_event(repository: Repository) -> None:
    repository.commits(RELEASED)
    repository.records("the_same")
    repository.records("changed", of_other_code)
    repository.commits(NEXT)
    with pytest.raises(SystemExit, match=r"^0\.2\.0 \(\w{7}\) can't take today's history changed: event \d+ \("):
        check(repository.path)
    # The entry of the next release says so, and nobody is surprised.
    repository.commits(EXCLUDES)
    assert "takes all of today's 2 histories but changed." in check(repository.path)


@needs_git
def test_the_code_that_replays_is_that_of_the_release(repository: Repository) -> None:
    repository.records("the_same")
    workflow = repository.path / "workflows/onboarding/session.py"
    todays = workflow.read_text(encoding="utf-8")
    workflow.write_text("raise RuntimeError('the old code')\n", encoding="utf-8")
    repository.commits(RELEASED)
    workflow.write_text(todays, encoding="utf-8")
    repository.commits(NEXT)
    with pytest.raises(CannotTell, match=r"can't replay at all: builtins\.RuntimeError at .*onboarding/session\.py"):
        check(repository.path)


@needs_git
def test_an_exclusion_that_is_no_longer_true_is_refused(repository: Repository) -> None:
    repository.commits(RELEASED)
    repository.records("changed")
    repository.commits(EXCLUDES)
    with pytest.raises(SystemExit, match=r"takes changed: CHANGELOG\.md need not"):
        check(repository.path)
    (repository.path / HISTORIES / "changed.json").rename(repository.path / HISTORIES / "other.json")
    with pytest.raises(CannotTell, match=r"not recorded: changed\."):
        check(repository.path)


@needs_git
def test_a_shallow_clone_says_so(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    repository.commits(RELEASED)
    repository.commits(NEXT)
    clone = tmp_path_factory.mktemp("clone")
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.path}", str(clone))
    with pytest.raises(CannotTell, match=r"shallow.*git fetch --unshallow"):
        last_release(clone)


@needs_git
def test_code_without_its_history_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotTell, match=r"git rev-parse: .*not a git repository"):
        last_release(tmp_path)


def test_only_what_is_newer_than_the_release_excludes() -> None:
    assert excluded(EXCLUDES, "0.2.0") == {"changed"}
    older = f"{NEXT}- Histories that 0.1.0 can't take: exported, `with_skips`.\n"
    assert excluded(older, "0.2.0") == set()
    with pytest.raises(CannotTell, match=r"histories of 0\.2\.0; the last release is 0\.3\.0"):
        excluded(EXCLUDES, "0.3.0")


def test_the_projects_version_is_that_of_the_newest_entry() -> None:
    changelog = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    with (CHECKOUT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    # 0.1.0 is what the code was called before its first release.
    assert version == next(iter(versions(changelog)), "0.1.0")
