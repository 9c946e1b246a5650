"""Rejects signals and starts whose arguments can't be decoded.

A workflow can't do this itself: on a wrong number of arguments the SDK fails the workflow task and retries it forever,
which blocks the person's session. The SDK rejects malformed updates by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cache
from inspect import Parameter, signature
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import PayloadConverter
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner

log = logging.getLogger(__name__)


class RefusesMalformedInput(WorkflowRunner):
    """Wraps a workflow runner and rejects input that its workflows can't decode.

    A malformed signal is dropped, a malformed start fails the workflow; each is logged for operators. The decision
    depends on the history alone, so a replay decides the same.
    """

    def __init__(self, runner: WorkflowRunner) -> None:
        self._runner = runner

    def prepare_workflow(self, defn: Any) -> None:
        """Delegates to the wrapped runner."""
        self._runner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """Delegates to the wrapped runner."""
        self._runner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Wraps the workflow instance that the wrapped runner creates."""
        return _Instance(self._runner.create_instance(det), det)


class _Instance(WorkflowInstance):
    def __init__(self, instance: WorkflowInstance, details: WorkflowInstanceDetails) -> None:
        self._instance = instance
        self._definition = details.defn
        self._id = details.info.workflow_id
        self._converter = details.payload_converter_factory()

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        refused = None
        readable = []
        for job in act.jobs:
            if job.HasField("initialize_workflow"):
                refused = self._objection(
                    job.initialize_workflow.arguments, self._definition.run_fn, self._definition.arg_types
                )
            if not job.HasField("signal_workflow") or self._takes(job.signal_workflow, replaying=act.is_replaying):
                readable.append(job)
        if refused:
            log.error("A start of %s as %s was refused: %s", self._definition.name, self._id, refused)
            return _failed(act.run_id, f"This workflow can't be started like that: {refused}")
        if len(readable) < len(act.jobs):
            del act.jobs[:]
            act.jobs.extend(readable)
        return self._instance.activate(act)

    def get_serialization_context(self, command_info: Any) -> Any:
        return self._instance.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        return self._instance.get_external_store_context(command_info)

    def get_info(self) -> Any:
        return self._instance.get_info()

    def get_thread_id(self) -> int | None:
        return self._instance.get_thread_id()

    def _takes(self, signal: Any, *, replaying: bool) -> bool:
        definition = self._definition.signals.get(signal.signal_name)
        objection: str | None = "there is no such signal"
        if definition:
            objection = self._objection(signal.input, definition.fn, definition.arg_types)
        if objection and not replaying:
            log.error("A signal %r to %s was left out: %s", signal.signal_name[:100], self._id, objection)
        return objection is None

    def _objection(
        self, payloads: Sequence[Payload], method: Callable[..., Any], types: list[type] | None
    ) -> str | None:
        """Returns what is wrong with the arguments for a workflow method, or None when they are valid."""
        least, most = _arguments(method)
        if not least <= len(payloads) <= most:
            takes = f"{least}" if least == most else f"{least} or {most}"
            return f"arguments: it takes {takes}, and came with {len(payloads)}"
        return _unreadable(self._converter, payloads, types)


@cache
def _arguments(method: Callable[..., Any]) -> tuple[int, int]:
    """Returns the least and the greatest number of arguments of a method, without `self`."""
    parameters = list(signature(method).parameters.values())[1:]
    return sum(parameter.default is Parameter.empty for parameter in parameters), len(parameters)


def _unreadable(converter: PayloadConverter, payloads: Sequence[Payload], types: list[type] | None) -> str | None:
    try:
        converter.from_payloads(payloads, (types or [])[: len(payloads)])
    except Exception as error:  # noqa: BLE001 - whatever a converter finds wrong with bytes from outside
        # Only the class: the message may quote what a person wrote.
        return f"its argument can't be read ({type(error).__name__})"
    return None


def _failed(run_id: str, message: str) -> WorkflowActivationCompletion:
    completion = WorkflowActivationCompletion(run_id=run_id)
    failure = completion.successful.commands.add().fail_workflow_execution.failure
    failure.message = message
    failure.application_failure_info.type = "MalformedInput"
    failure.application_failure_info.non_retryable = True
    return completion
