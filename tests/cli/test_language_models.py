"""What an operator reads of keys, models and costs on the command line."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from decimal import Decimal

import asyncpg
import pytest
from aiohttp import web

from activities.ai.prices import Prices
from activities.ai.usage import Usage
from activities.database.model_calls import ModelCalls
from tests.chaos.test_a_killed_conversation import window
from tests.stack.conftest import CommandResult, one_line
from workers.settings import Settings
from workers.stack.home import Home
from workers.stack.join import joined_stack

Run = Callable[..., CommandResult]

GOOD = "sk-good-0000"


@pytest.fixture
async def providers() -> AsyncIterator[str]:
    """Both providers' model lists, as documented: they know `known`, to whoever has the good key."""

    async def model(request: web.Request) -> web.Response:
        key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if key != GOOD:
            return web.json_response({"error": {"message": f"Incorrect API key {key}"}}, status=401)
        name = request.match_info["name"]
        if name != "known":
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


async def test_the_doctor_finds_everything_well(home: Home, selfology: Run, models: Callable[..., None]) -> None:
    models()
    result = await asyncio.to_thread(selfology, "doctor")
    assert result.returncode == 0, result.stderr
    assert "ok     Keys and models are accepted" in result.stdout
    assert "standard    anthropic/known, $2 in, $2 out for a million tokens" in result.stdout
    assert "Today: $0.0000 of $5.00; all tiers read." in result.stdout


async def test_the_doctor_names_the_variable_of_a_wrong_key_and_not_the_key(
    home: Home, selfology: Run, models: Callable[..., None]
) -> None:
    models(anthropic="sk-wrong-1111")
    result = await asyncio.to_thread(selfology, "doctor")
    assert result.returncode == 2
    wrong = [line for line in result.stdout.splitlines() if line.startswith("wrong")]
    # One line, although two tiers have that key.
    assert wrong == ["wrong  Anthropic refused the key (HTTP 401): check ANTHROPIC_API_KEY."]
    assert "sk-wrong" not in result.stdout + result.stderr


async def test_the_doctor_names_a_model_that_is_not_there(
    home: Home, selfology: Run, models: Callable[..., None]
) -> None:
    models(small="zanzibar")
    result = await asyncio.to_thread(selfology, "doctor")
    assert "OpenAI refused the request (HTTP 404, model_not_found): check the model's name" in result.stdout
    assert result.returncode == 2


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
def test_a_setting_that_cannot_work_gets_one_line(
    home: Home, selfology: Run, variable: str, value: str, told: str
) -> None:
    line = one_line(selfology("doctor", OPENAI_API_KEY=GOOD, **{variable: value}))
    assert told in line


async def test_costs_are_shown_by_model_day_and_task(home: Home, selfology: Run) -> None:
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
    async with joined_stack(Settings()) as stack:
        assert "No language model has been asked" in (await asyncio.to_thread(selfology, "costs")).stdout
        async with asyncpg.create_pool(stack.database_url, min_size=1, max_size=1) as pool:
            for task in ("deep", "instant"):
                await ModelCalls(pool, prices).enter(str(uuid.uuid4()), used.model_copy(update={"task": task}))
        by_task = (await asyncio.to_thread(selfology, "costs", "--by", "task")).stdout
        by_model = (await asyncio.to_thread(selfology, "costs", "--by", "model")).stdout
    assert [line.split() for line in by_task.splitlines() if line.startswith(("deep", "all"))] == [
        ["deep", "1", "1,000,000", "500,000", "1,234", "4.0000"],
        ["all", "2", "8.0000"],
    ]
    assert "openai/known" in by_model
    assert "Today: $8.0000; no daily budget is set" in by_model
