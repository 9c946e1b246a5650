"""`make replay-on-release`: today's recorded histories against the code of the last release, with its own lock.

After a rollback, the release before goes on with sessions that this code began; docs/releases.md says what that asks
of a change.

Exit code 0 when the release takes all histories but those that the changelog excludes, 1 when not, 2 when nobody can
tell; one line says why.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
HISTORIES = "tests/replay/histories"

_ENTRY = re.compile(r"^## \[?(?P<version>\d+\.\d+\.\d+)\b", re.MULTILINE)
_EXCLUDED = re.compile(r"^- Histories that (?P<version>\S+) can't take: (?P<names>.+)$", re.MULTILINE)
_DIFFERS = re.compile(r"^DIFFERS  (?P<file>.*?\.json): (?P<difference>.*)$", re.MULTILINE)

_REFUSED = re.compile(r"^REFUSED  (.*)$", re.MULTILINE)
_WHICH = """
import asyncio, sys
from pathlib import Path
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from workers.replay import DATA_CONVERTER, WORKFLOWS, load_history

async def main():
    replayer = Replayer(
        workflows=WORKFLOWS, data_converter=DATA_CONVERTER, workflow_runner=UnsandboxedWorkflowRunner()
    )
    for file in map(Path, sys.argv[1:]):
        if (await replayer.replay_workflow(load_history(file), raise_on_replay_failure=False)).replay_failure:
            print(f"REFUSED  {file.stem}", flush=True)

asyncio.run(main())
"""
"""What the release's own code is asked first: which histories it refuses. The SDK's log is on the same output."""

Command = list[str | Path]


class CannotTell(Exception):
    """The check can't be made. For developers: one line that says why and what to do."""


@dataclass(frozen=True)
class Release:
    """An entry of the changelog that somebody may run, and so go back to."""

    version: str
    commit: str
    """The commit that added the entry."""

    def __str__(self) -> str:
        return f"{self.version} ({self.commit[:7]})"


def versions(changelog: str) -> list[str]:
    """The versions that have an entry in a changelog, the newest first."""
    return [entry["version"] for entry in _ENTRY.finditer(changelog)]


def excluded(changelog: str, release: str) -> set[str]:
    """The histories that the entries above a release's own say it can't take.

    Raises `CannotTell` when they speak of another release: such a line has been left behind.
    """
    since = changelog
    for entry in _ENTRY.finditer(changelog):
        if entry["version"] == release:
            since = changelog[: entry.start()]
    lines = list(_EXCLUDED.finditer(since))
    if strangers := {line["version"] for line in lines} - {release}:
        raise CannotTell(f"CHANGELOG.md excludes histories of {', '.join(strangers)}; the last release is {release}.")
    return {name.strip(" .`") for line in lines for name in line["names"].split(",")}


def last_release(checkout: Path) -> Release | None:
    """The newest release older than the code that stands here; None before the first one.

    Raises `CannotTell` when the checkout does not know its history.
    """
    if _git(checkout, "rev-parse", "--is-shallow-repository") == "true":
        raise CannotTell("This clone is shallow, so nobody can tell which commit is a release: git fetch --unshallow.")
    head = _git(checkout, "rev-parse", "HEAD")
    for version in versions(_git(checkout, "show", "HEAD:CHANGELOG.md")):
        heading = rf"^## \[?{re.escape(version)}([^0-9.]|$)"
        *_, commit = _git(
            checkout, "log", "--format=%H", "--pickaxe-regex", f"-S{heading}", "--", "CHANGELOG.md"
        ).splitlines()
        # The commit that adds an entry is that release itself, and is compared with the one before.
        if commit != head:
            return Release(version, commit)
    return None


def unpacked(checkout: Path, release: Release) -> Path:
    """The release's code in a directory of its own, made once."""
    code = checkout / ".releases" / release.commit
    if not code.exists():
        partial = code.with_suffix(".partial")
        partial.mkdir(parents=True, exist_ok=True)
        archive = subprocess.run(["git", "archive", release.commit], cwd=checkout, capture_output=True, check=True)
        subprocess.run(["tar", "-x"], cwd=partial, input=archive.stdout, check=True)
        partial.rename(code)
    return code


def interpreter(checkout: Path, code: Path) -> str:
    """A Python with what the release's lock names: this one when the lock is the same, else one of its own."""
    theirs, ours = (root / "requirements/all.txt" for root in (code, checkout))
    if theirs.exists() and theirs.read_bytes() == ours.read_bytes():
        return sys.executable
    # 0.2.0's has another name.
    lock = theirs if theirs.exists() else code / "requirements/run.txt"
    uv, python = Path(sys.executable).with_name("uv"), code / ".venv/bin/python"
    install: Command = [uv, "pip", "install", "--python", python]
    by_uv: list[Command] = [
        [uv, "venv", "--python", sys.executable, "--allow-existing", code / ".venv"],
        [*install, "--require-hashes", "-r", lock],
        [*install, "--no-deps", "--no-build-isolation", "-e", code],
    ]
    # Pip takes ten times as long, and knows mirrors that uv is not told of.
    by_pip: list[Command] = [["make", "-C", code, ".venv/installed", f"PYTHON={sys.executable}"]]
    if not (_all_work(by_uv) or _all_work(by_pip)):
        raise CannotTell(f"The lock of the last release can't be installed: make -C {code} .venv/installed.")
    return str(python)


def _all_work(commands: list[Command]) -> bool:
    return not any(subprocess.run(each, capture_output=True, check=False).returncode for each in commands)


def refused(python: str, code: Path, histories: list[Path]) -> set[str]:
    """The names of the histories that the code does not take."""
    replayed = _run(code, [python, "-c", _WHICH, *histories])
    if replayed.returncode:
        return set(differing(python, code, histories))
    return set(_REFUSED.findall(replayed.stdout))


def differing(python: str, code: Path, histories: list[Path]) -> dict[str, str]:
    """The first difference of each history that the code does not take, by the history's name."""
    replayed = _run(code, [python, "-c", "from workers.cli.app import main; main()", "replay", *histories])
    found = {Path(line["file"]).stem: line["difference"] for line in _DIFFERS.finditer(replayed.stdout)}
    if replayed.returncode != bool(found):
        last_words = (replayed.stderr or replayed.stdout).strip().splitlines()[-1:]
        raise CannotTell(f"The last release can't replay at all: {''.join(last_words)}")
    return found


def _run(code: Path, command: Command) -> subprocess.CompletedProcess[str]:
    # The first place where Python looks for the code.
    return subprocess.run(command, cwd=code, capture_output=True, text=True, check=False)


def check(checkout: Path) -> str:
    """What became of the check, in one line; ends the process with exit code 1 when a history is not taken."""
    release = last_release(checkout)
    if release is None:
        return "No release before this one: nobody can roll back, and there is nothing to replay on."
    allowed = excluded((checkout / "CHANGELOG.md").read_text(encoding="utf-8"), release.version)
    code = unpacked(checkout, release)
    histories = sorted((checkout / HISTORIES).glob("*.json"))
    python = interpreter(checkout, code)
    found = refused(python, code, histories)
    if missing := allowed - {file.stem for file in histories}:
        raise CannotTell(f"CHANGELOG.md excludes histories that are not recorded: {', '.join(sorted(missing))}.")
    if surprises := found - allowed:
        # The first event that differs is looked for by halves, which is worth it only here.
        named = differing(python, code, [file for file in histories if file.stem in surprises])
        name = min(named or surprises)
        sys.exit(f"{release} can't take today's history {name}: {named.get(name, 'outside of the sandbox')}")
    if taken := allowed - found:
        sys.exit(f"{release} takes {', '.join(sorted(taken))}: CHANGELOG.md need not exclude it.")
    names = ", ".join(sorted(found))
    return f"{release} takes all of today's {len(histories)} histories{f' but {names}' if names else ''}."


def _git(checkout: Path, *arguments: str) -> str:
    try:
        told = subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotTell("git is missing, which knows the last release.") from None
    if told.returncode:
        raise CannotTell(f"git {arguments[0]}: {told.stderr.strip().splitlines()[-1]}")
    return told.stdout.strip()


if __name__ == "__main__":
    try:
        print(check(CHECKOUT))  # noqa: T201
    except CannotTell as reason:
        print(reason, file=sys.stderr)  # noqa: T201
        sys.exit(2)
