"""Which version of the workers a process is."""

from __future__ import annotations

from importlib.metadata import version

from pydantic import Field
from pydantic_settings import SettingsConfigDict
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from schema.build_id import BUILD_ID
from schema.environment import EnvironmentSettings

WITHOUT_VERSION = WorkerDeploymentConfig(WorkerDeploymentVersion("selfology", BUILD_ID), False)
"""For workers that take every task."""


class DeploymentSettings(EnvironmentSettings):
    """The version of this process in a Worker Deployment of Temporal, https://docs.temporal.io/worker-versioning."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_")

    deployment: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,60}$")
    """The deployment's name. With one, workers take tasks only when `selfology deploy` gives their version some.

    Unset, workers have no version and take every task: a new version is a restart.
    """
    build_id: str = Field(default_factory=lambda: version("selfology"), pattern=r"^[A-Za-z0-9._+-]{1,60}$")
    """What tells this version from others, such as a commit; by default the release's number."""

    @property
    def worker(self) -> WorkerDeploymentConfig:
        """What workers are created with: a version, or none.

        All workflows upgrade: the next task of each goes to whichever version is current. So a rollback reaches
        everybody at once, and no version has to run for as long as its sessions. What changes in a workflow is a
        patch, which the release before already knows (docs/releases.md).
        """
        if self.deployment is None:
            return WITHOUT_VERSION
        version = WorkerDeploymentVersion(self.deployment, self.build_id)
        return WorkerDeploymentConfig(version, True, VersioningBehavior.AUTO_UPGRADE)
