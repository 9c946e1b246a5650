"""What the rules and the second net hear in a text together.

Where the process that reads texts holds the sentence encoder, a reading is weighed already. Else the net weighs the
text on the queue of a process that holds it, and rules alone decide while there is none. What the net was too slow for
while a person waited, it weighs late.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from schema.analysis.readings import AnswerReading
from schema.danger import Danger
from schema.safety.activities import AnswerToWeigh, SecondNet, TextToScreen, Weighing
from schema.safety.names import ENCODER_QUEUE
from workflows import policies
from workflows.activity_policy import In, Port, RemotePolicy


def heard_at_once(reading: AnswerReading) -> Danger | None:
    """The danger that was found when a text was read: by the rules and, if it is weighed, the net."""
    return reading.danger or (Danger(kind=reading.crisis) if reading.crisis else None)


async def danger_in_answer(reading: AnswerReading, answer_id: str, label: str) -> Danger | None:
    """The danger in a recorded answer; `label` names the answer to operators."""
    found = heard_at_once(reading)
    if reading.weighed:
        return found
    answer = AnswerToWeigh(answer_id=answer_id, found=found)
    return await _danger(found, SecondNet.weigh_answer, answer, f"Weigh {label}")


async def danger_in_text(reading: AnswerReading, text: TextToScreen) -> Danger | None:
    """The danger in a text that is not kept."""
    found = heard_at_once(reading)
    if reading.weighed:
        return found
    text = text.model_copy(update={"found": found})
    return await _danger(found, SecondNet.weigh_text, text, "Weigh a text that is not kept")


async def weighed_late(
    found: Danger | None, weigh: Callable[[Port, In], Awaitable[Weighing]], argument: In, summary: str
) -> Danger | None:
    """The danger in a text that nobody waits for any more: the net may take its time, and come back first."""
    return await _weighed(policies.LATE_SECOND_NET, found, weigh, argument, summary)


async def _danger(
    found: Danger | None, weigh: Callable[[Port, In], Awaitable[Weighing]], argument: In, summary: str
) -> Danger | None:
    # Sessions of before took all that the rules found for sure.
    if found and not workflow.patched("net-weighs-what-rules-found"):
        return found
    return await _weighed(policies.SECOND_NET, found, weigh, argument, summary)


async def _weighed(
    policy: RemotePolicy,
    found: Danger | None,
    weigh: Callable[[Port, In], Awaitable[Weighing]],
    argument: In,
    summary: str,
) -> Danger | None:
    try:
        weighing = await policy.run(weigh, argument, task_queue=ENCODER_QUEUE, summary=summary)
    except ActivityError as error:
        if is_cancelled_exception(error):
            raise
        return found
    # A net of older code knows nothing of what was found.
    return weighing.danger or found
