"""What an operator reads of keys, models and costs on the command line."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import asyncpg
import pytest
from aiohttp import web

from activities.ai.prices import Prices
from activities.ai.usage import Usage
from activities.analysis.model_usage import ModelCalls
from tests.chaos.test_a_killed_conversation import window
from tests.stack.conftest import Said, one_line
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

Run = Callable[..., Said]
Doctor = Callable[[], Awaitable[Said]]

GOOD = "sk-good-0000"


@pytest.fixture
async def providers() -> AsyncIterator[str]:
    """Both providers' model lists, as documented: they know `known` and what transcribes, to the good key."""

    async def model(request: web.Request) -> web.Response:
        key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if key != GOOD:
            return web.json_response({"error": {"message": f"Incorrect API key {key}"}}, status=401)
        name = request.match_info["name"]
        if name == "restricted":
            return web.json_response({"error": {"message": "missing scopes: api.model.read"}}, status=403)
        if name not in ("known", "gpt-transcribe"):
            return web.json_response({"error": {"message": "no such model", "code": "model_not_found"}}, status=404)
        return web.json_response({"id": name, "type": "model", "object": "model"})

    app = web.Application()
    app.router.add_get("/v1/models/{name}", model)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


@pytest.fixture
def models(providers: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Configures one small OpenAI model and one standard Anthropic model."""

    def configure(*, small: str = "known", openai: str = GOOD, anthropic: str = GOOD) -> None:
        for name, value in {
            "OPENAI_API_KEY": openai,
            "OPENAI_BASE_URL": f"{providers}/v1",
            "ANTHROPIC_API_KEY": anthropic,
            "ANTHROPIC_BASE_URL": providers,
            "SELFOLOGY_AI_SMALL__MODEL": f"openai/{small}",
            "SELFOLOGY_AI_STANDARD__MODEL": "anthropic/known",
            "SELFOLOGY_AI_PREMIUM__MODEL": "anthropic/known",
            "SELFOLOGY_AI_DAILY_BUDGET": "5",
            **{
                f"SELFOLOGY_AI_{tier}__{price}_PRICE": "2"
                for tier in ("SMALL", "STANDARD", "PREMIUM")
                for price in ("INPUT", "OUTPUT")
            },
        }.items():
            monkeypatch.setenv(name, value)

    return configure


@pytest.fixture
def doctor(in_process: Run, there: dict[str, str]) -> Doctor:
    """The doctor of this test run's servers, beside the providers."""
    return lambda: asyncio.to_thread(in_process, "doctor", **there)


async def test_the_doctor_finds_everything_well(
    doctor: Doctor, models: Callable[..., None], pool: asyncpg.Pool
) -> None:
    await pool.execute("TRUNCATE analysis_system.model_calls")
    models()
    said = await doctor()
    assert said.code == 0, said.errors
    assert "ok     Keys and models are accepted" in said.output
    assert "standard    anthropic/known, $2 in, $2 out for a million tokens" in said.output
    assert "Coach       anthropic/known replies first; at most $1 a day for a person" in said.output
    assert "Today: $0.0000 of $5.00; all tiers read." in said.output


async def test_the_doctor_names_the_variable_of_a_wrong_key_and_not_the_key(
    doctor: Doctor, models: Callable[..., None]
) -> None:
    models(anthropic="sk-wrong-1111")
    said = await doctor()
    assert said.code == 2
    wrong = [line for line in said.output.splitlines() if line.startswith("wrong")]
    # One line, although two tiers have that key.
    assert wrong == ["wrong  Anthropic refused the key (HTTP 401): check ANTHROPIC_API_KEY."]
    assert "sk-wrong" not in said.all


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        ("openai/zanzibar", ["wrong  OpenAI refused the request (HTTP 404): check SELFOLOGY_AI_VOICE__MODEL."]),
        # A key that may transcribe and nothing else.
        ("openai/restricted", []),
    ],
)
async def test_the_doctor_looks_at_the_model_of_voice_messages(
    doctor: Doctor, models: Callable[..., None], monkeypatch: pytest.MonkeyPatch, model: str, wrong: list[str]
) -> None:
    models()
    monkeypatch.setenv("SELFOLOGY_AI_VOICE__MODEL", model)
    monkeypatch.setenv("SELFOLOGY_AI_VOICE__MINUTE_PRICE", "0.01")
    said = await doctor()
    assert [line for line in said.output.splitlines() if line.startswith("wrong")] == wrong
    assert f"Voice       {model}, $0.01 for a minute" in said.output


async def test_the_doctor_names_a_model_that_is_not_there(doctor: Doctor, models: Callable[..., None]) -> None:
    models(small="zanzibar")
    said = await doctor()
    assert "OpenAI refused the request (HTTP 404, model_not_found): check the model's name" in said.output
    assert said.code == 2


async def test_a_wrong_key_is_told_at_start_and_stops_nobody(
    home: Home, models: Callable[..., None], capfd: pytest.CaptureFixture[str]
) -> None:
    models(openai="sk-wrong-1111")
    async with joined_stack(Settings()) as stack:
        assert stack.complaints == ["OpenAI refused the key (HTTP 401): check OPENAI_API_KEY."]
        async with window() as shown:
            await shown.shows("Shall we begin")
    # Beside the conversation: the person on the screen is not who set the keys.
    assert "selfology: OpenAI refused the key (HTTP 401): check OPENAI_API_KEY." in capfd.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("SELFOLOGY_AI_SMALL__MODEL", "openai/zanzibar", "SELFOLOGY_AI_SMALL__INPUT_PRICE"),
        ("SELFOLOGY_AI_STANDARD__MODEL", "anthropic/claude-sonnet-5-5", "set ANTHROPIC_API_KEY"),
        ("SELFOLOGY_AI_SMALL__MODEL", "mistral/large", "takes a model of openai or anthropic"),
        ("SELFOLOGY_AI_SMALL__INSTANT_EFFORT", "fast", "SELFOLOGY_AI_SMALL__INSTANT_EFFORT: takes none or"),
        ("SELFOLOGY_AI_DAILY_BUDGET", "much", "SELFOLOGY_AI_DAILY_BUDGET"),
    ],
)
def test_a_setting_that_cannot_work_gets_one_line(in_process: Run, variable: str, value: str, told: str) -> None:
    line = one_line(in_process("doctor", OPENAI_API_KEY=GOOD, **{variable: value}))
    assert told in line


async def test_costs_are_shown_by_model_day_and_task(
    in_process: Run, there: dict[str, str], pool: asyncpg.Pool
) -> None:
    prices = {"openai/known": Prices(input=Decimal(2), cached=Decimal(2), output=Decimal(4))}
    used = Usage(
        analyst="openai/known",
        task="deep",
        prompt_version="deep.en@2",
        tokens_in=1_000_000,
        tokens_out=500_000,
        tokens_cached=0,
        latency_ms=1234,
    )
    await pool.execute("TRUNCATE analysis_system.model_calls")
    assert "No language model has been asked" in (await asyncio.to_thread(in_process, "costs", **there)).output
    for task in ("deep", "instant"):
        await ModelCalls(pool, prices).record(str(uuid.uuid4()), used.model_copy(update={"task": task}))
    by_task = (await asyncio.to_thread(in_process, "costs", "--by", "task", **there)).output
    by_model = (await asyncio.to_thread(in_process, "costs", "--by", "model", **there)).output
    assert [line.split() for line in by_task.splitlines() if line.startswith(("deep", "all"))] == [
        ["deep", "1", "1,000,000", "500,000", "1,234", "4.0000"],
        ["all", "2", "8.0000"],
    ]
    assert "openai/known" in by_model
    assert "Today: $8.0000; no daily budget is set" in by_model
