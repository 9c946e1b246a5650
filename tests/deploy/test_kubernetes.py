"""The manifests of a cluster: each as its API takes it, and all of them together what the compose file is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from gateway.codec.settings import CodecSettings
from schema.onboarding.names import TASK_QUEUE
from tests.deploy.test_compose import COMPOSE, SERVICES, mounted
from tests.deploy.variables import CHECKOUT, known
from workers.health.probes import LIVES_WITHIN, LOOKS_WITHIN
from workers.settings import WORKER_QUEUES, Engine
from workers.telemetry.tracing import FLUSHED_WITHIN

HERE = Path(__file__).parent
FOLDER = CHECKOUT / "deploy" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text(encoding="utf-8"))
MANIFESTS: dict[tuple[str, str], dict[str, Any]] = {
    (each["kind"], each["metadata"]["name"]): each
    for file in sorted(FOLDER.glob("*.yaml"))
    if file.name != "kustomization.yaml"
    for each in yaml.safe_load_all(file.read_text(encoding="utf-8"))
}
PROCESSES = {name: each for (kind, name), each in MANIFESTS.items() if kind in ("Deployment", "Job")}
SERVING = {name: each for (kind, name), each in MANIFESTS.items() if kind == "Deployment"}
SCALED = {name: each["spec"] for (kind, name), each in MANIFESTS.items() if kind == "ScaledObject"}
SETTINGS: dict[str, str] = MANIFESTS["ConfigMap", "settings"]["data"]
CUSTOM = {"ScaledObject": "scaledobject", "PodMonitor": "podmonitor"}
"""What a cluster knows only with an operator: its schema lies in `crds/`."""

TEMPORAL_TRIGGER = {"endpoint", "namespace", "taskQueue", "queueTypes", "targetQueueSize"}
"""Of what github.com/kedacore/keda, pkg/scalers/temporal_scaler.go reads, what is used here; its values are strings."""


def pod(name: str) -> dict[str, Any]:
    """What a pod of a process is."""
    spec: dict[str, Any] = PROCESSES[name]["spec"]["template"]["spec"]
    return spec


def container(name: str) -> dict[str, Any]:
    """The one container of a pod."""
    (only,) = pod(name)["containers"]
    return dict(only)


def given(name: str) -> dict[str, str]:
    """The variables of a process, without those that all have."""
    return {each["name"]: each["value"] for each in container(name)["env"]}


def files(name: str) -> dict[str, str]:
    """The files of secrets of a process, each with the key that it is from."""
    (secret,) = (volume["secret"] for volume in pod(name)["volumes"] if "secret" in volume)
    return {item["path"]: item["key"] for item in secret["items"]}


def refused(manifest: dict[str, Any]) -> str | None:
    """Why an API would not take a manifest; None if it would."""
    if (custom := CUSTOM.get(manifest["kind"])) is not None:
        schema = json.loads((HERE / "crds" / f"{custom}.json").read_text(encoding="utf-8"))
        return next((fault.message for fault in Draft202012Validator(schema).iter_errors(manifest)), None)
    try:
        kubernetes_validate.validate(manifest, "1.37", strict=True)
    except kubernetes_validate.ValidationError as error:
        return str(error.message)
    return None


@pytest.mark.parametrize("manifest", MANIFESTS, ids="-".join)
def test_a_manifest_is_one_that_its_api_takes(manifest: tuple[str, str]) -> None:
    assert refused(MANIFESTS[manifest]) is None


@pytest.mark.parametrize(
    "manifest", [("Deployment", "bot"), ("ScaledObject", "worker"), ("PodMonitor", "selfology")], ids="-".join
)
def test_a_word_that_an_api_does_not_know_is_found(manifest: tuple[str, str]) -> None:
    told = MANIFESTS[manifest]
    assert "replicass" in (refused({**told, "spec": {**told["spec"], "replicass": 1}}) or "")


def test_all_files_are_named_and_the_codec_server_only_where_it_is_wanted() -> None:
    named = {file.name for file in FOLDER.glob("*.yaml")} - {"kustomization.yaml", "codec.yaml"}
    assert set(KUSTOMIZATION["resources"]) == named
    images = {image["name"]: image for image in KUSTOMIZATION["images"]}
    assert {container(name)["image"] for name in PROCESSES} == images.keys()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", image["newTag"]) for image in images.values())


def test_a_cluster_runs_the_processes_of_the_compose_file() -> None:
    assert PROCESSES.keys() == {name for name, service in SERVICES.items() if "build" in service}
    for name in PROCESSES:
        assert container(name)["image"] == f"selfology-{SERVICES[name]['build']['target']}"
        assert container(name).get("command") == SERVICES[name].get("command")


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_knows_its_variables_and_has_the_secrets_of_the_compose_file(name: str) -> None:
    variables = SETTINGS.keys() | given(name).keys()
    assert variables <= known()
    assert SERVICES[name]["environment"].keys() <= variables
    assert {path.upper() for path in files(name)} <= known()
    assert files(name) == mounted(name)
    assert set(files(name).values()) <= COMPOSE["secrets"].keys()
    (mount,) = (each for each in container(name)["volumeMounts"] if each["name"] == "secrets")
    assert mount["mountPath"] == SETTINGS["SELFOLOGY_SECRETS_DIR"]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_process_may_do_no_more_than_it_needs(name: str) -> None:
    security = pod(name)["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] == 10001
    assert not pod(name)["automountServiceAccountToken"]
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {each["mountPath"] for each in container(name)["volumeMounts"] if not each.get("readOnly")}
    assert writable == {"/tmp", "/home/selfology"}
    assert container(name)["resources"]["requests"].keys() == {"cpu", "memory"}
    assert container(name)["resources"]["limits"].keys() == {"memory"}


@pytest.mark.parametrize("name", SERVING)
def test_a_process_is_probed_where_it_answers_and_has_the_time_to_drain(name: str) -> None:
    ports = {port["name"]: str(port["containerPort"]) for port in container(name)["ports"]}
    assert ports["health"] == SETTINGS["SELFOLOGY_HEALTH_PORT"]
    assert ports["metrics"] == SETTINGS["SELFOLOGY_METRICS_PORT"]
    probes = {kind: container(name)[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness")}
    asked = {kind: probe["httpGet"] for kind, probe in probes.items()}
    assert {get["port"] for get in asked.values()} == {"health"}
    assert {kind: get["path"] for kind, get in asked.items()} == {
        "startup": "/readyz",
        "liveness": "/livez",
        "readiness": "/readyz",
    }
    assert probes["liveness"]["timeoutSeconds"] > LIVES_WITHIN
    assert probes["readiness"]["timeoutSeconds"] > LOOKS_WITHIN
    before = container(name).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    drains = Engine().graceful_shutdown_timeout.total_seconds() + FLUSHED_WITHIN / 1000
    assert pod(name)["terminationGracePeriodSeconds"] >= 1.5 * drains + before


def test_each_queue_of_workers_is_served_and_grows_by_what_waits() -> None:
    queues = {name: given(name)["SELFOLOGY_WORKER_QUEUES"].split(",") for name in SCALED}
    assert sorted(queue for served in queues.values() for queue in served) == sorted(WORKER_QUEUES)
    for name, scaled in SCALED.items():
        assert scaled["scaleTargetRef"]["name"] == name
        # Two of them would quarrel about the number.
        assert "replicas" not in SERVING[name]["spec"]
        watched = [each["metadata"] for each in scaled["triggers"] if each["type"] == "temporal"]
        assert [each["taskQueue"] for each in watched] == queues[name]
        for trigger in watched:
            assert trigger.keys() == TEMPORAL_TRIGGER
            assert trigger["endpoint"] == SETTINGS["TEMPORAL_ADDRESS"]
            assert trigger["namespace"] == SETTINGS["TEMPORAL_NAMESPACE"]
            assert set(trigger["queueTypes"].split(",")) <= {"workflow", "activity"}
            assert ("workflow" in trigger["queueTypes"]) == (trigger["taskQueue"] == TASK_QUEUE)
    assert all(each["spec"]["replicas"] == 1 for name, each in SERVING.items() if name not in SCALED)


def test_nodes_can_be_emptied_while_workers_stay() -> None:
    budgets = {name: each["spec"] for (kind, name), each in MANIFESTS.items() if kind == "PodDisruptionBudget"}
    assert budgets.keys() == SCALED.keys()
    for name, budget in budgets.items():
        assert budget["maxUnavailable"] < SCALED[name]["minReplicaCount"]


def test_policies_select_processes_that_there_are() -> None:
    policies = [each["spec"] for (kind, _), each in MANIFESTS.items() if kind == "NetworkPolicy"]
    named = set(_named(policies))
    assert named == PROCESSES.keys() - {"migrations"}
    # What asks for metrics, and nobody else, comes in by their port.
    coming = [port["port"] for each in policies for rule in each.get("ingress", ()) for port in rule["ports"]]
    assert sorted(map(str, coming)) == [str(CodecSettings().port), SETTINGS["SELFOLOGY_METRICS_PORT"]]


def _named(policies: list[dict[str, Any]]) -> Iterator[str]:
    for selector in (policy["podSelector"] for policy in policies):
        if (name := selector.get("matchLabels", {}).get("app.kubernetes.io/name")) is not None:
            yield name
        for expression in selector.get("matchExpressions", ()):
            yield from expression["values"]


def test_alerts_know_the_jobs_of_a_cluster() -> None:
    (endpoint,) = MANIFESTS["PodMonitor", "selfology"]["spec"]["podMetricsEndpoints"]
    (relabeled,) = endpoint["relabelings"]
    rules = (CHECKOUT / "deploy/prometheus/alerts.yaml").read_text(encoding="utf-8")
    (jobs,) = re.findall(r'up\{job=~"([^"]+)"', rules)
    assert re.fullmatch(jobs, relabeled["replacement"].replace("$1", "worker"))
    for name in SERVING:
        labels = SERVING[name]["spec"]["template"]["metadata"]["labels"]
        assert labels == {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "selfology"}
        assert SERVING[name]["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": name}
