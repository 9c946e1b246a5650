"""The images that the Dockerfile makes, as far as they can be held without building them; hadolint reads it, too."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from dockerfile_parse import DockerfileParser

from tests.deploy.test_compose import OURS, SERVICES
from tests.deploy.variables import CHECKOUT


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
