"""Care in a crisis: support at once and alone, the question whether the person is safe, and what follows its answer."""

from __future__ import annotations

from temporalio import workflow

from schema import metrics
from schema.analysis.readings import AnswerReading
from schema.coaching.care import CareStore, SafetyTold
from schema.danger import Danger
from schema.deliveries import CrisisSupport, Notice, NoticeCode, Paused, SafetyQuestion
from schema.vocabulary import CrisisKind, Status
from workflows import policies
from workflows.activity_policy import RemotePolicy
from workflows.onboarding.asking import Asking
from workflows.onboarding.events import CrisisSeen, SafetyHeard
from workflows.onboarding.messenger import SessionMessenger
from workflows.onboarding.state import SessionState


class Care:
    """The care for the person of one session, over its state."""

    def __init__(self, state: SessionState, messenger: SessionMessenger, asking: Asking) -> None:
        self._state = state
        self._messenger = messenger
        self._asking = asking

    async def begin(self, danger: Danger) -> None:
        """Sends support at once and alone. The session rests until the person says whether they are safe."""
        state = self._state
        state.crises += 1
        if not state.levels:
            await self._begin_as_before(danger)
            return
        self._asking.close_open("withdrawn")
        state.status = Status.PAUSED
        await self.support(danger, again=state.crises > 1)

    async def support(self, danger: Danger, policy: RemotePolicy = policies.DELIVERY, *, again: bool = False) -> None:
        """Sends support, and asks whether the person is safe."""
        state = self._state
        metrics.CRISES_HEARD.add()
        if not state.levels:
            support = CrisisSupport(crisis=danger.kind)
            await self._messenger.say(support, summary="Crisis support", policy=policy)
            return
        state.danger, state.safety_nonce = danger, state.next_safety_nonce()
        await self._messenger.say(
            CrisisSupport(crisis=danger.kind, danger=danger, again=again),
            SafetyQuestion(nonce=state.safety_nonce, crisis=danger.kind),
            summary="Crisis support",
            policy=policy,
        )

    async def after_analysis(self, seen: CrisisSeen) -> None:
        """Cares for a crisis that the deep analysis found, unless it was heard already."""
        if self.is_new(seen):
            await self.begin(danger_of(seen))

    def is_new(self, seen: CrisisSeen) -> bool:
        """Whether a crisis is new; marks its answer, so that it is new only once."""
        asked = self._state.asking(seen.nonce)
        if not asked or asked.crisis:
            return False
        self._state.revise(seen.nonce, crisis=True)
        return True

    async def take_answer(self, heard: SafetyHeard) -> None:
        """Takes what the person says about their safety. Who asks for help gets it, whichever button it was."""
        state = self._state
        if state.recorded and workflow.patched("care-is-told"):
            # For the coach, who is careful with who has spoken of danger, and less so with who was misread.
            told = SafetyTold(user_ref=state.user_ref, answer=heard.answer, crisis=heard.crisis, told_at=workflow.now())
            await policies.DATABASE.run(
                CareStore.take_safety_answer, told, summary=f"Take it that the person says: {heard.answer}"
            )
        if heard.answer == "help":
            await self._help(heard)
            return
        # The button may also belong to support for a text outside the session.
        waited = state.safety_nonce is not None and heard.nonce in (None, state.safety_nonce)
        if waited:
            state.safety_nonce = None
        notice = Notice(code=NoticeCode.SAFE if heard.answer == "safe" else NoticeCode.MISREAD)
        if waited and state.crises > 1 and heard.answer == "safe" and not state.status.final:
            # The second time is enough for a day; the person may go on by themselves.
            await self._messenger.say(notice, Paused(reason="crisis"), summary="Safe, then rest")
        elif (waited or state.status is Status.ACTIVE) and not state.status.final:
            state.status = Status.ACTIVE
            await self._asking.show_open(notice)
        else:
            await self._messenger.say(notice, summary=f"Notice: {notice.code}")

    async def hear(self, reading: AnswerReading) -> None:
        """Takes words that came while the question of safety waits, and speak of no new danger."""
        if answer := reading.on_safety or ("misread" if reading.denies_danger else None):
            await self.take_answer(SafetyHeard(answer=answer))
        else:
            await self._asking.show_open(Notice(code=NoticeCode.STILL_HERE))

    async def go_past(self) -> None:
        """Goes on without an answer, because the person wants to."""
        self._state.safety_nonce, self._state.status = None, Status.ACTIVE
        await self._asking.show_open()

    async def _help(self, heard: SafetyHeard) -> None:
        """Sends the numbers (again). The session rests until the person goes on by themselves."""
        state = self._state
        state.safety_nonce = None
        state.danger = state.danger or Danger(kind=heard.crisis or CrisisKind.SELF_HARM)
        state.crises = max(1, state.crises)
        support = CrisisSupport(crisis=heard.crisis or state.danger.kind, danger=state.danger, again=True)
        if state.status.final:
            await self._messenger.say(support, summary="Crisis support", policy=policies.FAREWELL)
            return
        state.status = Status.PAUSED
        await self._messenger.say(support, Paused(reason="crisis"), summary="Crisis support, then rest")

    async def _begin_as_before(self, danger: Danger) -> None:
        """The care of runs that began before the question of safety: a HEALING question follows at once."""
        state = self._state
        support = CrisisSupport(crisis=danger.kind)
        self._asking.close_open("withdrawn")
        step = await self._asking.choose() if state.crises == 1 else None
        if step and step.question:
            await self._asking.follow(step.model_copy(update={"advice": "none"}), support)
        else:
            state.status = Status.PAUSED
            await self._messenger.say(support, Paused(reason="crisis"), summary="Crisis support, then rest")


def danger_of(seen: CrisisSeen) -> Danger:
    """The danger that a deep analysis saw."""
    return seen.danger or Danger(kind=seen.crisis)
