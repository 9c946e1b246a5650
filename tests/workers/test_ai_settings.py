"""What operators set of language models, what is filled in, and what they are told of what can't work."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from activities.ai.prices import Prices, listed_prices
from schema.analysis.routing import Tier
from schema.operator_error import OperatorError
from workers.ai_settings import AISettings, ModelSettings

Configure = Callable[..., AISettings]


@pytest.fixture
def configured(no_servers: None, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Settings with OpenAI's key, and what a test sets of the small model and of other variables."""

    def configure(small: dict[str, str] | None = None, **variables: str) -> AISettings:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
        for name, value in (small or {}).items():
            monkeypatch.setenv(f"SELFOLOGY_AI_SMALL__{name}", value)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return AISettings()

    return configure


def thinks(model: ModelSettings) -> tuple[str, str | None, str | None]:
    return model.model, model.instant_effort, model.deep_effort


@pytest.mark.parametrize(
    ("small", "filled"),
    [
        ({}, ("openai/gpt-6-luna", "none", "low")),
        ({"MODEL": "openai/gpt-6-luna"}, ("openai/gpt-6-luna", "none", "low")),
        ({"MODEL": ""}, ("openai/gpt-6-luna", "none", "low")),
        ({"DEEP_EFFORT": "high"}, ("openai/gpt-6-luna", "none", "high")),
        ({"MODEL": "openai/gpt-6.1-sol", "INSTANT_EFFORT": "medium"}, ("openai/gpt-6.1-sol", "medium", "medium")),
        ({"MODEL": "openai/unknown"}, ("openai/unknown", None, None)),
        ({"MODEL": "openai/unknown", "DEEP_EFFORT": "high"}, ("openai/unknown", None, "high")),
    ],
)
def test_what_is_set_goes_over_the_defaults_and_leaves_the_rest(
    configured: Configure, small: dict[str, str], filled: tuple[str, str | None, str | None]
) -> None:
    tiers = configured(small).tiers
    assert thinks(tiers[Tier.SMALL]) == filled
    assert thinks(tiers[Tier.STANDARD]) == ("openai/gpt-6.1-terra", "none", "low")


def test_without_a_key_there_are_no_models_whatever_else_is_set(configured: Configure) -> None:
    assert configured({"DEEP_EFFORT": "high"}, OPENAI_API_KEY="").tiers == {}


def test_a_price_goes_over_the_list_alone(configured: Configure) -> None:
    listed = listed_prices("openai/gpt-6-luna")
    prices = configured({"INPUT_PRICE": "2"}).prices()["openai/gpt-6-luna"]
    assert prices == listed.model_copy(update={"input": Decimal(2)})


def test_a_model_that_no_list_knows_costs_what_is_set(configured: Configure) -> None:
    small = {"MODEL": "openai/zanzibar", "INPUT_PRICE": "2", "OUTPUT_PRICE": "4"}
    prices = configured(small).prices()["openai/zanzibar"]
    assert prices == Prices(input=Decimal(2), cached=Decimal(2), output=Decimal(4))


@pytest.mark.parametrize(
    ("small", "told"),
    [
        (
            {"INSTANT_EFFORT": "fast"},
            "SELFOLOGY_AI_SMALL__INSTANT_EFFORT: takes none or minimal or low or medium or high or xhigh or max"
            " with a model of OpenAI.",
        ),
        ({"DEEP_EFFORT": "Low"}, "SELFOLOGY_AI_SMALL__DEEP_EFFORT: takes none or"),
        (
            {"MODEL": "anthropic/claude-haiku-5-5", "INSTANT_EFFORT": "none"},
            "SELFOLOGY_AI_SMALL__INSTANT_EFFORT: takes low or medium or high or xhigh or max with",
        ),
        ({"INPUT_PRICE": "much"}, "SELFOLOGY_AI_SMALL__INPUT_PRICE: "),
        ({"MODEL": "mistral/large"}, "SELFOLOGY_AI_SMALL__MODEL: takes a model of openai or anthropic"),
        ({"MODEL": "openai/zanzibar", "INPUT_PRICE": "2"}, "SELFOLOGY_AI_SMALL__OUTPUT_PRICE"),
    ],
)
def test_what_cannot_work_names_its_variable_and_what_it_takes(
    configured: Configure, small: dict[str, str], told: str
) -> None:
    with pytest.raises(OperatorError) as refused:
        configured(small, ANTHROPIC_API_KEY="sk-none").prices()
    assert told in str(refused.value)


def test_a_model_whose_provider_has_no_key_names_both(configured: Configure) -> None:
    with pytest.raises(OperatorError) as refused:
        _ = configured({"MODEL": "anthropic/claude-haiku-5-5"}).tiers
    assert "SELFOLOGY_AI_SMALL__MODEL: anthropic/claude-haiku-5-5 needs a key; set ANTHROPIC_API_KEY" in str(
        refused.value
    )
