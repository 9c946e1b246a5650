"""Asks the second net what it hears in a text. Rules alone decide while it is away."""

from __future__ import annotations

from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.analysis.readings import AnswerReading
from schema.danger import Danger
from schema.safety.activities import AnswerToWeigh, SecondNet, TextToScreen
from schema.safety.names import ENCODER_QUEUE
from workflows import policies


def heard_by_rules(reading: AnswerReading) -> Danger | None:
    """The danger that the rules found in a text."""
    return reading.danger or (Danger(kind=reading.crisis) if reading.crisis else None)


async def weigh_answer(answer_id: str, label: str) -> Danger | None:
    """The danger that the second net hears in a recorded answer; `label` names the answer to operators."""
    try:
        weighing = await policies.SECOND_NET.run(
            SecondNet.weigh_answer,
            AnswerToWeigh(answer_id=answer_id),
            task_queue=ENCODER_QUEUE,
            summary=f"Weigh {label}",
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return None
    return weighing.danger


async def weigh_text(text: TextToScreen) -> Danger | None:
    """The danger that the second net hears in a text that is not kept."""
    try:
        weighing = await policies.SECOND_NET.run(
            SecondNet.weigh_text, text, task_queue=ENCODER_QUEUE, summary="Weigh a text that is not kept"
        )
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return None
    return weighing.danger
