"""What a model says that may not be said reaches neither a person nor a table; the session goes on as ever."""

from __future__ import annotations

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment

from activities.account.person_export import PostgresPersonExports
from activities.safety.second_net import Net
from schema.deliveries import Feedback, Question
from schema.encrypted_columns import INSIGHT, PATTERN
from schema.onboarding.bank import BankQuestion
from tests.activities.ai.test_withheld import OVERSTEPPING, WITHHELD
from tests.analysis.test_provider_outages import (
    BOATS,
    Providers,
    analysts,
    any_machine,
    model,
    own_env,
    providers,
    selfology,
    story,
)
from tests.keys import encryption, readable

__all__ = ["any_machine", "own_env", "providers"]


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
@pytest.mark.usefixtures("any_machine")
async def test_it_reaches_neither_person_nor_table(
    own_env: WorkflowEnvironment,
    pool: asyncpg.Pool,
    bank: list[BankQuestion],
    net: Net,
    providers: Providers,
    *,
    provider: str,
) -> None:
    for name in OVERSTEPPING:
        only = model(f"{provider}/{name}")
        async with selfology(own_env, pool, bank, net, providers, small=only, standard=only, premium=only) as people:
            person = people.person()
            await person.begins()
            await person.says(BOATS)
            feedback = await person.sees(Feedback)
            await person.sees(Question)
            # The model was paid for, its other findings count, and nobody else was asked.
            assert await analysts(pool, person, 1) == {f"{provider}/{name}": 1}
            told = await story(person)
            await person.stops()
            await person.outcome()
            rows = await pool.fetch("SELECT * FROM analysis_system.analyses WHERE user_ref = $1", person.user_ref)
        assert feedback.offline
        assert feedback.text
        assert not [line for line in told if line.startswith("failed: ")]
        (insights,) = await readable(rows, INSIGHT, PATTERN)
        assert insights["insight"] is None
        assert "noticing small beauty" in str(insights["patterns"])
        kept = (await PostgresPersonExports(pool, encryption().columns).of(person.user_ref)).model_dump_json()
        assert not [words for words in WITHHELD if words in feedback.text + kept]
