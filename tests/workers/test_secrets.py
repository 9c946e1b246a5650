"""Odd passwords, keys and tokens work everywhere or are refused everywhere, and no line tells any piece of them."""

from __future__ import annotations

import inspect
import logging
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from activities.ai.usage import Usage
from schema.analysis.routing import Tier
from schema.operator_error import OperatorError
from tests.keys import MASTER_KEYS, key_settings
from tests.stack.conftest import Said, one_line
from tests.workers.listening_postgres import ListeningPostgres, listening_postgres
from tests.workers.odd_secrets import SECRETS, pieces
from workers.ai_settings import AISettings
from workers.client import connect
from workers.database import database_pool
from workers.database_address import DatabaseAddress
from workers.language_models import complaints_of, language_models
from workers.logs import OwnWords
from workers.migrations import migrate, migrations_of
from workers.settings import Settings

Run = Callable[..., Said]

NOBODY = "127.0.0.1:1"
AWAY = {
    "TEMPORAL_ADDRESS": NOBODY,
    "DATABASE_URL": f"postgresql://somebody@{NOBODY}/selfology",
    **key_settings(f"postgresql://somebody@{NOBODY}/selfology"),
}
TOKEN = {"SELFOLOGY_TELEGRAM_TOKEN": "123456:abcdef", "SELFOLOGY_TELEGRAM_API_URL": f"http://{NOBODY}"}
MEANT = "postgresql://{0}:{1}@127.0.0.1:{2}/selfology"


def assert_untold(secret: str, said: str) -> None:
    told = [piece for piece in pieces(secret) if piece in said]
    assert not told, said


def spelt(secret: str) -> list[str]:
    """A secret in an address as it should be, and as people paste it."""
    return [quote(secret, safe=""), secret]


@pytest.mark.parametrize("secret", SECRETS)
def test_an_address_means_one_thing_or_is_refused(secret: str) -> None:
    right, pasted = (MEANT.format("anna", spelling, 5432) for spelling in spelt(secret))
    address = DatabaseAddress.parse(right)
    assert (address.user, address.password, str(address)) == ("anna", secret, "127.0.0.1:5432")
    assert DatabaseAddress.parse(address.url) == address
    try:
        assert DatabaseAddress.parse(pasted).password in (secret, secret.replace("%41", "A"))
    except ValueError as refusal:
        assert_untold(secret, str(refusal))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://",
        "postgresql:///selfology",
        "postgresql://host/selfology",
        "postgresql://anna@host",
        "postgresql://anna@/selfology",
        "postgresql://anna@host,other/selfology",
        "postgresql://anna@host:0/selfology",
        "postgresql://anna@host:99999/selfology",
        "postgresql://anna@host/selfology?sslmode=maybe",
        "postgresql://anna@host/selfology?host=/tmp",
        "postgresql://anna@/selfology?host=other",
        "postgresql://anna@host/selfology?search_path=x",
        "postgresql://anna:%FF@host/selfology",
        "postgresql://anna:%00@host/selfology",
        "postgresql://anna:a\nb@host/selfology",
        "postgresql://anna@host/selfology ",
    ],
)
def test_an_address_that_leaves_a_doubt_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"takes|names"):
        DatabaseAddress.parse(url)


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("postgres://anna@host/db", "postgresql://anna@host:5432/db?sslmode=prefer"),
        ("postgresql://anna@[::1]:5/db", "postgresql://anna@[::1]:5/db?sslmode=prefer"),
        ("postgresql://a%40b:@host/db%20x", "postgresql://a%40b:@host:5432/db%20x?sslmode=prefer"),
        (
            "postgresql://anna@/db?host=/run/pg&sslmode=disable",
            "postgresql://anna@/db?host=%2Frun%2Fpg&port=5432&sslmode=disable",
        ),
        (
            "postgresql://anna@host/db?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgresql://anna@host:5432/db?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
        ),
    ],
)
def test_all_of_an_address_is_said(url: str, meant: str) -> None:
    assert DatabaseAddress.parse(url).url == meant


@pytest.fixture(scope="module")
async def postgres() -> AsyncIterator[ListeningPostgres]:
    """PostgreSQL that asks for a password."""
    async with listening_postgres() as server:
        yield server


async def test_both_readers_get_in_with_every_password(postgres: ListeningPostgres) -> None:
    for number, secret in enumerate(SECRETS):
        url = DatabaseAddress.parse(
            MEANT.format(await postgres.role(f"in{number}", secret), quote(secret, safe=""), postgres.port)
        ).url
        assert (await migrations_of(url)).pending
        # Let in, dbmate finds that this role may not make tables.
        with pytest.raises(OperatorError, match=r"dbmate up failed \(error 42501\)") as failed:
            await migrate(url)
        assert_untold(secret, str(failed.value))


async def test_a_wrong_password_is_not_told(postgres: ListeningPostgres) -> None:
    anna = await postgres.role("anna", "right")
    for secret in SECRETS:
        url = DatabaseAddress.parse(MEANT.format(anna, quote(secret, safe=""), postgres.port)).url
        for attempt in (migrations_of, migrate, _connect):
            with pytest.raises(OperatorError, match="refuses the user or the password") as refused:
                await attempt(url)
            assert_untold(secret, str(refused.value))


async def _connect(url: str) -> None:
    async with database_pool(url, min_size=1, max_size=1):
        pass


@pytest.mark.parametrize("secret", SECRETS)
def test_no_command_tells_a_secret(in_process: Run, secret: str, tmp_path: Path) -> None:
    for spelling in spelt(secret):
        url = f"postgresql://somebody:{spelling}@{NOBODY}/selfology"
        for command in ("worker", "bot", "costs"):
            assert_untold(secret, one_line(in_process(command, **AWAY | TOKEN | {"DATABASE_URL": url})))
    for variables in (
        {"TEMPORAL_API_KEY": secret},
        {"TEMPORAL_ADDRESS": f"{secret}@{NOBODY}"},
        {"TEMPORAL_ADDRESS": f"https://somebody:{secret}@{NOBODY}"},
        {"TEMPORAL_TLS_CLIENT_KEY_DATA": secret, "TEMPORAL_TLS_CLIENT_CERT_DATA": secret},
        {"TEMPORAL_TLS_CLIENT_KEY_PATH": secret, "TEMPORAL_TLS_CLIENT_CERT_PATH": secret},
        {"SELFOLOGY_PEPPER": secret[:9]},
        {"SELFOLOGY_SANDBOX": secret},
        {"SELFOLOGY_ENGINE": secret},
    ):
        said = in_process("sessions", "list", **AWAY | variables)
        assert_untold(secret, one_line(said))
    for variables in (
        {"SELFOLOGY_TELEGRAM_TOKEN": secret},
        {"SELFOLOGY_TELEGRAM_TOKEN": f"123456:{secret}"},
        {"SELFOLOGY_TELEGRAM_WEBHOOK_SECRET": secret},
        {"SELFOLOGY_TELEGRAM_LIMITS_STORAGE": f"redis://:{secret}@{NOBODY}"},
        {"SELFOLOGY_TELEGRAM_LIMITS_STORAGE": f"redis://:{secret}@{NOBODY}/nowhere"},
        {"SELFOLOGY_TELEGRAM_API_URL": f"http://somebody:{secret}@{NOBODY}"},
        {"SELFOLOGY_TELEGRAM_LIMIT": secret},
    ):
        assert_untold(secret, one_line(in_process("bot", **AWAY | TOKEN | variables)))
    for variables in (
        {"OPENAI_API_KEY": secret, "SELFOLOGY_AI_DAILY_BUDGET": secret},
        {"OPENAI_API_KEY": secret, "SELFOLOGY_AI_SMALL__MODEL": secret},
        {"ANTHROPIC_API_KEY": secret, "SELFOLOGY_AI_SMALL": secret},
    ):
        assert_untold(secret, one_line(in_process("doctor", **AWAY | variables)))


@pytest.mark.parametrize("secret", SECRETS)
async def test_no_key_of_a_provider_is_told(no_servers: None, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://{NOBODY}")
    async with language_models(AISettings(), _nowhere) as models:
        small = [model for model in models if model.reader.tier is Tier.SMALL]
        for complaint in await complaints_of(small):
            assert_untold(secret, complaint)


@pytest.mark.parametrize("tls", ["true", "false"])
async def test_no_key_of_temporal_is_told(
    no_servers: None, temporal_address: str, monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_address)
    monkeypatch.setenv("TEMPORAL_TLS", tls)
    for secret in (*SECRETS, "qzword\nkvtail", "qzword\x7fkvtail"):
        monkeypatch.setenv("TEMPORAL_API_KEY", secret)
        monkeypatch.setenv("TEMPORAL_GRPC_META_KEY", secret)
        try:
            await connect()
        except OperatorError as error:
            assert_untold(secret, str(error))


async def _nowhere(_answer: str | None, _usage: Usage) -> None:
    """Records nothing."""


ENCODINGS = ["utf-8", "utf-8-sig", "cp1251", "utf-16", "koi8-r"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_of_settings_is_read_or_named(in_process: Run, encoding: str) -> None:
    secret = "qzword#kvtail"
    text = (
        "# Настройки\n"
        f'SELFOLOGY_PEPPER="{secret}-long-enough"\n'
        f"TEMPORAL_ADDRESS={NOBODY}\n"
        f'DATABASE_URL="postgresql://somebody:{quote(secret)}@{NOBODY}/selfology"\n'
        f'KEYS_DATABASE_URL="postgresql://somebody:{quote(secret)}@{NOBODY}/keys"\n'
        f"SELFOLOGY_MASTER_KEYS={MASTER_KEYS['SELFOLOGY_MASTER_KEYS']}\n"
        # Another project's, as dbmate would read it by itself.
        f'DBMATE_STRICT="{secret}\n'
    )
    Path(".env").write_bytes(text.encode(encoding))
    for command in (("db", "status"), ("worker",), ("sessions", "list"), ("up",)):
        said = in_process(*command)
        assert_untold(secret, said.all)
        if encoding.startswith("utf-8"):
            assert "Both servers are configured" in said.output or NOBODY in one_line(said)
        else:
            line = one_line(said)
            assert str(Path(".env").absolute()) in line
            assert "UTF-8" in line


@pytest.mark.skipif("os.geteuid() == 0", reason="root reads everything")
def test_a_file_of_settings_that_may_not_be_read_is_named(in_process: Run) -> None:
    Path(".env").touch(mode=0)
    assert ".env can't be read: Permission denied" in one_line(in_process("worker"))


@pytest.mark.parametrize("secret", SECRETS)
def test_no_log_tells_a_secret_that_was_set(no_servers: None, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("SELFOLOGY_PEPPER", f"{secret}-long-enough-for-it")
    monkeypatch.setenv("DATABASE_URL", f"postgresql://anna:{quote(secret, safe='')}@{NOBODY}/selfology")
    settings = Settings()
    assert settings.database_url is not None
    assert_untold(secret, repr(settings))
    try:
        raise RuntimeError(f"GET {settings.database_url} and {secret!r} as {{'key': '{secret}'}}")
    except RuntimeError:
        told = sys.exc_info()
    settings_file = inspect.getfile(Settings)
    for file in (settings_file, logging.__file__):
        record = logging.LogRecord("any", logging.ERROR, file, 1, "cannot use %s", (secret,), told)
        line = OwnWords().format(record)
        assert ("<secret>" in line) == (file == settings_file)
        assert_untold(secret, line)
