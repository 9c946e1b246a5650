"""Puts steps and what may be done with them into words, the same in every channel."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.presentation.texts.texts import Texts, key_of
from gateway.presentation.time_zones import city, day_and_hour, hour
from schema.coaching.agreements import MOVES, OUTCOMES, StepAct
from schema.coaching.deliveries import (
    OpenSteps,
    StepAgreed,
    StepNoted,
    StepOutcome,
    StepProposal,
    StepQuestion,
    ZoneKept,
    ZoneQuestion,
)

AFTER_PROPOSAL = (StepAct.AGREE, StepAct.DECLINE)
AFTER_AGREEMENT = (*MOVES, StepAct.CANCEL)
AFTER_QUESTION = tuple(OUTCOMES)
AFTER_NOTED = (StepAct.REOPEN,)

Said = StepProposal | StepAgreed | StepQuestion | StepNoted | StepOutcome | OpenSteps | ZoneQuestion | ZoneKept


def choice(act: StepAct, number: int | None, texts: Texts) -> str:
    """The words of a button. In a list of several steps, the number of its step comes first."""
    words = texts.say(f"choice-step-{act}")
    return words if number is None else texts.say("choice-step-numbered", number=number, choice=words)


def lines(said: Said, texts: Texts) -> Iterator[str]:
    """The paragraphs of a message about steps. The person's own words in them are as they wrote them."""
    match said:
        case StepProposal():
            yield texts.say("step-proposal", what=said.what)
        case StepAgreed():
            yield texts.say("step-moved" if said.moved else "step-agreed", due=day_and_hour(said.due, texts))
            if said.due.assumed:
                yield texts.say("step-zone-assumed", city=city(said.due.zone, texts.locale))
        case StepQuestion():
            yield texts.say("step-question", what=said.what)
        case StepNoted():
            yield texts.say(f"step-noted-{key_of(said.status)}", what=said.what)
        case StepOutcome():
            yield texts.say(f"step-outcome-{key_of(said.status)}")
        case OpenSteps():
            yield texts.say("steps-title" if said.steps else "steps-none")
            for number, step in enumerate(said.steps, start=1):
                due = day_and_hour(step.due, texts) if step.due else ""
                key = "step-open-asked" if step.asked_at else "step-open"
                yield texts.say(key, number=number, what=step.what, due=due)
            if said.quiet:
                yield texts.say("steps-quiet")
        case ZoneQuestion() | ZoneKept():
            key = "zone-kept" if isinstance(said, ZoneKept) else "zone-question"
            yield texts.say(key, hour=hour(said.now, texts), city=city(said.now.zone, texts.locale))
            if isinstance(said, ZoneKept) and said.hours:
                yield texts.say("hours-kept", wakes=f"{said.hours.wakes_at}:00", sleeps=f"{said.hours.sleeps_at}:00")
