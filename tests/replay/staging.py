"""What scenarios are made of: who plays in them, and how they wait until what they do is the same in each run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.client import WorkflowHandle

from schema.vocabulary import Locale
from tests.analyst import RehearsedAnalyst
from tests.people.person import PATIENCE, People, Person, at_rest

Handle = WorkflowHandle[Any, Any]
Scenario = Callable[[People, RehearsedAnalyst], Awaitable[Handle]]

SCENARIOS: dict[str, Scenario] = {}


def scenario(play: Scenario) -> Scenario:
    """Registers a scenario under the name of its function."""
    SCENARIOS[play.__name__] = play
    return play


def newcomer(cast: People, locale: Locale = Locale.EN, **settings: object) -> Person:
    """Somebody who acts only when their session has come to rest, so that each run records the same."""
    person = cast.person(locale, **settings)
    person.unhurried = True
    return person


async def settled(person: Person, analysed: int) -> None:
    """Waits until so many answers are analysed and nothing is under way."""
    async with asyncio.timeout(PATIENCE):
        while True:
            progress = await person.progress()
            if progress.analysed >= analysed and not progress.analyses_running:
                break
            await asyncio.sleep(0.05)
    await at_rest(person.session)


async def answering(person: Person, answers: int) -> None:
    """Answers, each time after the analysis of the answer before."""
    before = (await person.progress()).analysed
    for number in range(answers):
        await person.answers(f"I like long walks by the river with my sister, it calms me ({number}).")
        await settled(person, before + number + 1)
