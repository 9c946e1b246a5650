"""Every state of a session, times everything that can happen to it: `every_state.yaml` is the table of what follows.

A cell says what the person sees from then on, in no order, to which question a text was added, and how the session
stands: its status, stage, language, workflow and row. Whatever a signal's acknowledgement took is acted on, kept, or
handed to the session that comes next.

`python -m tests.onboarding.test_every_state` writes the table anew; read its diff.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from temporalio.service import RPCError

from schema.deliveries import ConsentRequest, Notice, Paused, Question, Summary
from schema.encrypted_columns import MESSAGE
from schema.onboarding.messages import (
    Arrival,
    ConsentAnswer,
    EditedAnswer,
    Gesture,
    LanguageChoice,
    OperatorNote,
    SkipRequest,
)
from schema.vocabulary import Locale
from tests.analyst import RehearsedAnalyst
from tests.keys import readable
from tests.people.person import People, Person, at_rest
from tests.people.screens import Delay
from tests.replay.record import theatre
from workflows.onboarding.session import OnboardingSession

TABLE = Path(__file__).with_name("every_state.yaml")
TEXT = "I walk by the river with my sister."
CRISIS = "I don't want to live anymore."
ANALYSES_WAIT = timedelta(minutes=20)
NOTE = OperatorNote(reason="seen in a test")

State = Callable[[Person, People, RehearsedAnalyst], Awaitable[None]]
Action = Callable[[Person], Awaitable[object]]


async def consent_sending(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    cast.screens.delays[person.name] = Delay(ConsentRequest)
    await person.starts()
    await person.sees(ConsentRequest)


async def consent(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    await person.starts()
    await person.sees(ConsentRequest)


async def first_question_sending(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    await consent(person, cast, analyst)
    cast.screens.delays[person.name] = Delay(Question)
    await person.agrees()
    await person.sees(Question)


async def first_question_on_its_way(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    """The person has agreed, and does the next thing before they see the question."""
    await consent(person, cast, analyst)
    cast.screens.silent[person.name] = asyncio.Event()
    await person.agrees()


async def question(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    await person.begins()
    await person.answers("My work is quiet.")


async def question_on_its_way(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    """The person has answered, and does the next thing before they see the reply."""
    await person.begins()
    cast.screens.silent[person.name] = asyncio.Event()
    await person.says("My work is quiet.")


async def question_sending(person: Person, cast: People, analyst: RehearsedAnalyst, outcome: Any = "late") -> None:
    await person.begins()
    cast.screens.delays[person.name] = Delay(Question, outcome)
    await person.answers("My work is quiet.")


async def question_sent_twice(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    await question_sending(person, cast, analyst, "lost")


async def question_unconfirmed(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    await question_sending(person, cast, analyst, "never")
    cast.screens.delays[person.name].released.set()


async def resting(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    await question(person, cast, analyst)
    await person.pauses()
    await person.sees(Paused)


async def reading_at_the_end(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    """The session is over, and the last analysis is not there yet."""
    analyst.down_for.add("outage")
    await person.begins()
    await person.answers("My work is quiet.")
    await person.answers("I sing in a choir.")
    await person.answers("During the outage I read.")
    await person.stops()


async def farewell(person: Person, cast: People, analyst: RehearsedAnalyst) -> None:
    """The session is over, and its summary waits for the channel."""
    await person.begins()
    await person.answers("My work is quiet.")
    await person.answers("I sing in a choir.")
    await person.answers("I like the sea.")
    cast.screens.delays[person.name] = Delay(Summary)
    await person.stops()
    await person.sees(Summary)


STATES: dict[str, State] = {
    state.__name__: state
    for state in (
        consent_sending,
        consent,
        first_question_on_its_way,
        first_question_sending,
        question,
        question_on_its_way,
        question_sending,
        question_sent_twice,
        question_unconfirmed,
        resting,
        reading_at_the_end,
        farewell,
    )
}

ACTIONS: dict[str, Action] = {
    "arrives": lambda person: person.does("arrive", Arrival(channel=person.channel)),
    "agrees": lambda person: person.does("answer_consent", ConsentAnswer(granted=True)),
    "declines": lambda person: person.does("answer_consent", ConsentAnswer(granted=False)),
    "writes": lambda person: person.says(TEXT),
    "repeats what was said last": lambda person: person.says("My work is quiet."),
    "writes nothing": lambda person: person.says(" \n"),
    "is said to choose what was not offered": lambda person: person.says(
        TEXT, nonce=person.reading or "unknown", chosen=True
    ),
    "cries for help": lambda person: person.says(CRISIS),
    "edits": lambda person: person.does(
        "edit_answer", EditedAnswer(update_id=uuid.uuid4().hex, message_id="0", text=TEXT)
    ),
    "edits, and cries for help": lambda person: person.does(
        "edit_answer", EditedAnswer(update_id=uuid.uuid4().hex, message_id="0", text=CRISIS)
    ),
    "skips": lambda person: person.does("skip", SkipRequest(message_id=person.number())),
    "pauses": lambda person: person.does("pause", Gesture()),
    "resumes": lambda person: person.does("resume", Gesture()),
    "goes on": lambda person: person.does("go_on", Gesture(nonce=person.reading)),
    "stops": lambda person: person.does("stop", Gesture()),
    "chooses Russian": lambda person: person.does("choose_language", LanguageChoice(locale=Locale.RU)),
    "is paused by an operator": lambda person: person.is_steered(OnboardingSession.pause_by_operator, NOTE),
    "is ended by an operator": lambda person: person.is_steered(OnboardingSession.abandon_by_operator, NOTE),
    "is cancelled by an operator": lambda person: person.session.cancel(),
}


async def what_follows(cast: People, analyst: RehearsedAnalyst, state: str, action: str) -> str:
    person = cast.person(planned_questions=9, last_analyses_wait=ANALYSES_WAIT)
    person.names_questions = False
    person.unhurried = True
    await STATES[state](person, cast, analyst)
    await at_rest(person.session, cast.screens)
    before = len(person.glances())
    await ACTIONS[action](person)
    await at_rest(person.session, cast.screens)
    cast.screens.release(person.name)
    if state == "reading_at_the_end":
        # On a slow machine the wait may be over by itself, and the session with it.
        with suppress(RPCError):
            await person.is_silent_for(ANALYSES_WAIT)
    await at_rest(person.session)
    seen = sorted(
        f"{message.kind}({message.code})" if isinstance(message, Notice) else message.kind
        for message in person.glances()[before:]
    )
    kept = await cast.pool.fetch(
        "SELECT q.position AS place, a.addendum, m.* FROM onboarding_system.answers a"
        " JOIN onboarding_system.asked_questions q USING (session_id, question_id)"
        " JOIN onboarding_system.answer_messages m USING (answer_id)"
        " WHERE a.user_ref = $1 ORDER BY a.answered_at",
        person.user_ref,
    )
    sought = {TEXT, CRISIS, *(["My work is quiet."] if "repeats" in action else [])}
    texts = [
        f"{row['place'] + 1}{'+' if row['addendum'] else ''}"
        for row in await readable(kept, MESSAGE)
        if row["text"] in sought
    ]
    progress, run = await person.progress(), await person.session.describe()
    rows = await cast.pool.fetchval(
        "SELECT string_agg(status, ' then ' ORDER BY opened_at) || ' ' || locale FROM onboarding_system.sessions"
        " JOIN onboarding_system.people USING (user_ref) WHERE user_ref = $1 GROUP BY locale",
        person.user_ref,
    )
    return " | ".join(
        [
            " ".join(seen) or "nothing",
            f"kept with {', '.join(texts) or 'none'}",
            f"{progress.status} {progress.stage} {progress.locale} {run.status.name if run.status else ''}",
            f"database: {rows or 'nothing'}",
        ]
    )


async def table_of(cast: People, analyst: RehearsedAnalyst, state: str) -> dict[str, str]:
    cells = await asyncio.gather(*(what_follows(cast, analyst, state, action) for action in ACTIONS))
    return dict(zip(ACTIONS, cells, strict=True))


FOUND_FAULTS = ("first_question_on_its_way", "question_sending", "farewell")
"""The rows that `make test` has; the others are the long ones."""


@pytest.mark.parametrize(
    "state", [state if state in FOUND_FAULTS else pytest.param(state, marks=pytest.mark.long) for state in STATES]
)
async def test_whatever_comes_is_acted_on_kept_or_handed_on(
    people: People, analyst: RehearsedAnalyst, state: str
) -> None:
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    assert await table_of(people, analyst, state) == table[state]


async def write() -> None:
    """Writes the table anew."""
    async with theatre() as (cast, analyst):
        table = {state: await table_of(cast, analyst, state) for state in STATES}
    TABLE.write_text(yaml.safe_dump(table, sort_keys=False, width=200, allow_unicode=True), encoding="utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    asyncio.run(write())
