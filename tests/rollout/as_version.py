"""`selfology` of a release that knew no versions, with workers that have one.

Run by that release's Python, in its code: it imports nothing of today's.
"""

from __future__ import annotations

import os
from typing import Any

from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

_created = Worker.__init__


def _with_version(worker: Worker, *arguments: Any, build_id: str | None = None, **options: Any) -> None:
    version = WorkerDeploymentVersion(os.environ["SELFOLOGY_DEPLOYMENT"], os.environ["SELFOLOGY_BUILD_ID"])
    config = WorkerDeploymentConfig(version, True, VersioningBehavior.AUTO_UPGRADE)
    _created(worker, *arguments, deployment_config=config, **options)


if __name__ == "__main__":
    setattr(Worker, "__init__", _with_version)  # noqa: B010 - a method is not assigned to
    from workers.cli.app import main

    main()
