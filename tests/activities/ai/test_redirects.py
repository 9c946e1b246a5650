"""Where a person's words go: to the address that operators set, and nowhere else."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from temporalio.exceptions import ApplicationError

from activities.ai import errors
from activities.ai.usage import Usage
from schema.analysis.routing import Tier
from tests.activities.ai.conftest import KEY, Loopback
from tests.activities.ai.test_language_models import answer
from workers.ai_settings import AISettings
from workers.language_models import complaints_of, embedder, language_models


def settings(provider: str, url: str) -> AISettings:
    if provider == "openai":
        return AISettings(openai_key=SecretStr(KEY), openai_base_url=f"{url}/v1")
    return AISettings(anthropic_key=SecretStr(KEY), anthropic_base_url=url)


async def no_books(answer_id: str | None, usage: Usage) -> None:
    """These tests look at addresses only."""


@pytest.mark.usefixtures("no_servers")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_no_word_goes_where_an_address_sends_it_on_to_and_operators_learn_of_it(
    provider: str, status: int
) -> None:
    async with Loopback().running() as elsewhere:
        sends_on = Loopback(status=status, headers={"location": f"{elsewhere.url}/v1/responses"})
        async with sends_on.running(), language_models(settings(provider, sends_on.url), no_books) as models:
            [small] = [model.analyst for model in models if model.reader.tier is Tier.SMALL]
            with pytest.raises(ApplicationError) as failed:
                await small.deep(answer())
            complaints = await complaints_of(models)
    # It was asked, once by the reading, and nobody else was.
    assert sum("sketch every boat" in request for request in sends_on.heard) == 1
    assert elsewhere.heard == []
    assert (failed.value.type, failed.value.non_retryable) == (errors.REQUEST_REFUSED, True)
    told = f"sends on to another address (HTTP {status}), which is refused: check {provider.upper()}_BASE_URL"
    assert told in str(failed.value)
    assert len(complaints) == 1
    assert told in complaints[0]


@pytest.mark.usefixtures("no_servers")
async def test_no_text_is_embedded_elsewhere() -> None:
    async with Loopback().running() as elsewhere:
        sends_on = Loopback(status=307, headers={"location": elsewhere.url})
        async with sends_on.running(), embedder(settings("openai", sends_on.url), no_books) as openais:
            with pytest.raises(ApplicationError):
                await openais.embed(["zanzibar is full"])
    assert len(sends_on.heard) == 1
    assert elsewhere.heard == []
