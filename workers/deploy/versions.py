"""A Worker Deployment: which version gets the tasks."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from schema.base_model import Model
from schema.operator_error import OperatorError

T = TypeVar("T")


class Status(StrEnum):
    """Where a version stands."""

    CREATED = "created"
    INACTIVE = "waiting"
    CURRENT = "current"
    RAMPING = "ramping"
    DRAINING = "draining"
    DRAINED = "drained"


class Version(Model):
    """One version of the workers."""

    build_id: str
    status: Status
    was_current_at: datetime | None
    """When it was the current one last; None if it never was."""


class Deployment(Model):
    """Which version gets the tasks, and which has got some before."""

    name: str
    versions: tuple[Version, ...]
    """The newest first."""
    current: str | None
    """The build id that gets all tasks but those of `ramping`; None while workers without a version get them."""
    ramping: str | None
    percentage: float
    """How many of 100 workflows have their tasks go to `ramping`."""
    ramped_at: datetime
    """When `ramping` came to be, by the server's clock."""

    @property
    def before(self) -> str | None:
        """The build id that was current before this one."""
        earlier = [
            (each.was_current_at, each.build_id)
            for each in self.versions
            if each.was_current_at and each.build_id != self.current
        ]
        return max(earlier)[1] if earlier else None


async def deployment(client: Client, name: str) -> Deployment:
    """Where a deployment stands. Raises `OperatorError` while no worker of it has ever asked for tasks."""
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=name)
    found = await _asked(client.workflow_service.describe_worker_deployment(request), name)
    return _read(found.worker_deployment_info)


async def ramp(client: Client, name: str, build_id: str | None, percentage: float) -> None:
    """Has so many of 100 workflows go on with a version, each by its id; none with None.

    Raises `OperatorError` when none of its workers asks for tasks.
    """
    request = SetWorkerDeploymentRampingVersionRequest(
        namespace=client.namespace,
        deployment_name=name,
        build_id=build_id or "",
        percentage=percentage,
        identity=client.identity,
    )
    await _asked(client.workflow_service.set_worker_deployment_ramping_version(request), build_id or name)


async def make_current(client: Client, name: str, build_id: str, *, without_workers: bool = False) -> None:
    """Gives a version the tasks of all workflows: within half a second, since the server tells its queues one by one.

    Raises `OperatorError` when none of its workers asks for tasks, unless tasks may wait for them.
    """
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace,
        deployment_name=name,
        build_id=build_id,
        allow_no_pollers=without_workers,
        identity=client.identity,
    )
    await _asked(client.workflow_service.set_worker_deployment_current_version(request), build_id or name)


async def _asked(call: Awaitable[T], subject: str) -> T:
    try:
        return await call
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise OperatorError(
                f"No worker of {subject} has asked for tasks yet: start its workers, with SELFOLOGY_DEPLOYMENT set."
            ) from None
        if error.status is RPCStatusCode.FAILED_PRECONDITION:
            raise OperatorError(
                f"{subject} serves fewer task queues than the current version, or none now: start all of its workers."
            ) from None
        raise


def _read(info: WorkerDeploymentInfo) -> Deployment:
    routing = info.routing_config
    versions = sorted(info.version_summaries, key=lambda each: each.create_time.ToNanoseconds(), reverse=True)
    return Deployment(
        name=info.name,
        versions=tuple(
            Version(
                build_id=each.deployment_version.build_id,
                status=Status[
                    WorkerDeploymentVersionStatus.Name(each.status).removeprefix("WORKER_DEPLOYMENT_VERSION_STATUS_")
                ],
                was_current_at=each.last_current_time.ToDatetime(UTC) if each.HasField("last_current_time") else None,
            )
            for each in versions
        ),
        current=routing.current_deployment_version.build_id or None,
        ramping=routing.ramping_deployment_version.build_id or None,
        percentage=routing.ramping_version_percentage,
        ramped_at=routing.ramping_version_changed_time.ToDatetime(UTC),
    )
