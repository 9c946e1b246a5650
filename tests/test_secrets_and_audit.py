"""The secret scanner of `make check` finds planted keys, and the audit says what it does not know."""

from __future__ import annotations

import json
import random
import string
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.audit import main
from tests.ports import free_port

ROOT = Path(__file__).parent.parent


def letters(count: int) -> str:
    """Letters of a key. They are drawn here, so that none stands in this file."""
    return "".join(random.Random(count).choices(string.ascii_letters + string.digits, k=count))


PLANTED = {
    "anthropic": f"KEY = 'sk-ant-api03-{letters(93)}-{letters(6)}AA'",
    "openai": f"OPENAI_API_KEY=sk-proj-{letters(74)}T3BlbkFJ{letters(73)}",
    "openai, old": f"key: sk-{letters(48)}",
    "telegram": f"SELFOLOGY_TELEGRAM_TOKEN=7123456789:AA{letters(33)}",
    "aws": f"aws = 'AKIA{letters(16).upper()}'",
    "github": f"token = 'ghp_{letters(36)}'",
    "private key": f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{letters(64)}\n-----END RSA {'PRIVATE'} KEY-----",
    "database": f"DATABASE_URL=postgresql://selfology:{letters(20)}@db.selfology.internal/selfology",
}


def scanned(*files: Path) -> subprocess.CompletedProcess[str]:
    """What `make check` says of files."""
    return subprocess.run(
        ["make", "-s", "scan", f"FILES={' '.join(map(str, files))}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_key_is_found_in_a_file_of_any_kind(tmp_path: Path, kind: str) -> None:
    files = [tmp_path / name for name in ("settings.py", ".env", "notes.md", "data.yaml", "history.json")]
    for file in files:
        file.write_text(f"first line\n{PLANTED[kind]}\n", encoding="utf-8")
    said = scanned(*files)
    assert said.returncode
    assert [file for file in files if f"Location:    {file}:" not in said.stdout] == []


def test_what_only_names_a_secret_is_none(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text("token = settings.token\nDATABASE_URL = 'postgresql://user:password@host/db'\n", encoding="utf-8")
    assert scanned(file).returncode == 0


PINNED = "jinja2==3.1.2 --hash=sha256:" + "0" * 64
ADVISORY = {"id": "GHSA-0000", "summary": "", "aliases": [], "modified": "2026-01-01T00:00:00Z"} | {
    "affected": [
        {"package": {"name": "jinja2", "ecosystem": "PyPI"}, "versions": ["3.1.2"]}
        | {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.3"}]}]}
    ]
}


@pytest.fixture
def audit(tmp_path: Path) -> Callable[[str], int]:
    """Audits one pinned package with a service at an address."""
    lock = tmp_path / "lock.txt"
    lock.write_text(PINNED, encoding="utf-8")
    apart = ["--cache-dir", str(tmp_path / "cache"), "-r", str(lock)]
    return lambda address: main(["-s", "osv", "--osv-url", address, *apart])


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ({"vulns": [ADVISORY]}, 1, "jinja2 3.1.2: GHSA-0000, fixed in 3.1.3\n1 packages are audited.\n"),
        ({}, 0, "1 packages are audited.\n"),
    ],
)
def test_the_audit_names_what_is_vulnerable(
    audit: Callable[[str], int], capsys: pytest.CaptureFixture[str], answer: dict[str, Any], code: int, said: str
) -> None:
    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        assert audit(f"http://127.0.0.1:{server.server_port}/v1/query") == code
        server.shutdown()
    assert capsys.readouterr().out == said


def test_an_audit_without_its_service_is_none(audit: Callable[[str], int], capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(f"http://127.0.0.1:{free_port()}/v1/query") == 2
    assert "Nothing is audited, because the service can't be asked" in capsys.readouterr().out
