"""The talks of five weeks with language models on both providers' wires: what reaches them, and what comes of what they say.

The models follow a script (`scripted_coach.py`), so nothing here shows how well one talks.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment

from activities.safety.second_net import Net
from schema.coaching.agreements import StepAct
from schema.encrypted_columns import MEMORY
from schema.onboarding.bank import BankQuestion
from tests.analysis.test_provider_outages import model, own_env, selfology
from tests.coaching.scripted_coach import MADE_UP, Given, ScriptedCoach
from tests.coaching.scripted_providers import ScriptedProviders
from tests.coaching.scripts import LongTalk, long_talks, scenes
from tests.coaching.test_weeks import is_sound, named
from tests.coaching.weeks import WeeksOfTalk
from tests.keys import readable
from tests.people.person import People

__all__ = ["own_env"]

TIERS = {"small": "openai", "standard": "anthropic", "premium": "openai"}
OUTAGE = 4
"""In this week the first provider is away."""


class WeeksWithModels(WeeksOfTalk):
    """Each week is a conversation of its own, so that a model knows the weeks before by what is remembered alone."""

    def __init__(self, people: People, talk: LongTalk, providers: ScriptedProviders) -> None:
        super().__init__(people, talk)
        self._providers = providers

    async def _week_passes(self, week: int) -> None:
        await super()._week_passes(week)
        await self.talker.begins_topic()
        if week == OUTAGE:
            await self._providers.goes_down("anthropic")
        elif week == OUTAGE + 1:
            await self._providers.comes_back("anthropic")
        import time

        print(week, time.time())  # noqa


def lines(given: Given, part: str) -> str:
    """The text of a part of what a model was given."""
    return "\n".join(given.parts.get(part, []))


@pytest.mark.long
@pytest.mark.parametrize("talk", long_talks(), ids=named)
async def test_what_was_told_in_the_first_week_reaches_the_models_of_the_fifth(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, talk: LongTalk
) -> None:
    coach = ScriptedCoach(scenes())
    providers = ScriptedProviders(coach)
    for name in ("anthropic", "openai"):
        await providers.comes_back(name)
    models = {tier: model(f"{name}/scripted", "0.01") for tier, name in TIERS.items()}
    async with selfology(own_env, pool, bank, net, providers, **models) as people:
        weeks = WeeksWithModels(people, talk, providers)
        course = await weeks.hold()
        await is_sound(people, weeks, talk)
        rows = await pool.fetch("SELECT * FROM coach_system.memories WHERE user_ref = $1", weeks.talker.user_ref)
        memories = await readable(rows, MEMORY)
    await providers.close()
    import time  # noqa

    print(coach.stopped, Counter(coach.asked), course.faults(talk), course.asked)  # noqa
    for said in course.said:
        print(said.week, said.turn, said.text[:80], "|", said.reply, said.step)  # noqa
    print([(m["text"], m["closed_at"] is not None) for m in memories])
