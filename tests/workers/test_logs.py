"""The log of a process tells operators what failed, where and for whom, and no word that a person wrote."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import anthropic
import asyncpg
import httpx2
import openai
import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendMessage
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from pydantic import BaseModel, SecretStr
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import TimeSkipper
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from schema.errors import AnswerGone, UnknownQuestion
from schema.failure_description import described
from schema.identity import user_ref
from schema.operator_error import OperatorError
from tests.workers.broken_workflow import Broken
from workers.data_converter import DATA_CONVERTER
from workers.logs import OwnWordsInJson, core_runtime, log_to

DIARY = "my-diary-says"
SESSION = "onboarding-0123abcd"


class Fits(BaseModel):
    """What a text does not fit."""

    number: int


REQUEST = httpx2.Request("POST", f"https://example.org/{DIARY}")
RESPONSE = httpx2.Response(400, request=REQUEST, text=DIARY)


def raises(error: BaseException) -> Callable[[], Any]:
    """What raises an error."""

    def call() -> None:
        raise error

    return call


def caused() -> None:
    """An error with a cause, in a place where another one is handled."""
    try:
        Fits.model_validate({"number": DIARY})
    except ValueError as error:
        try:
            raise LookupError(DIARY)
        except LookupError:
            raise RuntimeError(DIARY) from error


def several() -> None:
    """Errors of several tasks."""
    raise ExceptionGroup(DIARY, [KeyError(DIARY), ExceptionGroup(DIARY, [OSError(2, DIARY, DIARY)])])


FOREIGN: dict[str, tuple[Callable[[], Any], str]] = {
    "pydantic": (lambda: Fits.model_validate({"number": DIARY}), "pydantic_core._pydantic_core.ValidationError"),
    "json": (
        lambda: Fits.model_validate_json(f'{{"{DIARY}": '),
        "pydantic_core._pydantic_core.ValidationError",
    ),
    "http": (RESPONSE.raise_for_status, "httpx2.HTTPStatusError"),
    "telegram": (
        raises(TelegramBadRequest(method=SendMessage(chat_id=1, text=DIARY), message=DIARY)),
        "aiogram.exceptions.TelegramBadRequest",
    ),
    "openai": (
        raises(openai.BadRequestError(DIARY, response=RESPONSE, body={"type": DIARY, "message": DIARY})),
        "openai.BadRequestError",
    ),
    "anthropic": (
        raises(anthropic.BadRequestError(DIARY, response=RESPONSE, body={"error": {"type": DIARY}})),
        "anthropic.BadRequestError",
    ),
    "key": (raises(KeyError(DIARY)), "builtins.KeyError"),
    "value": (lambda: int(DIARY), "builtins.ValueError"),
    "unicode": (lambda: DIARY.encode().decode("utf-16"), "builtins.UnicodeDecodeError"),
    "caused": (caused, "caused by pydantic_core._pydantic_core.ValidationError"),
    "several": (several, "caused by builtins.FileNotFoundError"),
    "attribute": (lambda: getattr(Fits, DIARY), "builtins.AttributeError"),
}
DATABASE = {
    "unique": ("SELECT 1 FROM told", "asyncpg.exceptions.UniqueViolationError"),
    "cast": (f"SELECT '{DIARY}'::int", "asyncpg.exceptions.InvalidTextRepresentationError"),
    "syntax": (f"SELECT {DIARY} FROM", "asyncpg.exceptions.PostgresSyntaxError"),
    "argument": ("SELECT $1::int", "asyncpg.exceptions.DataError"),
}
OWN: dict[str, tuple[Exception, str]] = {
    "known": (AnswerGone(), "AnswerGone: The answer is not in the database (any more)"),
    "question": (UnknownQuestion("No question loss.1"), "UnknownQuestion: No question loss.1"),
    "application": (ApplicationError("Busy until noon", type="Busy"), "Busy: Busy until noon"),
    "operator": (OperatorError("Set the\nbudget."), "OperatorError: Set the budget."),
}


class Failing:
    """Activities of which each fails."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def read(self, kind: str, _words: str) -> None:
        """Fails as an error of this kind does."""
        if kind in FOREIGN:
            FOREIGN[kind][0]()
        if kind in OWN:
            raise OWN[kind][0]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("CREATE TEMPORARY TABLE told (word text UNIQUE) ON COMMIT DROP")
            if kind == "unique":
                await connection.execute("INSERT INTO told VALUES ($1), ($1)", DIARY)
            await connection.execute(DATABASE[kind][0], *([DIARY] if kind == "argument" else []))

    @activity.defn
    async def take(self, taken: Fits) -> None:
        """Takes what it is not given."""


@workflow.defn(sandboxed=False)
class Reading:
    """Has one thing read and says that it failed."""

    @workflow.run
    async def run(self, kind: str, words: str) -> None:
        """Tries it twice."""
        try:
            await workflow.execute_activity(
                "take" if kind == "take" else "read",
                args=[{"number": words}] if kind == "take" else [kind, words],
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=RetryPolicy(maximum_attempts=2, initial_interval=timedelta(milliseconds=1)),
            )
        except ActivityError:
            workflow.logger.exception("It was not read")


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """The log of this process."""
    handlers, level, shown = logging.root.handlers[:], logging.root.level, warnings.showwarning
    hooks = sys.unraisablehook, threading.excepthook
    file = tmp_path / "process.log"
    handler = logging.FileHandler(file)
    log_to(handler)
    yield file
    handler.close()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    warnings.showwarning = shown
    sys.unraisablehook, threading.excepthook = hooks


def lines(log_file: Path) -> str:
    """What the log says."""
    return log_file.read_text(encoding="utf-8")


@asynccontextmanager
async def worker(
    namespace: TimeSkipper, pool: asyncpg.Pool, runner: WorkflowRunner | None = None
) -> AsyncIterator[Client]:
    """A real worker on a real server, whose core logs to the log of this process."""
    config = namespace.client.service_client.config
    client = await Client.connect(
        config.target_host,
        namespace=namespace.client.namespace,
        data_converter=DATA_CONVERTER,
        runtime=core_runtime(),
    )
    failing = Failing(pool)
    async with Worker(
        client,
        task_queue="failing",
        workflows=[Reading, Broken],
        activities=[failing.read, failing.take],
        workflow_runner=runner or UnsandboxedWorkflowRunner(),
    ):
        yield client


@pytest.mark.parametrize("kind", [*FOREIGN, *DATABASE, *OWN, "take"])
async def test_a_failing_activity_is_told_without_what_a_person_wrote(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, log_file: Path, kind: str
) -> None:
    async with worker(own_namespace, pool) as client:
        await client.execute_workflow(Reading.run, args=[kind, DIARY], id=SESSION, task_queue="failing")
    text = lines(log_file)
    assert DIARY not in text
    told = {name: told for name, (_, told) in (FOREIGN | DATABASE | OWN).items()}
    assert told.get(kind, "caused by pydantic_core._pydantic_core.ValidationError at ") in text
    for attempt in (1, 2) if kind not in ("known", "question") else (1,):
        # The SDK itself does not say which activity has arguments that it can't read.
        about = f"activity_type read, attempt {attempt}, workflow_id {SESSION}, " if kind != "take" else ""
        assert f"WARNING Completing activity as failed ({about}temporalio/worker/" in text
    # What the workflow says is ours; the error that it caught repeats what the activity's said.
    assert "ERROR It was not read" in text
    assert "as the server has it" in text


@pytest.mark.parametrize("runner", [UnsandboxedWorkflowRunner(), SandboxedWorkflowRunner()], ids=["plain", "sandbox"])
async def test_a_failing_workflow_task_is_told_without_what_a_person_wrote(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, log_file: Path, runner: WorkflowRunner
) -> None:
    async with worker(own_namespace, pool, runner) as client:
        handle = await client.start_workflow(Broken.run, DIARY, id=SESSION, task_queue="failing")
        async with asyncio.timeout(30):
            while "Failing workflow task" not in lines(log_file):
                await asyncio.sleep(0.05)
        await handle.terminate()
    text = lines(log_file)
    assert DIARY not in text
    assert "Failed activation on workflow … with ID … and run ID …" in text
    assert f"workflow_id {SESSION}" in text
    assert "builtins.ValueError at " in text


async def test_collectors_of_logs_get_the_same_as_json_with_workflow_person_and_trace(
    own_namespace: TimeSkipper, pool: asyncpg.Pool, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = TracerProvider()
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    logging.root.handlers[0].setFormatter(OwnWordsInJson())
    ref = user_ref(SecretStr("pepper"), "telegram:1")
    async with worker(own_namespace, pool) as client:
        await client.execute_workflow(Reading.run, args=["unique", DIARY], id=f"memory-{ref}-1", task_queue="failing")
    with provider.get_tracer("t").start_as_current_span("update") as span:
        logging.getLogger("library").warning("It says %s", DIARY)
    text = lines(log_file)
    assert DIARY not in text
    failed, *_, library = (json.loads(line) for line in text.splitlines())
    assert failed["message"] == "Completing activity as failed"
    about = {
        "level": "WARNING",
        "activity_type": "read",
        "attempt": 1,
        "workflow_id": f"memory-{ref}-1",
        "user_ref": ref,
    }
    assert failed | about == failed
    assert failed["error"].startswith("asyncpg.exceptions.UniqueViolationError at ")
    assert library["message"] == "It says %s"
    assert library["trace_id"] == f"{span.get_span_context().trace_id:032x}"


def test_what_python_itself_would_write_is_told_without_values(log_file: Path) -> None:
    class Stray:
        def __del__(self) -> None:
            raise ValueError(DIARY)

    warnings.warn(DIARY, UserWarning, stacklevel=1)
    Stray()
    thread = threading.Thread(target=raises(ValueError(DIARY)))
    thread.start()
    thread.join()
    logging.getLogger("library").warning("It says %s", DIARY)
    text = lines(log_file)
    assert DIARY not in text
    assert "UserWarning at " in text
    assert text.count("An error reached nobody: builtins.ValueError at ") == 2
    assert "WARNING It says %s (" in text


def test_an_error_that_causes_itself_is_described_once() -> None:
    one, other = ValueError(DIARY), KeyError(DIARY)
    one.__cause__, other.__cause__ = other, one
    assert described(one) == "builtins.ValueError\ncaused by builtins.KeyError"
