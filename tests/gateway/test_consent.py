"""What a person agrees to names who reads along."""

from __future__ import annotations

import pytest

from gateway.presentation.consent import consent_text
from gateway.presentation.texts.texts import Texts
from schema.deliveries import ConsentRequest
from schema.vocabulary import Locale


@pytest.mark.parametrize(
    ("locale", "readers", "told"),
    [
        (Locale.RU, ["OpenAI"], "читают языковые модели OpenAI:"),
        (Locale.RU, ["OpenAI", "Anthropic"], "читают языковые модели OpenAI и Anthropic:"),
        (Locale.RU, [], "языковым моделям они не передаются"),
        (Locale.EN, ["OpenAI", "Anthropic"], "Language models from OpenAI and Anthropic read your answers"),
        (Locale.EN, [], "they aren't passed to any language model"),
    ],
)
def test_consent_names_who_reads_along(locale: Locale, readers: list[str], told: str) -> None:
    assert told in consent_text(ConsentRequest(planned=12, readers=readers), Texts(locale))
