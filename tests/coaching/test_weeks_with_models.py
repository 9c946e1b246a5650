"""The talks of five weeks with language models on both providers' wires: what reaches them, and what comes of it.

The models follow a script (`scripted_coach.py`), so nothing here shows how well one talks.
"""

from __future__ import annotations

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment

from activities.safety.second_net import Net
from schema.coaching.agreements import StepAct
from schema.encrypted_columns import MEMORY
from schema.onboarding.bank import BankQuestion
from tests.analysis.test_provider_outages import model, own_env, selfology
from tests.coaching.scripted_coach import MADE_UP, ScriptedCoach, failed, known
from tests.coaching.scripted_providers import ScriptedProviders
from tests.coaching.scripts import LongTalk, long_talks, scenes
from tests.coaching.test_weeks import is_sound, named
from tests.coaching.weeks import WeeksOfTalk
from tests.keys import readable
from tests.people.person import People

__all__ = ["own_env"]

OUTAGE = 4
"""In this week the first provider is away in some talks."""


class WeeksWithModels(WeeksOfTalk):
    """Each week is a conversation of its own, so that a model knows the weeks before by what is remembered alone."""

    def __init__(self, people: People, talk: LongTalk, providers: ScriptedProviders, *, outage: bool) -> None:
        super().__init__(people, talk)
        self._providers = providers
        self._outage = outage

    async def _week_passes(self, week: int) -> None:
        await super()._week_passes(week)
        await self.talker.begins_topic()
        if self._outage and week == OUTAGE:
            await self._providers.goes_down("anthropic")
        elif self._outage and week == OUTAGE + 1:
            await self._providers.comes_back("anthropic")


@pytest.mark.long
@pytest.mark.parametrize("talk", long_talks(), ids=named)
async def test_what_was_told_in_the_first_week_reaches_the_models_of_the_fifth(
    own_env: WorkflowEnvironment, pool: asyncpg.Pool, bank: list[BankQuestion], net: Net, talk: LongTalk
) -> None:
    played = scenes()[talk.id]
    coach = ScriptedCoach(played)
    providers = ScriptedProviders(coach)
    for name in ("anthropic", "openai"):
        await providers.comes_back(name)
    # A second of outage takes a reply two; one talk a language shows enough of it.
    outage = talk.id in ("en_talk_nell", "ru_talk_pyotr")
    standard, small = ("anthropic", "openai") if outage else ("openai", "anthropic")
    models = {
        "small": model(f"{small}/scripted", "0.01"),
        "standard": model(f"{standard}/scripted", "0.01"),
        "premium": model(f"{standard}/scripted", "0.01"),
    }
    async with selfology(own_env, pool, bank, net, providers, engine=None, **models) as people:
        weeks = WeeksWithModels(people, talk, providers, outage=outage)
        course = await weeks.hold()
        await is_sound(people, weeks, talk)
        rows = await pool.fetch("SELECT * FROM coach_system.memories WHERE user_ref = $1", weeks.talker.user_ref)
        memories = {memory["text"]: memory["closed_at"] for memory in await readable(rows, MEMORY)}
    await providers.close()

    assert set(coach.asked) == ({"anthropic", "openai"} if outage else {standard})
    # What was told, what has changed and what failed is said in the last week. What got contacts was heard by no model.
    failures = [step.what for step in course.asked if step.outcome is StepAct.FAILED]
    asked = [check for check in talk.checks if check.week == len(talk.weeks)]
    asked = [check for check in asked if failures or check.about != "failed_step"]
    answered = [check for check in asked if course.reply(check.week, check.turn)]
    assert len(answered) >= 3
    assert {check.name: check.faults(course.reply(check.week, check.turn)) for check in answered} == {
        check.name: [] for check in answered
    }
    # A change has closed what it ends, which no model was told of as something that holds.
    notes = [note for scene in played for note in scene.notes]
    for changed in (note for note in notes if note.ends):
        [ended] = [text for text in memories if changed.ends in text]
        assert memories[ended] is not None
        since = next(at for at, given in enumerate(coach.given) if changed.text in known(given))
        assert not any(ended in known(given) for given in coach.given[since:])
    # Nothing is remembered but what the person's words carry.
    assert not {*MADE_UP.values()} & {*memories}
    # What is to be left alone stands in every request since; what failed, in every one since it was told.
    for boundary in (note.text for note in notes if note.kind == "boundary"):
        since = next(at for at, given in enumerate(coach.given) if boundary in given.parts.get("BOUNDARIES", []))
        assert all(boundary in given.parts.get("BOUNDARIES", []) for given in coach.given[since:])
    for step in failures:
        since = next(at for at, given in enumerate(coach.given) if step in failed(given))
        assert all(step in failed(given) for given in coach.given[since:])
    # The models have tried both again and again, and nobody was shown it.
    assert coach.stopped >= len(coach.given) // 2
    assert coach.tempted
    assert not [(said.text, shown) for said in course.said for shown in coach.tempted if shown in said.reply]
