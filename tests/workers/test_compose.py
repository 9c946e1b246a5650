"""`temporal-compose.yml` and the Dockerfile, as far as they can be held without containers.

`make check` holds the one to the compose specification's schema and the other to hadolint's rules.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from gateway.codec.settings import CodecSettings
from gateway.telegram.settings import TelegramSettings
from schema.environment import EnvironmentSettings
from workers.ai_settings import AISettings
from workers.client import configured_temporal
from workers.database_address import DatabaseAddress
from workers.database_logins import LoginSettings
from workers.database_roles import Role
from workers.encryption.settings import EncryptionSettings
from workers.settings import Settings
from workers.stack.temporal_server import ONE_QUEUE_EACH
from workers.vector_settings import VectorSettings

CHECKOUT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((CHECKOUT / "temporal-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]

OF_IMAGES = {
    # github.com/temporalio/temporal, common/config/config_template_embedded.yaml and docker/scripts/sh/entrypoint.sh.
    "temporalio/server": {
        *("DB", "DB_PORT", "POSTGRES_SEEDS", "POSTGRES_USER", "POSTGRES_PWD", "NUM_HISTORY_SHARDS", "BIND_ON_IP"),
        *("DYNAMIC_CONFIG_FILE_PATH", "LOG_LEVEL"),
    },
    # The same repository, tools/sql/main.go, and docs.temporal.io/develop/environment-configuration for its CLI.
    "temporalio/admin-tools": {
        *("SQL_PLUGIN", "SQL_HOST", "SQL_PORT", "SQL_USER", "SQL_PASSWORD"),
        *("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"),
    },
    # docs.temporal.io/references/web-ui-environment-variables; github.com/temporalio/ui, server/config/docker.yaml.
    "temporalio/ui": {
        *("TEMPORAL_ADDRESS", "TEMPORAL_DEFAULT_NAMESPACE", "TEMPORAL_NOTIFY_ON_NEW_VERSION"),
        *("TEMPORAL_CODEC_ENDPOINT", "TEMPORAL_CODEC_INCLUDE_CREDENTIALS"),
        *("TEMPORAL_CODEC_DEFAULT_ERROR_MESSAGE", "TEMPORAL_CODEC_DEFAULT_ERROR_LINK"),
    },
    # qdrant.tech/documentation/guides/configuration: any setting, as QDRANT__SECTION__NAME.
    "qdrant/qdrant": {"QDRANT__SERVICE__API_KEY", "QDRANT__TELEMETRY_DISABLED"},
    # hub.docker.com/_/postgres.
    "postgres": {"POSTGRES_USER", "POSTGRES_PASSWORD"},
}
"""The variables that the images document, as far as they are used here."""

GIVEN = {
    "DATABASE_PASSWORD": "0f" * 24,
    "WORKER_DATABASE_PASSWORD": "3c" * 24,
    "BOT_DATABASE_PASSWORD": "4b" * 24,
    "TEMPORAL_DATABASE_PASSWORD": "1e" * 24,
    "KEYS_DATABASE_PASSWORD": "5a" * 24,
    "SELFOLOGY_MASTER_KEYS": "first:" + "A" * 43 + "=",
    "SELFOLOGY_PEPPER": "2d" * 32,
    "QDRANT_API_KEY": "7c" * 24,
    "SELFOLOGY_TELEGRAM_TOKEN": "123456:abcdef",
}
"""What an operator has to write into `.env`."""

FOR_CODEC = {
    "CODEC_DATABASE_PASSWORD": "6b" * 24,
    "SELFOLOGY_CODEC_ISSUER": "https://id.example.org",
    "SELFOLOGY_CODEC_AUDIENCE": "selfology-codec",
    "SELFOLOGY_CODEC_KEYS_URL": "https://id.example.org/keys",
}
"""What they write as well when they want a codec server."""

LOGINS = {
    "migrations": ("selfology", "DATABASE_PASSWORD"),
    "worker": (Role.WORKER.login, "WORKER_DATABASE_PASSWORD"),
    "vectors": (Role.WORKER.login, "WORKER_DATABASE_PASSWORD"),
    "bot": (Role.BOT.login, "BOT_DATABASE_PASSWORD"),
    "codec": (Role.CODEC.login, "CODEC_DATABASE_PASSWORD"),
}
"""Whom each process is in the database, and whose password it has."""


def variables_of(settings: type[EnvironmentSettings]) -> Iterator[str]:
    """The names that settings are read from."""
    prefix = settings.model_config.get("env_prefix", "")
    for name, field in settings.model_fields.items():
        yield str(field.validation_alias or f"{prefix}{name}").upper()


KNOWN = {
    *(
        name
        for settings in (
            *(Settings, TelegramSettings, CodecSettings, AISettings, LoginSettings, EncryptionSettings),
            VectorSettings,
        )
        for name in variables_of(settings)
    ),
    *OF_IMAGES["temporalio/admin-tools"] & {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"},
}


def interpolated(value: str) -> list[tuple[str, str]]:
    """The variables of `.env` in a value, each with what is said of it: `:?` must be there, `:-` need not."""
    return re.findall(r"(?<!\$)\$\{(\w+)(:[?-])?[^}]*\}", value)


def filled(value: str) -> str:
    """A value as compose gives it to a process."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda name: (GIVEN | FOR_CODEC).get(name[1], ""), value)


@pytest.mark.parametrize("service", SERVICES)
def test_whoever_is_given_a_variable_knows_it(service: str) -> None:
    image = SERVICES[service].get("image", "").partition(":")[0]
    assert SERVICES[service].get("environment", {}).keys() <= (KNOWN if service in OURS else OF_IMAGES[image])


def test_what_env_has_to_say_is_in_the_docs_and_has_no_default() -> None:
    said = interpolated((CHECKOUT / "temporal-compose.yml").read_text(encoding="utf-8"))
    guide = (CHECKOUT / "docs/deployment.md").read_text(encoding="utf-8")
    assert {name for name, how in said if how == ":?"} == GIVEN.keys()
    assert {name for name, how in said if how != ":?"} <= KNOWN | OF_IMAGES["temporalio/ui"]
    assert {name for name, _ in said} == set(re.findall(r"^(?:# )?([A-Z_]+)=", guide, re.MULTILINE))


@pytest.mark.parametrize("service", OURS)
def test_a_process_of_ours_takes_what_it_is_given(
    service: str, no_servers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SERVICES[service]["environment"].items():
        monkeypatch.setenv(name, filled(value))
    address = DatabaseAddress.parse(Settings().database_url or "")
    user, password = LOGINS[service]
    assert (address.host, address.user, address.password) == ("database", user, (GIVEN | FOR_CODEC)[password])
    if service == "migrations":
        given = {
            Role.WORKER: GIVEN["WORKER_DATABASE_PASSWORD"],
            Role.BOT: GIVEN["BOT_DATABASE_PASSWORD"],
            Role.CODEC: FOR_CODEC["CODEC_DATABASE_PASSWORD"],
        }
        assert {role: told.get_secret_value() for role, told in LoginSettings().passwords.items()} == given
        return
    temporal = configured_temporal()
    assert temporal is not None
    assert (temporal.address, temporal.namespace) == ("temporal:7233", "selfology")
    assert AISettings().tiers == {}
    if service == "codec":
        keys = DatabaseAddress.parse(EncryptionSettings().keys_database_url or "")
        assert (keys.host, keys.user, keys.password) == ("keys-database", user, FOR_CODEC[password])
        assert CodecSettings().issuer == FOR_CODEC["SELFOLOGY_CODEC_ISSUER"]
        # The container listens for all, and its port is published to this machine alone.
        assert [port.partition(":")[0] for port in SERVICES["codec"]["ports"]] == ["127.0.0.1"]
    if service == "vectors":
        vectors, (key,) = VectorSettings(), interpolated(SERVICES["qdrant"]["environment"]["QDRANT__SERVICE__API_KEY"])
        assert vectors.qdrant_url == "http://qdrant:6333"
        assert vectors.qdrant_api_key is not None
        assert vectors.qdrant_api_key.get_secret_value() == GIVEN[key[0]]
    assert service != "bot" or TelegramSettings().known_token == GIVEN["SELFOLOGY_TELEGRAM_TOKEN"]


def test_all_speak_of_the_same_namespace_and_password() -> None:
    namespace = SERVICES["temporal-namespace"]["environment"]["TEMPORAL_NAMESPACE"]
    assert SERVICES["temporal-ui"]["environment"]["TEMPORAL_DEFAULT_NAMESPACE"] == namespace
    assert SERVICES["worker"]["environment"]["TEMPORAL_NAMESPACE"] == namespace
    password = SERVICES["temporal-database"]["environment"]["POSTGRES_PASSWORD"]
    assert SERVICES["temporal"]["environment"]["POSTGRES_PWD"] == password
    assert SERVICES["temporal-schema"]["environment"]["SQL_PASSWORD"] == password


def test_nothing_is_open_to_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_its_servers_are_of_the_versions_that_the_tests_run_on() -> None:
    told = subprocess.run(
        [Path(sys.executable).with_name("temporal"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert f"Server {_version('temporal')}," in told
    assert _version("temporal-schema") == _version("temporal-namespace") == _version("temporal")
    assert f"UI {_version('temporal-ui')})" in told


def test_its_qdrant_is_one_that_the_client_speaks_with() -> None:
    server, client = (
        [int(part) for part in told.lstrip("v").split(".")] for told in (_version("qdrant"), version("qdrant-client"))
    )
    # As the client itself compares them.
    assert server[0] == client[0]
    assert abs(server[1] - client[1]) <= 1


def _version(service: str) -> str:
    return str(SERVICES[service]["image"]).partition(":")[2]


def test_its_task_queues_are_in_one_piece_as_the_embedded_ones() -> None:
    config = yaml.safe_load(COMPOSE["configs"]["temporal-dynamic-config"]["content"])
    assert {f"{name}={value['value']}" for name, (value,) in config.items()} >= set(ONE_QUEUE_EACH)
    (mounted,) = SERVICES["temporal"]["configs"]
    assert mounted["target"] == SERVICES["temporal"]["environment"]["DYNAMIC_CONFIG_FILE_PATH"]


def test_what_waits_for_a_server_waits_for_its_health() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            once = SERVICES[other].get("restart", "").startswith("on-failure")
            assert how["condition"] == ("service_completed_successfully" if once else "service_healthy")
            assert once or "healthcheck" in SERVICES[other]


@pytest.fixture(scope="module")
def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage of the Dockerfile, its own and those of the stages it is made from."""
    stages: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for step in DockerfileParser(path=str(CHECKOUT / "Dockerfile")).structure:
        instruction, value = step["instruction"], step["value"]
        if instruction == "FROM":
            base, _, name = value.partition(" AS ")
            stages[name] = [*stages.get(base, [])]
        elif instruction != "COMMENT":
            stages[name].append((instruction, value))
    return stages


@pytest.mark.parametrize("service", OURS)
def test_an_image_of_ours_is_a_target_of_the_dockerfile_that_runs_as_nobody_special(
    service: str, stages: dict[str, list[tuple[str, str]]]
) -> None:
    image = stages[SERVICES[service]["build"]["target"]]
    users = [value for instruction, value in image if instruction == "USER"]
    assert users
    assert users[-1] not in ("root", "0")


@pytest.mark.parametrize("process", ["worker", "bot", "codec", "vectors"])
def test_an_image_is_installed_from_the_lock_of_its_process(
    process: str, stages: dict[str, list[tuple[str, str]]]
) -> None:
    command = [process, "serve"] if process == "vectors" else [process]
    assert stages[process][-1] == ("CMD", json.dumps(["selfology", *command]))
    (source,) = (re.findall(r"--from=(\S+)", value)[0] for step, value in stages[process] if step == "COPY")
    install = [value for instruction, value in stages[source] if instruction in ("COPY", "RUN")]
    assert f"requirements/{process}.txt ." in install
    assert any(f"--require-hashes -r {process}.txt" in step for step in install)


def test_an_image_is_built_from_nothing_but_the_project() -> None:
    first, *rules = [
        line for line in (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"
    ]
    assert first == "*"
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    assert taken == {*packages, "requirements", "pyproject.toml", "README.md", "LICENSE"}
    assert all((CHECKOUT / name).exists() for name in taken)
