"""`temporal-compose.yml`, as far as it can be held without containers.

`make check` holds it to the schema of the compose specification.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.codec.settings import CodecSettings
from gateway.telegram.settings import TelegramSettings
from tests.deploy.variables import CHECKOUT, known
from workers.ai_settings import AISettings
from workers.client import configured_temporal
from workers.database_address import DatabaseAddress
from workers.database_logins import LoginSettings
from workers.database_roles import Role
from workers.encryption.settings import EncryptionSettings
from workers.settings import WORKER_QUEUES, Settings
from workers.stack.temporal_server import ONE_QUEUE_EACH
from workers.telemetry.settings import METRICS_PORTS, TelemetrySettings
from workers.vector_settings import VectorSettings

COMPOSE = yaml.safe_load((CHECKOUT / "temporal-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
GUIDE = (CHECKOUT / "docs/deployment.md").read_text(encoding="utf-8")

OF_IMAGES = {
    # github.com/temporalio/temporal, common/config/config_template_embedded.yaml and docker/scripts/sh/entrypoint.sh.
    "temporalio/server": {
        *("DB", "DB_PORT", "POSTGRES_SEEDS", "POSTGRES_USER", "POSTGRES_PWD", "NUM_HISTORY_SHARDS", "BIND_ON_IP"),
        *("TEMPORAL_BROADCAST_ADDRESS", "DYNAMIC_CONFIG_FILE_PATH", "PROMETHEUS_ENDPOINT", "LOG_LEVEL"),
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
    "postgres": {"POSTGRES_USER", "POSTGRES_PASSWORD_FILE"},
    # grafana.com/docs/grafana/latest/setup-grafana/configure-grafana: GF_SECTION_KEY, and __FILE for one in a file.
    "grafana/grafana": {
        *("GF_SECURITY_ADMIN_PASSWORD__FILE", "GF_USERS_ALLOW_SIGN_UP", "GF_ANALYTICS_REPORTING_ENABLED"),
        *("GF_ANALYTICS_CHECK_FOR_UPDATES", "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES"),
    },
}
"""The variables that the images document, as far as they are used here."""

LOGINS = {
    "migrations": ("selfology", "database_password"),
    "worker": (Role.WORKER.login, "worker_database_password"),
    "readers": (Role.WORKER.login, "worker_database_password"),
    "vectors": (Role.WORKER.login, "worker_database_password"),
    "bot": (Role.BOT.login, "bot_database_password"),
    "codec": (Role.CODEC.login, "codec_database_password"),
}
"""Whom each process is in the database, and whose password it has."""

CODEC = {
    "SELFOLOGY_CODEC_ISSUER": "https://id.example.org",
    "SELFOLOGY_CODEC_AUDIENCE": "selfology-codec",
    "SELFOLOGY_CODEC_KEYS_URL": "https://id.example.org/keys",
}
"""What an operator writes into `.env` who wants a codec server."""

ONCE = [name for name, service in SERVICES.items() if service["restart"].startswith("on-failure")]
"""What does its work and ends."""


def interpolated(value: str) -> list[tuple[str, str]]:
    """The variables of `.env` in a value, each with its default."""
    return re.findall(r"(?<!\$)\$\{(\w+)(?::-([^}]*))?\}", value)


def filled(value: str) -> str:
    """A value as compose gives it to a process."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda name: CODEC.get(name[1], name[2]), value)


def mounted(service: str) -> dict[str, str]:
    """The secrets of a service by the names of their files in it."""
    told = SERVICES[service].get("secrets", ())
    return {each: each for each in told if isinstance(each, str)} | {
        each["target"]: each["source"] for each in told if not isinstance(each, str)
    }


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that an operator has who did what the guide says, and has filled in what is theirs."""
    (made,) = re.findall(r"```sh\n(mkdir -m 700 secrets.*?)```", GUIDE, re.DOTALL)
    folder = tmp_path_factory.mktemp("deployment")
    subprocess.run(["sh", "-euc", made], cwd=folder, check=True)
    (folder / "secrets" / "selfology_telegram_token").write_text("123456:abcdef\n")
    (folder / "secrets" / "codec_database_password").write_text("6b" * 24)
    return folder / "secrets"


def test_the_guide_makes_each_secret_so_that_containers_can_read_it_and_people_cannot(secrets: Path) -> None:
    assert {file.name for file in secrets.iterdir()} == COMPOSE["secrets"].keys()
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in COMPOSE["secrets"].items())
    assert secrets.stat().st_mode & 0o777 == 0o700
    # A container's user is another one on each image, and the file is mounted as it is.
    assert {file.stat().st_mode & 0o777 for file in secrets.iterdir()} == {0o644}
    used = {name for service in SERVICES for name in mounted(service).values()}
    assert used == COMPOSE["secrets"].keys()


@pytest.mark.parametrize("service", SERVICES)
def test_whoever_is_given_a_variable_knows_it(service: str) -> None:
    image = SERVICES[service].get("image", "").partition(":")[0]
    given = SERVICES[service].get("environment", {})
    assert given.keys() <= (known() if service in OURS else OF_IMAGES.get(image, set()))
    if service in OURS:
        assert {name.upper() for name in mounted(service)} <= known()
    else:
        # It says where it reads each: an image of others knows nothing of our directory.
        config = (CHECKOUT / "deploy/prometheus/alertmanager.yaml").read_text(encoding="utf-8")
        told = f"{SERVICES[service].get('command')} {given} {config if service == 'alertmanager' else ''}"
        assert set(re.findall(r"/run/secrets/(\w+)", told)) == mounted(service).keys()


def test_no_secret_is_in_an_environment() -> None:
    secret = re.compile(r"PASSWORD$|PWD$|TOKEN$|_KEY$|MASTER_KEYS|PEPPER")
    assert not [
        (service, name)
        for service, told in SERVICES.items()
        for name in told.get("environment", {})
        if secret.search(name)
    ]


def test_what_env_may_say_is_in_the_docs_and_known() -> None:
    said = interpolated((CHECKOUT / "temporal-compose.yml").read_text(encoding="utf-8"))
    names = {name for name, _ in said}
    assert names <= known() | OF_IMAGES["temporalio/ui"]
    assert names == set(re.findall(r"^# ([A-Z_]+)=", GUIDE, re.MULTILINE))


@pytest.mark.parametrize("service", OURS)
def test_a_process_of_ours_takes_what_it_is_given(
    service: str, secrets: Path, no_servers: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in SERVICES[service]["environment"].items():
        monkeypatch.setenv(name, filled(value))
    assert SERVICES[service]["environment"]["SELFOLOGY_SECRETS_DIR"] == "/run/secrets"
    for target, source in mounted(service).items():
        shutil.copy(secrets / source, tmp_path / target)
    monkeypatch.setenv("SELFOLOGY_SECRETS_DIR", str(tmp_path))

    def secret(name: str) -> str:
        return (secrets / name).read_text().strip()

    address, keys = (
        DatabaseAddress.parse(url or "") for url in (Settings().database_url, EncryptionSettings().keys_database_url)
    )
    user, password = LOGINS[service]
    assert (address.host, address.user, address.password) == ("database", user, secret(password))
    owner = ("selfology", "keys_database_password") if service != "codec" else (user, password)
    assert (keys.host, keys.user, keys.password) == ("keys-database", owner[0], secret(owner[1]))
    if service == "migrations":
        given = {Role.WORKER: "worker", Role.BOT: "bot", Role.CODEC: "codec"}
        told = {role: password.get_secret_value() for role, password in LoginSettings().passwords.items()}
        assert told == {role: secret(f"{name}_database_password") for role, name in given.items()}
        return
    temporal, masters = configured_temporal(), EncryptionSettings().master_keys
    assert temporal is not None
    assert (temporal.address, temporal.namespace) == ("temporal:7233", "selfology")
    assert masters is not None
    assert AISettings().tiers == {}
    telemetry = TelemetrySettings()
    assert telemetry.otlp_endpoint == "http://collector:4318"
    assert f"127.0.0.1:{telemetry.health_port}/readyz" in SERVICES[service]["healthcheck"]["test"][-1]
    if service == "codec":
        assert CodecSettings().issuer == CODEC["SELFOLOGY_CODEC_ISSUER"]
        # The container listens for all, and its port is published to this machine alone.
        assert [port.partition(":")[0] for port in SERVICES["codec"]["ports"]] == ["127.0.0.1"]
    if service == "vectors":
        vectors = VectorSettings()
        assert vectors.qdrant_url == "http://qdrant:6333"
        assert vectors.qdrant_api_key is not None
        assert vectors.qdrant_api_key.get_secret_value() == secret("qdrant_api_key")
    assert service != "bot" or TelegramSettings().known_token == "123456:abcdef"


def test_workers_serve_each_queue_once() -> None:
    told = [queue for name in ("worker", "readers") for queue in _queues(name)]
    assert sorted(told) == sorted(WORKER_QUEUES)


def _queues(service: str) -> list[str]:
    return str(SERVICES[service]["environment"]["SELFOLOGY_WORKER_QUEUES"]).split(",")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_limits_a_log_that_ends_networks_and_a_version(service: str) -> None:
    told = SERVICES[service]
    assert told["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert told["logging"]["options"].keys() == {"max-size", "max-file"}
    assert set(told["networks"]) <= COMPOSE["networks"].keys()
    assert "build" in told or re.search(r":v?\d+(\.\d+)+$", told["image"])
    # The collector's image has nothing but the collector.
    assert ("healthcheck" in told) == (service not in (*ONCE, "collector"))


@pytest.mark.parametrize("service", OURS)
def test_a_process_of_ours_can_change_nothing_of_its_image(service: str) -> None:
    told = SERVICES[service]
    assert told["read_only"]
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert {place.partition(":")[0] for place in told["tmpfs"]} == {"/tmp", "/home/selfology"}


def test_a_database_is_reached_by_whoever_needs_it_and_by_nobody_else() -> None:
    def those_in(network: str) -> set[str]:
        return {name for name, service in SERVICES.items() if network in service["networks"]}

    ours = set(OURS)
    assert those_in("temporal-data") == {"temporal-database", "temporal-schema", "temporal"}
    assert those_in("data") == {"database", *ours}
    assert those_in("keys") == {"keys-database", *ours}
    assert those_in("vectors") == {"qdrant", "vectors"}
    assert not those_in("outside") & {"database", "keys-database", "temporal-database", "temporal", "qdrant"}
    assert {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")} == {"outside"}
    assert all("outside" in service["networks"] for service in SERVICES.values() if "ports" in service)


def test_files_that_are_mounted_are_there() -> None:
    volumes = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    files = [volume for volume in volumes if volume.startswith("./")]
    files += [config["file"] for config in COMPOSE["configs"].values() if "file" in config]
    assert all((CHECKOUT / file).exists() for file in files)
    assert {volume for volume in volumes if volume[0] not in "./"} == COMPOSE["volumes"].keys()


def test_whoever_is_watched_is_where_prometheus_looks() -> None:
    config = yaml.safe_load((CHECKOUT / "deploy/prometheus/prometheus.yaml").read_text(encoding="utf-8"))
    (alertmanager,) = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    asked = {
        (host, int(port))
        for job in config["scrape_configs"]
        for target in (target for told in job.get("static_configs", ()) for target in told["targets"])
        for host, _, port in [target.partition(":")]
    } | {
        (host, told["port"])
        for job in config["scrape_configs"]
        for told in job.get("dns_sd_configs", ())
        for host in told["names"]
    }
    ports = {"temporal": 8000, "node-exporter": 9100, "collector": 8888, **METRICS_PORTS}
    assert all(ports[host] == port for host, port in asked)
    assert {"worker", "bot", "vectors", "temporal"} <= {host for host, _ in asked}
    assert all({"telemetry"} <= set(SERVICES[host]["networks"]) for host, _ in asked)
    assert alertmanager == "alertmanager:9093"
    assert set(SERVICES["alertmanager"]["networks"]) & set(SERVICES["prometheus"]["networks"]) == {
        "monitoring",
        "outside",
    }
    # All workers have the name by which it asks for them.
    assert all(
        "worker" in (name, *SERVICES[name]["networks"]["telemetry"]["aliases"]) for name in ("worker", "readers")
    )


def test_grafana_finds_its_data_where_it_is() -> None:
    told = (CHECKOUT / "deploy/grafana/provisioning/datasources/selfology.yaml").read_text(encoding="utf-8")
    for source in yaml.safe_load(told)["datasources"]:
        host = re.fullmatch(r"http://([\w-]+):(9090|16686)", source["url"])
        assert host is not None
        assert "monitoring" in SERVICES[host[1]]["networks"]
        assert source["uid"] == source["type"] == host[1]
    boards = (CHECKOUT / "deploy/grafana/provisioning/dashboards/selfology.yaml").read_text(encoding="utf-8")
    path = yaml.safe_load(boards)["providers"][0]["options"]["path"]
    assert f"./deploy/grafana/dashboards:{path}:ro" in SERVICES["grafana"]["volumes"]


def test_all_speak_of_the_same_namespace_and_password() -> None:
    namespace = SERVICES["temporal-namespace"]["environment"]["TEMPORAL_NAMESPACE"]
    assert SERVICES["temporal-ui"]["environment"]["TEMPORAL_DEFAULT_NAMESPACE"] == namespace
    assert SERVICES["worker"]["environment"]["TEMPORAL_NAMESPACE"] == namespace
    (password,) = mounted("temporal-database").values()
    assert list(mounted("temporal").values()) == list(mounted("temporal-schema").values()) == [password]


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
            once = other in ONCE
            assert how["condition"] == ("service_completed_successfully" if once else "service_healthy")
            assert once or "healthcheck" in SERVICES[other]
