"""Token prices. They come from `genai-prices`, or from settings for models that it does not know."""

from __future__ import annotations

from decimal import Decimal

from genai_prices import Usage as Tokens
from genai_prices import calc_price

from activities.ai.usage import Usage
from schema.base_model import Model

_MILLION = Decimal(1_000_000)
# Prices may rise with the length of a request; ours are short.
_SHORT = 1000
_AN_HOUR = Tokens(audio_seconds=3600, input_audio_seconds=3600)


class Prices(Model):
    """US dollars for a million tokens."""

    input: Decimal
    cached: Decimal
    """Input read from the provider's cache."""
    output: Decimal
    written: Decimal | None = None
    """Input written into the provider's cache; None if it costs the same as other input."""
    minute: Decimal = Decimal(0)
    """US dollars for a minute of sound."""

    def cost(self, usage: Usage) -> Decimal:
        """US dollars for one request."""
        written = self.input if self.written is None else self.written
        dollars = (
            (usage.tokens_in - usage.tokens_cached - usage.tokens_written) * self.input
            + usage.tokens_cached * self.cached
            + usage.tokens_written * written
            + usage.tokens_out * self.output
        )
        return dollars / _MILLION + Decimal(usage.seconds) / 60 * self.minute


def listed_prices(analyst: str) -> Prices:
    """The list prices of a model named `provider/model`. Raises `LookupError` when they are not known."""
    provider, model = analyst.split("/", 1)

    def dollars(tokens: Tokens) -> Decimal:
        return calc_price(tokens, model, provider_id=provider).total_price * _MILLION / _SHORT

    return Prices(
        input=dollars(Tokens(input_tokens=_SHORT)),
        cached=dollars(Tokens(input_tokens=_SHORT, cache_read_tokens=_SHORT)),
        output=dollars(Tokens(output_tokens=_SHORT)),
        written=dollars(Tokens(input_tokens=_SHORT, cache_write_tokens=_SHORT)),
        minute=calc_price(_AN_HOUR, model, provider_id=provider).total_price / 60,
    )
