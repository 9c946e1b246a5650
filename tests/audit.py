"""Asks a service for known vulnerabilities of the pinned packages: `make audit`. It needs the service's host."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

LOCK = "requirements/dev.txt"
"""What holds every package of the other locks, too."""


def main(arguments: list[str]) -> int:
    """Prints what is known. Returns 0 when nothing is, 1 for a vulnerability, 2 when the service could not be asked.

    Takes the arguments of pip-audit, such as `--vulnerability-service osv`.
    """
    command = ["pip_audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    chosen = arguments if "-r" in arguments else [*arguments, "-r", LOCK]
    done = subprocess.run([sys.executable, "-m", *command, *chosen], capture_output=True, text=True, check=False)
    packages = _packages(done.stdout)
    if packages is None:
        lines = done.stderr.strip().splitlines() or ["pip-audit said nothing"]
        print(f"Nothing is audited, because the service can't be asked: {lines[-1]}")  # noqa: T201
        return 2
    for package in packages:
        for found in package.get("vulns", ()):
            fixed = " or ".join(found["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {found['id']}, fixed in {fixed}")  # noqa: T201
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown:
        print(f"The service knows nothing of {len(unknown)} packages of {len(packages)}: {', '.join(unknown)}")  # noqa: T201
    else:
        print(f"{len(packages)} packages are audited.")  # noqa: T201
    return 1 if any(package.get("vulns") for package in packages) else 2 if unknown else 0


def _packages(report: str) -> list[dict[str, Any]] | None:
    try:
        return list(json.loads(report)["dependencies"])
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
