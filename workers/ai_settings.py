"""Settings of language models: keys, which model reads in which tier, and what a day may cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from activities.ai.prices import Prices, listed_prices
from activities.ai.providers import EMBEDDING_MODEL, PROVIDERS
from schema.analysis import Tier
from workers.errors import OperatorError
from workers.settings import EnvironmentSettings

Dollars = Annotated[Decimal, Field(ge=0)]


class ModelSettings(BaseModel, frozen=True):
    """One model: `SELFOLOGY_AI_SMALL__MODEL=openai/gpt-6-luna`, and the same for its other fields."""

    model: str = Field(pattern=r"^[a-z]+/\S+$")
    """`provider/name`, as the provider calls it."""
    instant_effort: str | None = None
    """How long a reasoning model thinks about a reaction, in its provider's word; unset for models that don't."""
    deep_effort: str | None = None
    """The same for the deep analysis, which must be done within 25 s."""
    input_price: Dollars | None = None
    """US dollars for a million tokens. The list prices of models that `genai-prices` knows need not be set."""
    cached_price: Dollars | None = None
    output_price: Dollars | None = None

    @property
    def provider(self) -> str:
        """The first part of the name."""
        return self.model.split("/", 1)[0]

    @property
    def name(self) -> str:
        """The model, as its provider calls it."""
        return self.model.split("/", 1)[1]


def _openai(name: str, deep: str) -> ModelSettings:
    return ModelSettings(model=f"openai/{name}", instant_effort="none", deep_effort=deep)


def _anthropic(name: str) -> ModelSettings:
    return ModelSettings(model=f"anthropic/{name}")


# Current models of the installed SDKs. With both keys the tiers alternate, so that each falls to another provider.
_LUNA, _TERRA, _SOL = _openai("gpt-6-luna", "low"), _openai("gpt-6.1-terra", "low"), _openai("gpt-6.1-sol", "medium")
_SONNET = _anthropic("claude-sonnet-5-5")
_DEFAULTS = {
    ("openai", "anthropic"): {Tier.SMALL: _LUNA, Tier.STANDARD: _SONNET, Tier.PREMIUM: _SOL},
    ("openai",): {Tier.SMALL: _LUNA, Tier.STANDARD: _TERRA, Tier.PREMIUM: _SOL},
    ("anthropic",): {
        Tier.SMALL: _anthropic("claude-haiku-5-5"),
        Tier.STANDARD: _SONNET,
        Tier.PREMIUM: _anthropic("claude-opus-5-5"),
    },
    (): {},
}


class AISettings(EnvironmentSettings):
    """Settings of language models. With no key at all, the offline analyst reads everything."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_AI_", env_nested_delimiter="__")

    openai_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    """The key of OpenAI's API."""
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    """Another address of OpenAI's API, such as a proxy's."""
    anthropic_key: SecretStr | None = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    """The key of Anthropic's API."""
    anthropic_base_url: str | None = Field(default=None, validation_alias="ANTHROPIC_BASE_URL")
    """Another address of Anthropic's API, such as a proxy's."""
    small: ModelSettings | None = None
    """The model that writes reactions and reads simple answers: quick and cheap."""
    standard: ModelSettings | None = None
    """The model that reads most answers."""
    premium: ModelSettings | None = None
    """The model that reads the most complex answers."""
    daily_budget: Dollars | None = None
    """US dollars a day (UTC). At 80 % only the small tier reads, at 100 % the offline analyst; unset is no limit."""

    @field_validator("small", "standard", "premium")
    @classmethod
    def _known_provider(cls, model: ModelSettings | None, info: ValidationInfo) -> ModelSettings | None:
        if model is not None and model.provider not in PROVIDERS:
            raise ValueError(f"takes a model of {' or '.join(PROVIDERS)}, such as openai/gpt-6-luna")
        return model

    def key_of(self, provider: str) -> SecretStr | None:
        """The key of a provider, if one is set."""
        return {"openai": self.openai_key, "anthropic": self.anthropic_key}[provider]

    @property
    def tiers(self) -> dict[Tier, ModelSettings]:
        """The model of each tier; empty without keys. Raises `OperatorError` when a model's provider has no key."""
        chosen = {Tier.SMALL: self.small, Tier.STANDARD: self.standard, Tier.PREMIUM: self.premium}
        with_key = tuple(slug for slug in PROVIDERS if self.key_of(slug))
        tiers = {**_DEFAULTS[with_key], **{tier: model for tier, model in chosen.items() if model}}
        for tier, model in tiers.items():
            if model.provider not in with_key:
                setting = PROVIDERS[model.provider].key_setting
                raise OperatorError(f"SELFOLOGY_AI_{tier.upper()}: {model.model} needs a key; set {setting}.")
        return tiers

    def prices(self) -> dict[str, Prices]:
        """The prices of every model that is asked. Raises `OperatorError` when one has none."""
        embedding = {EMBEDDING_MODEL: listed_prices(EMBEDDING_MODEL)} if self.openai_key else {}
        return {**embedding, **{model.model: _prices(tier, model) for tier, model in self.tiers.items()}}


def _prices(tier: Tier, model: ModelSettings) -> Prices:
    if model.input_price is not None and model.output_price is not None:
        cached = model.input_price if model.cached_price is None else model.cached_price
        return Prices(input=model.input_price, cached=cached, output=model.output_price)
    try:
        return listed_prices(model.model)
    except LookupError:
        variable = f"SELFOLOGY_AI_{tier.upper()}"
        raise OperatorError(
            f"No list price is known of {model.model}: set {variable}__INPUT_PRICE and {variable}__OUTPUT_PRICE,"
            " in US dollars for a million tokens."
        ) from None
