"""Settings of language models: keys, the model of each tier, and the daily budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from activities.ai.prices import Prices, listed_prices
from activities.ai.providers import EMBEDDING_MODEL, OPENAI, PROVIDERS, VOICE_MODEL, reasoning_of
from schema.analysis.routing import Tier
from schema.environment import EnvironmentSettings, WebAddress
from schema.operator_error import OperatorError

Dollars = Annotated[Decimal, Field(ge=0)]


class ModelSettings(BaseModel, frozen=True):
    """One model: `SELFOLOGY_AI_SMALL__MODEL=openai/gpt-6-luna`, and the same for its other fields."""

    model: str = Field(default="", pattern=r"^[a-z]+/\S+$")
    """`provider/name`, as the provider calls it; unset is the default of the tier."""
    instant_effort: str | None = None
    """How long a reasoning model thinks about a reaction, in its provider's word; unset is the model's default here."""
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


class VoiceSettings(BaseModel, frozen=True):
    """The model that writes down voice messages: `SELFOLOGY_AI_VOICE__MODEL`, and the same for its prices."""

    model: str = Field(default=VOICE_MODEL, pattern=rf"^{OPENAI.slug}/\S+$")
    """`openai/name`: of the two providers, only OpenAI writes down recordings."""
    minute_price: Dollars | None = None
    """US dollars for a minute of sound, for a model whose list price `genai-prices` does not know."""

    @property
    def name(self) -> str:
        """The model, as its provider calls it."""
        return self.model.split("/", 1)[1]

    def prices(self) -> Prices:
        """Returns its prices. Raises `OperatorError` when there is none."""
        own = {} if self.minute_price is None else {"minute": self.minute_price}
        try:
            return listed_prices(self.model).model_copy(update=own)
        except LookupError:
            if not own:
                raise OperatorError(
                    f"No list price is known of {self.model}: set SELFOLOGY_AI_VOICE__MINUTE_PRICE, in US dollars."
                ) from None
            return Prices(input=Decimal(0), cached=Decimal(0), output=Decimal(0), **own)


# Current models of the installed SDKs. With both keys, neighbouring tiers have different providers for fallback.
_DEFAULTS = {
    ("openai", "anthropic"): {
        Tier.SMALL: "openai/gpt-6-luna",
        Tier.STANDARD: "anthropic/claude-sonnet-5-5",
        Tier.PREMIUM: "openai/gpt-6.1-sol",
    },
    ("openai",): {
        Tier.SMALL: "openai/gpt-6-luna",
        Tier.STANDARD: "openai/gpt-6.1-terra",
        Tier.PREMIUM: "openai/gpt-6.1-sol",
    },
    ("anthropic",): {
        Tier.SMALL: "anthropic/claude-haiku-5-5",
        Tier.STANDARD: "anthropic/claude-sonnet-5-5",
        Tier.PREMIUM: "anthropic/claude-opus-5-5",
    },
    (): {},
}


class AISettings(EnvironmentSettings):
    """Settings of language models. With no key at all, the offline analyst reads everything."""

    model_config = SettingsConfigDict(env_prefix="SELFOLOGY_AI_", env_nested_delimiter="__")

    openai_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    """The key of OpenAI's API."""
    openai_base_url: WebAddress | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    """Another address of OpenAI's API, such as a proxy's."""
    anthropic_key: SecretStr | None = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    """The key of Anthropic's API."""
    anthropic_base_url: WebAddress | None = Field(default=None, validation_alias="ANTHROPIC_BASE_URL")
    """Another address of Anthropic's API, such as a proxy's."""
    small: ModelSettings = ModelSettings()
    """The model that writes reactions and reads simple answers: quick and cheap."""
    standard: ModelSettings = ModelSettings()
    """The model that reads most answers."""
    premium: ModelSettings = ModelSettings()
    """The model that reads the most complex answers."""
    voice: VoiceSettings = VoiceSettings()
    """The model that writes down voice messages, where OpenAI's key is set."""
    voice_key: SecretStr | None = None
    """A key of OpenAI's API for voice messages alone, which may be allowed to do no more; unset is OPENAI_API_KEY."""
    daily_budget: Dollars | None = None
    """US dollars a day (UTC). At 80 % only the small tier reads, at 100 % the offline analyst; unset is no limit."""

    def key_of(self, provider: str) -> SecretStr | None:
        """The key of a provider, if one is set."""
        return {"openai": self.openai_key, "anthropic": self.anthropic_key}[provider]

    @property
    def known_voice_key(self) -> SecretStr | None:
        """The key by which voice messages are written down, if there is one."""
        return self.voice_key or self.openai_key

    @property
    def tiers(self) -> dict[Tier, ModelSettings]:
        """The model of each tier, with defaults for unset fields. Empty without keys. Raises `OperatorError`."""
        defaults = _DEFAULTS[tuple(slug for slug in PROVIDERS if self.key_of(slug))]
        said = {Tier.SMALL: self.small, Tier.STANDARD: self.standard, Tier.PREMIUM: self.premium}
        tiers: dict[Tier, ModelSettings] = {}
        for tier, own in said.items():
            if model := own.model or defaults.get(tier):
                tiers[tier] = self._filled(_variable(tier), model, own)
        return tiers

    def _filled(self, variable: str, model: str, own: ModelSettings) -> ModelSettings:
        provider = PROVIDERS.get(model.split("/", 1)[0])
        if provider is None:
            raise OperatorError(
                f"{variable}__MODEL: takes a model of {' or '.join(PROVIDERS)}, such as openai/gpt-6-luna."
            )
        if not self.key_of(provider.slug):
            raise OperatorError(f"{variable}__MODEL: {model} needs a key; set {provider.key_setting}.")
        efforts = reasoning_of(model)
        filled = own.model_copy(
            update={
                "model": model,
                "instant_effort": own.instant_effort or efforts.instant_effort,
                "deep_effort": own.deep_effort or efforts.deep_effort,
            }
        )
        for name in ("instant_effort", "deep_effort"):
            if getattr(filled, name) not in (None, *provider.efforts):
                words = " or ".join(provider.efforts)
                raise OperatorError(f"{variable}__{name.upper()}: takes {words} with a model of {provider.name}.")
        return filled

    def prices(self) -> dict[str, Prices]:
        """Returns the prices of every configured model. Raises `OperatorError` when one has none."""
        embedding = {EMBEDDING_MODEL: listed_prices(EMBEDDING_MODEL)} if self.openai_key else {}
        voice = {self.voice.model: self.voice.prices()}
        return {**embedding, **voice, **{model.model: _prices(tier, model) for tier, model in self.tiers.items()}}


def _prices(tier: Tier, model: ModelSettings) -> Prices:
    said = {"input": model.input_price, "cached": model.cached_price, "output": model.output_price}
    own = {kind: price for kind, price in said.items() if price is not None}
    try:
        return listed_prices(model.model).model_copy(update=own)
    except LookupError:
        if not {"input", "output"} <= own.keys():
            raise OperatorError(
                f"No list price is known of {model.model}: set {_variable(tier)}__INPUT_PRICE and"
                f" {_variable(tier)}__OUTPUT_PRICE, in US dollars for a million tokens."
            ) from None
        return Prices(**{"cached": own["input"], **own})


def _variable(tier: Tier) -> str:
    """Returns the prefix of a tier's environment variables."""
    return f"SELFOLOGY_AI_{tier.upper()}"
