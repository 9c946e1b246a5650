"""Whether a version that gets a part of the tasks does worse than the one that gets the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from schema.base_model import Model

LATE = timedelta(seconds=5)
"""How long a task may wait for a worker of the new version, whatever the other does."""
WORSE = 2
"""How many times worse is worse. Below that, it may be chance."""
CHANCE = 1
"""How many workflows may fail, or be held up, by chance."""


class Fared(Model):
    """How a version's workflows fare."""

    looked_at: int = 0
    """How many open workflows were looked at, of those whose tasks it has."""
    held_up: int = 0
    """How many of these wait: their task, or an activity, is tried again and again, or takes long."""
    ended: int = 0
    """How many workflows have ended on it since the ramp began."""
    failed: int = 0
    """How many of these in failure."""
    oldest_task: timedelta = timedelta(0)
    """How long the oldest task waits that none of its workers has taken."""


class Look(Model):
    """How both versions fare, at a moment."""

    stopped: Mapping[str, str] = {}
    """The workflows whose code has failed each time since the ramp began, with the cause that Temporal names."""
    new: Fared = Fared()
    old: Fared = Fared()


def fault(now: Look) -> str | None:
    """What is wrong with the new version, in a line for operators; None when nothing is."""
    new, old = now.new, now.old
    if now.stopped:
        workflow, cause = min(now.stopped.items())
        return f"{len(now.stopped)} workflows can't go on, such as {workflow}: {cause}"
    if _worse(new.held_up, new.looked_at, old.held_up, old.looked_at):
        others = f"{old.held_up} of {old.looked_at} of the others"
        return f"{new.held_up} of {new.looked_at} workflows are held up, and {others}"
    if _worse(new.failed, new.ended, old.failed, old.ended):
        return f"{new.failed} of {new.ended} workflows ended in failure, and {old.failed} of {old.ended} of the others"
    if new.oldest_task > max(LATE, WORSE * old.oldest_task):
        waits, than = (each.oldest_task.total_seconds() for each in (new, old))
        return f"a task has waited {waits:.1f} s for a worker, and {than:.1f} s with the others"
    return None


def _worse(bad: int, of: int, others_bad: int, of_others: int) -> bool:
    """Whether a share is clearly above another one."""
    return bad > CHANCE and bad * max(of_others, 1) > WORSE * others_bad * of
