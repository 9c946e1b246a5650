"""A secret may be a file, whichever settings it is of, and what can't be read is told in a line without its content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.telegram.settings import TelegramSettings
from schema.environment import environment
from schema.operator_error import OperatorError
from workers.ai_settings import AISettings
from workers.client import configured_temporal
from workers.database_address import DatabaseAddress
from workers.encryption.settings import EncryptionSettings
from workers.settings import Settings
from workers.vector_settings import VectorSettings

PASSWORD = "p/ss@w:rd"
Written = Callable[..., Path]


@pytest.fixture
def written(no_servers: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Written:
    """Writes files of secrets, by the names of their variables."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("SELFOLOGY_SECRETS_DIR", str(folder))

    def write(**secrets: str) -> Path:
        for name, secret in secrets.items():
            (folder / name).write_text(secret, encoding="utf-8")
        return folder

    return write


def test_whatever_a_variable_can_say_a_file_can(written: Written) -> None:
    written(
        SELFOLOGY_PEPPER="0123456789abcdef\n",
        selfology_telegram_token="123456:abcdef\n",
        QDRANT_API_KEY="q",
        OPENAI_API_KEY="sk-none",
        SELFOLOGY_AI_STANDARD__MODEL="openai/gpt-6-luna",
        TEMPORAL_ADDRESS="temporal:7233",
        TEMPORAL_API_KEY="of Temporal",
    )
    pepper, key, temporal = Settings().pepper, VectorSettings().qdrant_api_key, configured_temporal()
    assert pepper is not None
    assert pepper.get_secret_value() == "0123456789abcdef"
    assert TelegramSettings().known_token == "123456:abcdef"
    assert key is not None
    assert key.get_secret_value() == "q"
    assert AISettings().standard.model == "openai/gpt-6-luna"
    assert temporal is not None
    assert (temporal.address, temporal.api_key) == ("temporal:7233", "of Temporal")


def test_a_variable_goes_over_a_file_and_an_empty_one_does_not(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(SELFOLOGY_TELEGRAM_TOKEN="of the file", OPENAI_API_KEY="sk-file", TEMPORAL_API_KEY="of the file")
    monkeypatch.setenv("SELFOLOGY_TELEGRAM_TOKEN", "of the environment")
    monkeypatch.setenv("OPENAI_API_KEY", "")
    # So a cluster mounts them.
    (folder / "..data").mkdir()
    (folder / "..data" / "SELFOLOGY_PEPPER").write_text("hidden from here", encoding="utf-8")
    (folder / "ANTHROPIC_API_KEY").symlink_to("..data/SELFOLOGY_PEPPER")
    Path(".env").write_text("TEMPORAL_API_KEY=\n", encoding="utf-8")
    assert TelegramSettings().known_token == "of the environment"
    assert environment("TEMPORAL_API") == {"TEMPORAL_API_KEY": "of the file"}
    ai = AISettings()
    assert ai.openai_key is not None
    assert ai.openai_key.get_secret_value() == "sk-file"
    assert ai.anthropic_key is not None
    assert Settings().pepper is None


def test_an_empty_file_is_no_secret(written: Written) -> None:
    written(OPENAI_API_KEY="\n")
    assert AISettings().openai_key is None


def test_a_database_takes_its_password_from_a_file_unless_its_address_has_one(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(DATABASE_PASSWORD=PASSWORD, KEYS_DATABASE_PASSWORD="of keys")
    monkeypatch.setenv("DATABASE_URL", "postgresql://anna@database/selfology?sslmode=require")
    monkeypatch.setenv("KEYS_DATABASE_URL", "postgresql://anna@keys/selfology")
    address = DatabaseAddress.parse(Settings().database_url or "")
    assert (address.user, address.password, str(address)) == ("anna", PASSWORD, "database:5432")
    assert dict(address.parameters) == {"sslmode": "require"}
    assert DatabaseAddress.parse(EncryptionSettings().keys_database_url or "").password == "of keys"
    monkeypatch.setenv("DATABASE_URL", "postgresql://anna:password@database/selfology")
    assert DatabaseAddress.parse(Settings().database_url or "").password == "password"


def test_what_cannot_be_read_is_named_without_its_content(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    (written() / "SELFOLOGY_PEPPER").write_bytes(b"\xff\xfe secret")
    with pytest.raises(OperatorError, match=r"^SELFOLOGY_SECRETS_DIR: a file in .* is no text in UTF-8\.$"):
        Settings()
    monkeypatch.setenv("SELFOLOGY_SECRETS_DIR", "/nowhere")
    for read in (Settings, lambda: environment("TEMPORAL_")):
        with pytest.raises(OperatorError, match=r"^SELFOLOGY_SECRETS_DIR: /nowhere can't be read: No such file"):
            read()


def test_queues_of_a_process_are_those_that_there_are(no_servers: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().worker_queues == frozenset()
    monkeypatch.setenv("SELFOLOGY_WORKER_QUEUES", "onboarding, ai-openai,")
    assert Settings().worker_queues == {"onboarding", "ai-openai"}
    monkeypatch.setenv("SELFOLOGY_WORKER_QUEUES", "onbording")
    with pytest.raises(OperatorError, match=r"^SELFOLOGY_WORKER_QUEUES: takes ai-anthropic, ai-openai, analysis"):
        Settings()
